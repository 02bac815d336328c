"""ComfyUI's `/object_info` → our shape. Reads both of its dialects, which one answer mixes.

What people see of a class there (names to display, descriptions, categories) is not read.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.files import with_folder, without_files
from wan22dsl.comfyui.catalogue.schema import (
    ROWS,
    SEEDS,
    WIDGET_TYPES,
    Growing,
    Input,
    NodeClass,
    Output,
)
from wan22dsl.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Most items of a growing input that names no maximum (comfy_api, Autogrow), and most rows (DynamicGroup).
MOST_ITEMS, MOST_ROWS = 100, 50


def is_object_info(data: Any) -> bool:
    """Whether this is an answer of `/object_info`: classes with their inputs and outputs."""
    return (
        isinstance(data, dict)
        and bool(data)
        and all(
            isinstance(item, dict) and "input" in item and "output" in item
            for item in data.values()
        )
    )


def read_class(name: str, info: Mapping[str, Any], *, files: bool = True) -> NodeClass:
    """One class of an answer. Without `files`, the lists of the user's own files are left out.

    Raises CatalogueError when the class is described in another shape.
    """
    try:
        inputs = tuple(_inputs(info["input"], info.get("input_order"), name))
        pack = _pack(info)
        known = None if pack is None else _bundled(name)
        if known is not None:
            there = {input_.name: input_ for input_ in known.inputs}
            inputs = tuple(_as_known(input_, there.get(input_.name), files) for input_ in inputs)
        if not files:
            inputs = tuple(without_files(name, input_) for input_ in inputs)
        outputs = tuple(_outputs(info, inputs))
        is_output = bool(info.get("output_node"))
        takes_anything = known is not None and known.takes_anything
        return NodeClass(name, inputs, outputs, is_output, pack, takes_anything=takes_anything)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise CatalogueError(
            f"the class `{name}` is not described in the shape of ComfyUI's /object_info "
            f"({error!r})"
        ) from error


def _bundled(name: str) -> NodeClass | None:
    from wan22dsl.comfyui.catalogue.pack_classes import pack_classes

    return pack_classes().get(name)


def _as_known(input_: Input, known: Input | None, files: bool) -> Input:
    """An input of a class of a pack, with what an answer does not say of it, and the bundled schema does."""
    if known is None or known.type != input_.type:
        return input_
    input_ = input_._replace(unchecked=known.unchecked)
    if known.files is not None and input_.files is None:
        return input_._replace(files=known.files, fixed=known.fixed)
    if known.type == "COMBO" and known.options is None and not files:
        return input_._replace(options=None)  # they are those of one machine
    return input_


def _pack(info: Mapping[str, Any]) -> str | None:
    """The folder under `custom_nodes/` that the class comes from."""
    package, _, module = (info.get("python_module") or "").partition(".")
    return (module or None) if package == "custom_nodes" else None


def _inputs(
    groups: Mapping[str, Any], order: Mapping[str, Any] | None = None, class_name: str = ""
) -> Iterator[Input]:
    """The inputs of a class or a branch, the required ones first, in the order that is stated."""
    for group in ("required", "optional", "hidden"):
        found = groups.get(group) or {}
        stated = [name for name in ((order or {}).get(group) or ()) if name in found]
        for name in [*stated, *(name for name in found if name not in stated)]:
            spec = found[name]
            if group != "hidden":
                for input_ in _input(name, spec, class_name, required=group == "required"):
                    yield with_folder(class_name, input_)
            elif isinstance(spec, str) and spec in WIDGET_TYPES:
                # Hidden inputs are filled by the server (PROMPT, UNIQUE_ID, …), but some packs keep
                # an old input of theirs there, and the server still takes a value for it.
                yield Input(name, spec, required=False)


def _input(name: str, spec: Any, class_name: str = "", *, required: bool) -> Iterator[Input]:
    """One input: `[type]`, `[type, about]` or `[[options], about]`; what follows is ignored."""
    kind = spec[0]
    about = spec[1] if len(spec) > 1 and isinstance(spec[1], dict) else {}
    if kind == "COMFY_DYNAMICCOMBO_V3":
        yield _dynamic(name, about, required)
    elif kind == "COMFY_AUTOGROW_V3":
        yield _growing(name, about, required)
    elif kind == ROWS:
        yield _rows(name, about, required, class_name)
    elif kind == "COMFY_DYNAMICSLOT_V3":
        yield Input(name, about["slotType"], required, force_input=True)
        for input_ in _inputs(about["inputs"]):
            yield input_._replace(name=f"{name}.{input_.name}", required=False)
    elif kind == "COMFY_MATCHTYPE_V3":
        template = about["template"]
        input_ = _plain(name, template["allowed_types"], about, required)
        yield input_._replace(template=template["template_id"])
    elif isinstance(kind, str) and kind.startswith("COMFY_") and kind.endswith("_V3"):
        # A kind of input that is newer than we are: nothing wrong can be said of it.
        yield Input(name, "*", required)
    else:
        yield _plain(name, kind, about, required)


def _plain(name: str, kind: Any, about: Mapping[str, Any], required: bool) -> Input:
    """An input that stands for itself: a value, a choice or a socket."""
    options = None
    if isinstance(kind, list | tuple) or kind == "COMBO":
        listed = about.get("options") if kind == "COMBO" else kind
        # Where several may be chosen the value is a list of them, and not itself in the list.
        if isinstance(listed, list | tuple) and not about.get("multiselect"):
            options = tuple(listed)
        kind = "COMBO"
    branches = _flat_branches(about.get("formats"))
    default = about.get("default")
    forced = bool(about.get("forceInput"))
    known = any(part in WIDGET_TYPES for part in kind.split(","))
    # The page shows no field for an input of any type because it has a default (frontend 1.27.10, 1.58.1).
    shown = (
        about.get("socketless") or about.get("widgetType") or (kind != "*" and default is not None)
    )
    return Input(
        name,
        kind,
        required,
        default=default,
        minimum=_number(about.get("min")),
        maximum=_number(about.get("max")),
        step=_number(about.get("step")),
        round=_number(about.get("round")),
        options=options,
        branches=branches,
        flat=branches is not None,
        force_input=forced,
        widget=not (known or forced) and bool(shown),
        dynamic_prompts=kind == "STRING" and about.get("dynamicPrompts") is True,
        control=_control(name, about.get("control_after_generate")),
    )


def _control(name: str, stated: Any) -> bool | None:
    """Whether a widget is behind an input; None where that is what its name says."""
    found = None if stated is None else bool(stated)
    return None if found is (name in SEEDS) else found


#: The largest number that there is stands for no limit (`sys.float_info.max`).
_NO_LIMIT = 1e300


def _number(value: Any) -> float | None:
    """A limit. `round: false` means that nothing is rounded, an infinite one that there is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return value if isfinite(value) and abs(value) < _NO_LIMIT else None
    except OverflowError:  # beyond what any number of a node can be
        return None


