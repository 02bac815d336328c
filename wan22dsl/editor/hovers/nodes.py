"""Node classes: how a call is written, what the inputs take, what comes out, which pack they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.catalogue import describe, packs
from wan22dsl.comfyui.catalogue.inputs import every_input
from wan22dsl.comfyui.catalogue.schema import DECLARED, MADE_UP
from wan22dsl.editor.hovers.markdown import code, items, paragraphs, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.catalogue.schema import Catalogue, Input, NodeClass

#: From here on a bound is only that of a number's type.
_NO_BOUND = 2**31

#: So many inputs are shown, and so many choices.
_MOST_INPUTS, _MOST_CHOICES = 14, 12


def told(catalogue: Catalogue, name: str) -> str:
    """A node class; what is known of one that the catalogue lacks."""
    node_class = catalogue.get(name)
    if node_class is None:
        return _unknown(catalogue, name)
    inputs = [*node_class.inputs]
    lines = [_line(each) for each in inputs[:_MOST_INPUTS]]
    if len(inputs) > _MOST_INPUTS:
        lines.append(f"and {len(inputs) - _MOST_INPUTS} more")
    return paragraphs(
        f"**{code(name)}**: node class, {_origin(node_class)}",
        items(lines),
        _outputs(node_class),
    )


def _unknown(catalogue: Catalogue, name: str) -> str:
    head = f"**{code(name)}**: node class that {plain(catalogue.target)} does not have"
    found = packs.packs_of(name)
    if not found:
        return f"{head}, of no pack that is known"
    named = ", ".join(_pack(pack) for pack in found[:3])
    return f"{head}; from the pack {named}"


def _pack(pack: packs.Pack) -> str:
    return f"[{plain(pack.name)}]({pack.url})" if pack.url else plain(pack.name)


def _origin(node_class: NodeClass) -> str:
    if node_class.pack is None:
        return "one of ComfyUI's own"
    if node_class.pack == DECLARED:
        return DECLARED
    if node_class.pack == MADE_UP:
        return "made up from how it is used"
    pack = packs.pack_of(node_class.name)
    if pack is not None and pack.name == node_class.pack:
        return f"pack {_pack(pack)}"
    return f"pack {plain(node_class.pack)}"


def _outputs(node_class: NodeClass) -> str:
    if not node_class.outputs:
        return "No outputs."
    shown = (
        code(each.type) if each.name in ("", each.type) else f"{code(each.name)} {each.type}"
        for each in node_class.outputs
    )
    end = "; ends a graph" if node_class.is_output else ""
    return f"Gives {', '.join(shown)}{end}"


def _line(input_: Input) -> str:
    kind = "a choice" if input_.type == "COMBO" else plain(input_.type)
    optional = "" if input_.required else ", optional"
    takes = "; ".join(_takes(input_, 4))
    return f"{code(input_.name)} {kind}{optional}{f': {takes}' if takes else ''}"


def input_told(catalogue: Catalogue, class_name: str, name: str) -> str:
    """An input of a node class."""
    node_class = catalogue.get(class_name)
    if node_class is None:
        return ""
    found = every_input(node_class.inputs).get(name)
    if found is None:
        return ""
    kind = "a choice" if found.type == "COMBO" else plain(found.type)
    needed = "required" if found.required else "optional"
    return paragraphs(
        f"**{code(name)}**: input of {code(class_name)}, {kind}, {needed}",
        items(_takes(found, _MOST_CHOICES)),
    )


def _takes(input_: Input, most: int) -> Iterator[str]:
    """What an input takes: its default, its range, its choices."""
    if input_.grows is not None:
        yield f"{input_.grows.minimum} to {input_.grows.maximum} of them"
        return
    if input_.default is not None and input_.default != "":
        yield f"default {code(describe.spelled(input_.default), 80)}"
    low, high = input_.minimum, input_.maximum
    if low is not None and high is not None and high < _NO_BOUND:
        yield f"{low:g} to {high:g}"
    elif low is not None and low > -_NO_BOUND:
        yield f"at least {low:g}"
    if input_.step is not None and input_.step != 1:
        yield f"step {input_.step:g}"
    if input_.files is not None:
        yield f"a file of the folder {code(input_.files)}"
    choices = input_.options if input_.options is not None else input_.fixed
    if choices:
        shown = ", ".join(code(describe.spelled(each), 60) for each in choices[:most])
        more = f" and {len(choices) - most} more" if len(choices) > most else ""
        yield f"{'one of' if input_.options is not None else 'or'} {shown}{more}"
