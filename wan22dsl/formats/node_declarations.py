"""Node classes as a `.wan` file of `node` declarations."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from wan22dsl.escapes import one_line
from wan22dsl.language.syntax import parse, print_file, spelling
from wan22dsl.source import Source
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wan22dsl.comfyui.catalogue.schema import Input, NodeClass


class Declarations(NamedTuple):
    """The text of a file, how many classes it declares, and why others are left out: a line for each."""

    text: str
    classes: int
    left_out: tuple[str, ...]


def write(
    classes: Iterable[tuple[NodeClass, Sequence[str]]], comments: Sequence[str] = ()
) -> Declarations:
    """The declarations of classes, each with what is not known of it as its comment."""
    parts = [*(f"# {one_line(comment)}" for comment in comments), "wan 1"]
    left_out: list[str] = []
    count = 0
    for node_class, unknown in classes:
        problem = _problem(node_class)
        if problem:
            left_out.append(f"{one_line(node_class.name)}: {problem}")
            continue
        count += 1
        parts += ["", *_comments(unknown), *_declaration(node_class)]
    file, found = parse(Source("\n".join([*parts, ""]), "nodes.wan"))
    assert not found, [finding.message for finding in found]
    return Declarations(print_file(file), count, tuple(left_out))


def _comments(unknown: Sequence[str]) -> list[str]:
    return [f"# Not known: {one_line('; '.join(unknown))}."] if unknown else []


def _problem(node_class: NodeClass) -> str:
    """Why a class cannot be declared; nothing where it can be."""
    inputs = node_class.inputs
    dynamic = [item.name for item in inputs if item.branches is not None or item.grows is not None]
    if dynamic:
        return f"`{one_line(dynamic[0])}` brings other inputs, which a declaration cannot have"
    names = [
        node_class.name,
        *(item.name for item in inputs),
        *(o.name for o in node_class.outputs),
    ]
    if not all(name and one_line(name) == name for name in names):
        return "a name is empty, or has a character that cannot be seen"
    if len({item.name for item in inputs}) < len(inputs):
        return "two inputs have one name"
    return ""


def _declaration(node_class: NodeClass) -> list[str]:
    inputs = ", ".join(map(_input, node_class.inputs))
    outputs = ", ".join(
        f"{spelling.key(output.name)}: {_type(output.type)}" for output in node_class.outputs
    )
    given = f" -> ({outputs})" if outputs else ""
    lines = [f"node {spelling.class_name(node_class.name)}({inputs}){given} {{"]
    if node_class.pack:
        lines.append(f"    pack = {spelling.quote(node_class.pack)}")
    if node_class.is_output == bool(
        outputs
    ):  # it is one exactly where it has no outputs, unless it says so
        lines.append(f"    output_node = {'true' if node_class.is_output else 'false'}")
    links = [item.name for item in node_class.inputs if _only_links(item)]
    if links:
        lines.append(f"    links = [{', '.join(map(spelling.quote, links))}]")
    return [*lines, "}"]


def _only_links(input_: Input) -> bool:
    """Whether a link is all that fits although the type has values."""
    return input_.is_socket and not input_._replace(force_input=False).is_socket


def _type(name: str) -> str:
    return spelling.class_name(name or "*")


def _input(input_: Input) -> str:
    """An input: `times: INT = 2 in 1..8`."""
    options = [item for item in input_.options or () if _value(item)]
    kind, accepts = _type(input_.type), ""
    if options and len(options) == len(input_.options or ()):
        kind, accepts = "text", f" in [{', '.join(map(_value, options))}]"
    else:
        accepts = _range(input_)
    default = _default(input_, options if accepts.startswith(" in [") else [])
    return f"{spelling.key(input_.name)}: {kind}{default}{accepts}"


def _default(input_: Input, options: list[Any]) -> str:
    value = input_.default
    known = input_.type in ("INT", "FLOAT", "STRING", "BOOLEAN", "COMBO") and _fits(input_, value)
    if known and (not options or value in options) and _value(value):
        return f" = {_value(value)}"
    return "" if input_.required else " = none"


def _fits(input_: Input, value: Any) -> bool:
    """Whether a default is one that an input of the type has."""
    if isinstance(value, bool) or input_.type == "BOOLEAN":
        return isinstance(value, bool) and input_.type in ("BOOLEAN", "COMBO")
    if input_.type == "STRING":
        return isinstance(value, str)
    if input_.type == "INT":
        return isinstance(value, int)
    return isinstance(value, (int, float)) if input_.type == "FLOAT" else value is not None


def _range(input_: Input) -> str:
    low, high = input_.minimum, input_.maximum
    if input_.type not in ("INT", "FLOAT") or low is None or high is None or low > high:
        return ""
    if input_.type == "INT":
        low, high = int(low), int(high)
    if not _value(low) or not _value(high):
        return ""
    value = input_.default
    fits = not isinstance(value, (int, float)) or low <= value <= high
    return f" in {_value(low)}..{_value(high)}" if fits else ""


#: No number that the language has is longer.
_MOST_DIGITS = 300


def _value(value: Any) -> str:
    """A value as it is written; nothing for one that the language has no words for."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return spelling.quote(value) if _is_text(value) else ""
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        written = repr(value)
        return written if len(written) <= _MOST_DIGITS else ""
    return ""


def _is_text(value: str) -> bool:
    """Whether a string has no half characters, which no file can hold."""
    return not any(0xD800 <= ord(letter) <= 0xDFFF for letter in value)