def _dynamic(name: str, about: Mapping[str, Any], required: bool) -> Input:
    """A choice that brings further inputs along, written `name.input` in a prompt."""
    branches = {item["key"]: tuple(_inputs(item["inputs"])) for item in about["options"]}
    return Input(
        name,
        "COMBO",
        required,
        default=about.get("default"),
        options=tuple(branches),
        branches={key: inputs for key, inputs in branches.items() if inputs},
    )


def _growing(name: str, about: Mapping[str, Any], required: bool) -> Input:
    """A list of inputs that grows as they are linked, written `name.item` in a prompt."""
    template = about["template"]
    item = next(_inputs(template["input"]))
    names = tuple(template.get("names") or ())
    most = len(names) if names else int(template.get("max") or MOST_ITEMS)
    prefix = "" if names else template["prefix"]
    grows = Growing(item, int(template.get("min") or 0), most, names, prefix)
    return Input(name, item.type, required, grows=grows)


def _rows(name: str, about: Mapping[str, Any], required: bool, class_name: str) -> Input:
    """A list of rows of inputs, written `name.0.input`, `name.1.input`, … in a prompt."""
    row = tuple(_inputs(about["template"], None, f"{class_name}.{name}"))
    least, most = int(about.get("min") or 0), int(about.get("max") or MOST_ROWS)
    return Input(name, ROWS, required, grows=Growing(Input(name, ROWS), least, most, row=row))


def _flat_branches(formats: Any) -> Mapping[str, tuple[Input, ...]] | None:
    """What VHS_VideoCombine says of its formats: widgets `[name, type or options, about]`."""
    if not isinstance(formats, dict):
        return None
    return {
        key: tuple(
            each for widget in widgets for each in _input(widget[0], widget[1:], required=False)
        )
        for key, widgets in formats.items()
        if isinstance(widgets, list) and widgets
    } or None


def _outputs(info: Mapping[str, Any], inputs: tuple[Input, ...]) -> Iterator[Output]:
    """The outputs by slot. Names may be missing, or be more than there are outputs."""
    types = info["output"]
    names = info.get("output_name") or ()
    lists = info.get("output_is_list") or ()
    templates = info.get("output_matchtypes") or ()
    allowed = {input_.template: input_.type for input_ in _with_template(inputs)}
    for slot, stated in enumerate(types):
        kind = stated if isinstance(stated, str) else "COMBO"
        template = (templates[slot] or "") if slot < len(templates) else ""
        if kind == "COMFY_MATCHTYPE_V3":
            kind = allowed.get(template, "*")
        name = names[slot] if slot < len(names) and names[slot] else kind
        is_list = bool(lists[slot]) if slot < len(lists) else False
        yield Output(name if isinstance(name, str) else kind, kind, is_list, template)


def _with_template(inputs: tuple[Input, ...]) -> Iterator[Input]:
    for input_ in inputs:
        item = input_.grows.item if input_.grows else input_
        if item.template:
            yield item
