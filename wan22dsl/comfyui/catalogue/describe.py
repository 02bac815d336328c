"""A node class in words, for people: how its call is written, and what its inputs take."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import default_of, inputs_of
from wan22dsl.comfyui.catalogue.schema import DECLARED
from wan22dsl.escapes import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.catalogue.schema import Input, NodeClass

_CLASS = re.compile(r"[A-Z][A-Za-z0-9_]*")
_INPUT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
_NAME = re.compile(r"[a-z_][A-Za-z0-9_]*")

#: Words that cannot be names of a value (the language, section 1), so that they need another one.
_RESERVED = frozenset({"let", "in", "of", "as", "true", "false", "none", "null", "pipeline", "_"})

#: A call that is longer than this is written over several lines.
_WIDTH = 100


def describe(node_class: NodeClass) -> str:
    """The class as `wan nodes show` shows it; ends with a line end."""
    node_class = _in_one_line(node_class)
    lines = [signature(node_class), ""]
    lines.append(_origin(node_class.pack))
    if node_class.is_output:
        lines.append("an output node: it ends a graph")
    if not node_class.inputs:
        lines += ["", "no inputs"]
    for title, required in (("inputs", True), ("optional inputs", False)):
        rows = [
            row for each in node_class.inputs if each.required is required for row in _rows(each)
        ]
        if rows:
            lines += ["", title, *_columns(rows)]
    rows = [(str(slot), _word(out.name), out.type) for slot, out in enumerate(node_class.outputs)]
    lines += ["", "outputs", *_columns(rows)] if rows else ["", "no outputs"]
    return "\n".join(lines) + "\n"


def _origin(pack: str | None) -> str:
    """Who makes a class."""
    if pack is None:
        return "one of ComfyUI's own"
    return pack if pack == DECLARED else f"from the pack {pack}"


def _in_one_line(value: Any) -> Any:
    """The same class without line ends and unsafe characters in what a server or a file calls things."""
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, tuple):
        parts = map(_in_one_line, value)
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if isinstance(value, list):
        return [_in_one_line(part) for part in value]
    if isinstance(value, dict):
        return {_in_one_line(key): _in_one_line(part) for key, part in value.items()}
    return value


def signature(node_class: NodeClass) -> str:
    """The call with everything that must be written, as it is in a `.wan` file.

    Names stand for what is linked, and `"…"` for a file or a text of the user's own.
    """
    name = node_class.name if _CLASS.fullmatch(node_class.name) else _ticked(node_class.name)
    arguments = [
        f"{_input_name(each)} = {_sample(each)}"
        for each in inputs_of(node_class, {}).values()
        if each.required
    ]
    call = f"{name}({', '.join(arguments)})"
    if len(call) <= _WIDTH:
        return call
    return "\n".join([f"{name}(", *(f"    {argument}" for argument in arguments), ")"])


def _sample(input_: Input) -> str:
    """A value for an input: its default, or what stands for one."""
    default = default_of(input_)
    if default is not None:
        return spelled(default)
    kind = input_.type.partition(",")[0]
    if not input_.is_socket and kind in {"COMBO", "STRING"}:
        return spelled("…")
    word = input_.name.rpartition(".")[2]
    usable = _NAME.fullmatch(word) is not None and word not in _RESERVED
    return word if usable else "value"


def spelled(value: Any) -> str:
    """A JSON value as it is written in a `.wan` file."""
    if isinstance(value, dict):
        inside = ", ".join(f"{_word(key)} = {spelled(item)}" for key, item in value.items())
        return f"{{ {inside} }}" if inside else "{ }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(spelled, value))}]"
    if isinstance(value, str):
        # A brace is itself unless it encloses nothing but a name.
        return re.sub(r"\{(?=[a-z_][\w.]*\})", r"\\{", json.dumps(value, ensure_ascii=False))
    return json.dumps(value)


def _rows(input_: Input, indent: str = "") -> Iterator[tuple[str, ...]]:
    """An input in columns: name, type, what it takes; then what each choice brings along."""
    optional = ["optional"] if indent and not input_.required else []
    yield indent + _input_name(input_), input_.type, "; ".join([*optional, *_takes(input_)])
    choices: list[tuple[list[str], tuple[Input, ...]]] = []
    for choice, inputs in (input_.branches or {}).items():
        same = [names for names, known in choices if known == inputs]
        if same:
            same[0].append(spelled(choice))
        else:
            choices.append(([spelled(choice)], inputs))
    for names, inputs in choices:
        yield f"{indent}  with {', '.join(names)}:", "", ""
        for each in inputs:
            full = each.name if input_.flat else f"{input_.name}.{each.name}"
            yield from _rows(each._replace(name=full), indent + "    ")


def _takes(input_: Input) -> Iterator[str]:
    if input_.grows is not None:
        grows = input_.grows
        names = grows.names or (f"{grows.prefix}0", f"{grows.prefix}1")
        if grows.row:
            names = tuple(f"0.{each.name}" for each in grows.row)
        shown = ", ".join(f"`{input_.name}.{name}`" for name in names[:2])
        yield f"{grows.minimum} to {grows.maximum} of them: {shown}, …"
        return
    if input_.default is not None:
        yield f"default {spelled(input_.default)}"
    if input_.minimum is not None and input_.maximum is not None:
        yield f"{input_.minimum} to {input_.maximum}"
    elif input_.minimum is not None:
        yield f"at least {input_.minimum}"
    elif input_.maximum is not None:
        yield f"at most {input_.maximum}"
    if input_.step is not None:
        yield f"step {input_.step}"
    if input_.files is not None:
        yield f"a file of the folder {input_.files}"
    if input_.options is not None:
        yield (
            "one of " + ", ".join(map(spelled, input_.options)) if input_.options else "no choices"
        )
    elif input_.fixed:
        yield "or " + ", ".join(map(spelled, input_.fixed))
    if input_.is_socket:
        yield "a link"


def _columns(rows: list[tuple[str, ...]]) -> list[str]:
    """Rows of three columns; what the third cannot hold goes on below."""
    widths = [max((len(row[column]) for row in rows if row[1]), default=0) for column in (0, 1)]
    lines = []
    for name, kind, takes in rows:
        start = f"  {name:<{widths[0]}}  {kind:<{widths[1]}}  "
        lines += [line.rstrip() for line in _wrapped(start, takes)]
    return lines


def _wrapped(start: str, text: str) -> Iterator[str]:
    """The text after its start, broken where a comma or a semicolon ends."""
    room = max(_WIDTH - len(start), 30)
    line = ""
    for word in re.split(r"(?<=[,;]) ", text):
        if line and len(line) + 1 + len(word) > room:
            yield start + line
            start, line = " " * len(start), word
        else:
            line = f"{line} {word}" if line else word
    yield start + line


def _input_name(input_: Input) -> str:
    """The name of an input, as it is written before its `=`."""
    return _word(input_.name)


def _word(name: str) -> str:
    usable = _INPUT.fullmatch(name) is not None and name not in {"let", "in"}
    return name if usable else _ticked(name)


def _ticked(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("`", "\\`")
    return f"`{escaped}`"
