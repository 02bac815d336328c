"""WAN505: a choice that is not among those that the input has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Label, Message, Severity, nearest
from wan22dsl.lint.rules.fixes import in_place, same_letters
from wan22dsl.lint.rules.generic.packs import (
    RES4LYF,
    adding_folder,
    is_slip,
    may_differ,
    of_another_version,
)
from wan22dsl.lint.rules.wording import named, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.catalogue.schema import Input
    from wan22dsl.diagnostics import Diagnostic, Fix
    from wan22dsl.lint.rules.view import Slot, View

MESSAGE = Message(
    code="WAN505",
    name="value-not-offered",
    severity=Severity.ERROR,
    summary="A value is not among the choices of its input",
    text="`{input}` of {node} is {value}, which is not among its choices{hint}",
    why=(
        "ComfyUI rejects a value that is not a choice. Choices that add inputs of their own are "
        "not even checked, and fail when the node runs, after all sampling. It is a warning for "
        "classes of packs, whose other versions may have the choice, and a note for choices that a pack "
        "or a file on the server is known to add."
    ),
    help="{help}",
    bad="""\
wan 1

graph demo {
    let start = LoadImage(image = "start.png")
    let large = ImageScaleBy(image = start.IMAGE, upscale_method = "lanczos3", scale_by = 2.0)
    SaveImage(images = large, filename_prefix = "demo")
}
""",
    good="""\
wan 1

graph demo {
    let start = LoadImage(image = "start.png")
    let large = ImageScaleBy(image = start.IMAGE, upscale_method = "lanczos", scale_by = 2.0)
    SaveImage(images = large, filename_prefix = "demo")
}
""",
    source="Comfy-Org/ComfyUI, execution.py, validate_inputs: value_not_in_list",
)

#: More choices than this are not listed in a message.
_LISTED = 12


def check(view: View) -> Iterator[Diagnostic]:
    """Every constant that is not among the choices, where those are known.

    What a pack adds is no mistake, so it is told once for all nodes.
    """
    added: dict[tuple[str, str], list[Slot]] = {}
    for slot, options in _not_offered(view):
        if isinstance(slot.value, str) and slot.value in RES4LYF.get(slot.name, ()):
            added.setdefault((slot.name, slot.value), []).append(slot)
        else:
            if _of_a_server(view, slot, options):
                yield _of_pack(slot)
                continue
            differs = may_differ(view, slot.node_class)
            other = bool(differs and of_another_version(view, slot.node))
            yield _finding(slot, options, certain=not differs, other=other)
    for slots in added.values():
        yield _added(slots)


def misspelt(view: View, name: str) -> set[str]:
    """The texts in inputs of this name, of any node, that are no choice anywhere."""
    found = (slot.value for slot, _ in _not_offered(view, name))
    return {item for item in found if isinstance(item, str)}.difference(RES4LYF.get(name, ()))


def _not_offered(view: View, name: str | None = None) -> Iterator[tuple[Slot, tuple[object, ...]]]:
    for slot in view.constants:
        input_ = slot.input
        assert input_ is not None
        if (
            input_.unchecked
            or input_.options is None
            or input_.type != "COMBO"
            or slot.value in input_.options
            or slot.name in record_of(slot.node.class_name).unbounded
        ):
            continue
        if (name is None or slot.name == name) and not _offered(slot.value, input_):
            yield slot, input_.options


def _offered(value: object, input_: Input) -> bool:
    """Whether the server may have the value all the same: files in folders, several choices at once."""
    assert input_.options is not None
    if (
        input_.files == "input"
    ):  # files are looked up when the prompt comes, and may be uploaded before
        return True
    if isinstance(value, list) and all(each in input_.options for each in value):
        return True
    return isinstance(value, str) and value.replace("/", "\\") in input_.options


def _added(slots: list[Slot]) -> Diagnostic:
    """A choice that the server has with a pack."""
    first = slots[0]
    return MESSAGE.at(
        first.span,
        severity=Severity.NOTE,
        related=[Label(slot.span, "and here") for slot in slots[1:] if slot.span is not None],
        node=named(first.node),
        input=first.name,
        value=shown(first.value),
        hint="; the pack RES4LYF adds it.",
        help="Install RES4LYF (ClownsharkBatwing/RES4LYF) on the server.",
    )


#: What writes the formats that SaveVideo does not, in a `.wan` file and in ComfyUI.
_OTHER_FORMATS = {
    "gif": 'Save a GIF with `combine("name", format = "image/gif")` (VHS_VideoCombine).',
    "webp": 'Save WebP with `save_webp("name")` (SaveAnimatedWEBP).',
}


def _of_a_server(view: View, slot: Slot, options: tuple[object, ...]) -> bool:
    """Whether an editor saved a sampler or scheduler that it can have from its server only.

    A pack adds such names to all samplers, ComfyUI's own too; a slip is none of them.
    """
    if not view.graph.drawn or slot.name not in RES4LYF or not isinstance(slot.value, str):
        return False
    return not any(isinstance(each, str) and is_slip(slot.value, each) for each in options)


def _of_pack(slot: Slot) -> Diagnostic:
    return MESSAGE.at(
        slot.span,
        severity=Severity.NOTE,
        node=named(slot.node),
        input=slot.name,
        value=shown(slot.value),
        hint="; a pack may add it.",
        help="Install the pack that adds it on the server, or choose another one.",
    )


def _finding(slot: Slot, options: tuple[object, ...], *, certain: bool, other: bool) -> Diagnostic:
    value = slot.value if isinstance(slot.value, str) else ""
    texts = [option for option in options if isinstance(option, str)]
    near = nearest(value, texts) if value else None
    listed = ", ".join(shown(option) for option in options[:_LISTED])
    saving = record_of(slot.node.class_name).saving
    is_video = saving is not None and saving.what == "video"
    writes = _OTHER_FORMATS.get(value.lower()) if is_video else None
    more = f" and {len(options) - _LISTED} more" if len(options) > _LISTED else ""
    folder = None if certain else adding_folder(slot, texts)
    if folder is not None:
        return MESSAGE.at(
            slot.span,
            severity=Severity.NOTE,
            node=named(slot.node),
            input=slot.name,
            value=shown(slot.value),
            hint=f"; a file in `{folder}` may add it.",
            help=f"Put its file into `{folder}` on the server, or choose one of {listed}{more}.",
        )
    return MESSAGE.at(
        slot.span,
        severity=Severity.ERROR if certain else Severity.NOTE if other else Severity.WARNING,
        node=named(slot.node),
        input=slot.name,
        value=shown(slot.value),
        hint=f"; did you mean {shown(near)}?" if near else ".",
        help=(f"Choose one of {listed}{more}." + (f" {writes}" if writes else ""))
        if options
        else "There are no choices yet.",
        fix=_fix(slot, near) if writes is None else None,
    )


def _fix(slot: Slot, near: str | None) -> Fix | None:
    if near is None:
        return None
    is_same = same_letters(slot.value, near)
    return in_place(slot.node.spans.get(slot.name), shown(slot.value), shown(near), safe=is_same)
