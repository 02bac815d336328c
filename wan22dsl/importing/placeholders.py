"""The placeholders of a template, and the parameters of a text that are written for them.

While the text of a pipeline is looked for, values stand in for them. No file has such a string or number by
chance, and each stays what it would be: a total is above the steps of a pass.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import inputs_of
from wan22dsl.formats.placeholders import PART, name_in, replaced_inside
from wan22dsl.importing.spellings import Namings, json_value
from wan22dsl.language.program.values import plain_number
from wan22dsl.language.syntax import parse, print_file, spelling
from wan22dsl.source import Source
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.model import Graph, Node

#: The first number of those that stand in, by the input; all others have that of their type.
_FIRST = {"steps": 9001, "INT": 700_000_001, "FLOAT": 7.000001}
_FIRST.update(dict.fromkeys(("start_at_step", "end_at_step", "start_step", "end_step"), 8001))

#: What is behind a number of the language, and what is written instead for a parameter.
_UNITS = ("fps", "f", "s")

_DECLARED = re.compile(r"^\s*(?:pass|pipeline|graph|model|lora|stage|let|use .* as) (\w+)", re.M)


class Filled(NamedTuple):
    """A text with parameters, and the values with which it makes the graph of the stand-ins."""

    text: str
    values: dict[str, Any]


class StandIns:
    """A graph with stand-ins; `graph` is None where a placeholder cannot have one.

    `samplers` are the nodes whose sampler or scheduler is one: a pass has both in one word.
    """

    def __init__(self, graph: Graph) -> None:
        self.samplers = {
            node.id
            for node in graph.nodes.values()
            if not {"sampler_name", "scheduler"}.isdisjoint(node.placeholders)
        }
        self._strings: dict[str, str] = {}
        self._numbers: dict[tuple[str, str], int | float] = {}
        self._is_lost = False
        self.graph: Graph | None = None
        nodes: dict[str, Node] = {}
        for node in graph.nodes.values():
            node_class = graph.class_of(node)
            known = {} if node_class is None else inputs_of(node_class, node.inputs)
            inputs = dict(node.inputs)
            for name, value in node.placeholders.items():
                type = known[name].type if name in known else "STRING"
                if type in ("STRING", "COMBO"):
                    inputs[name] = self._filled(value)
                elif type in ("INT", "FLOAT"):
                    inputs[name] = self._number(value.strip(), type, name)
                else:
                    return
            for name, given in inputs.items():
                if isinstance(given, (dict, list)):
                    inputs[name] = replaced_inside(given, self._inside)
            if self._is_lost:
                return
            nodes[node.id] = node.changed(inputs=inputs, placeholders={})
        self.graph = graph.with_nodes(nodes)

    def _inside(self, value: str, type: str) -> Any:
        """What stands in for a placeholder inside of an object; nothing can for a truth value."""
        self._is_lost = self._is_lost or type == "BOOLEAN"
        return self._filled(value) if type == "STRING" else self._number(value.strip(), "FLOAT", "")

    def _filled(self, value: str) -> str:
        parts = list(re.finditer(PART, value))
        if not parts or parts[0][0] == value.strip():
            return self._string(value.strip())
        return re.sub(PART, lambda part: self._string(part[0]), value)

    def _number(self, placeholder: str, type: str, name: str) -> int | float:
        step = 1 if type == "INT" else 0.000001
        first = _FIRST.get(name if type == "INT" else type, _FIRST[type])
        made = first + step * len(self._numbers)
        return self._numbers.setdefault((placeholder, type), plain_number(made))

    def _string(self, placeholder: str) -> str:
        return self._strings.setdefault(placeholder, f"ZQ{len(self._strings)}QZ")

    def with_params(self, text: str) -> Filled | None:
        """The text with a parameter for each stand-in; None where one is part of something else."""
        names = Namings(_DECLARED.findall(text))
        lines, values = [], {}
        called = {}
        for (placeholder, type), number in self._numbers.items():
            wish = name_in(placeholder)
            name = called[repr(number)] = names.new(wish, f"{wish}_{type.lower()}", "value")
            lines.append(f"param {name}: {type.lower()}")
            values[name] = repr(number)
        for placeholder, string in self._strings.items():
            wish = name_in(placeholder)
            name = names.new(wish, f"{wish}_text", "value")
            text = text.replace(f'"{string}"', name).replace(string, f"{{{name}}}")
            if string.lower() in text:  # what was named after a file
                text = text.replace(string.lower(), names.new(f"{wish}_file", "file"))
            lines.append(f"param {name}: text")
            values[name] = string
        text = _with_names(text, called)
        whole = text.split("\n")
        head = max(
            at for at, line in enumerate(whole) if line == "wan 1" or line.startswith("use ")
        )
        made = "\n".join([*whole[: head + 1], "", *lines, *whole[head + 1 :]])
        tree, problems = parse(Source(made, "imported"))
        return None if problems else Filled(print_file(tree), values)


def _with_names(text: str, called: dict[str, str]) -> str:
    """The text with the names of parameters for the numbers that stand in for them.

    A size has them as its sides, and what has a unit is a product: `count * 1f`.
    """
    if not called:
        return text
    any_of = "|".join(map(re.escape, sorted(called, key=len, reverse=True)))

    def size(found: re.Match[str]) -> str:
        width, height = (called.get(side, side) for side in found.groups())
        same = (width, height) == found.groups()
        return found[0] if same else f"{{ width = {width}, height = {height} }}"

    def alone(found: re.Match[str]) -> str:
        unit = found[2]
        return called[found[1]] + (f" * 1{unit}" if unit else "")

    text = re.sub(r"(?<![\w.])([0-9]+)x([0-9]+)(?![\w.])", size, text)
    return re.sub(rf"(?<!\w)(?<![0-9]\.)({any_of})({'|'.join(_UNITS)})?(?!\w|\.\d)", alone, text)


#: The type of a parameter by that of the input; all others are strings.
_TYPES = {"INT": "int", "FLOAT": "float", "BOOLEAN": "bool"}

_STRING = "text"


class Params:
    """Parameters by their placeholders; a placeholder that stands for two types has one for each."""

    def __init__(self, names: Namings) -> None:
        self._names = names
        self._found: dict[tuple[str, str], str] = {}

    def used(self, value: str, type: str) -> str:
        """What is written where a placeholder, or a string with some in it, was."""
        kind = _TYPES.get(type, _STRING)
        places = list(re.finditer(PART, value)) if kind == _STRING else []
        if not places or places[0][0] == value.strip():
            return self._name(value, kind)
        parts: list[str | spelling.NamePart] = []
        at = 0
        for place in places:
            name = self._name(place[0], _STRING)
            parts += [value[at : place.start()], spelling.NamePart(name, 0, 0)]
            at = place.end()
        return spelling.quoted([*parts, value[at:]])

    def inside(self, value: Any) -> str:
        """An object or a list as an input of a plain node, with its placeholders."""
        names: dict[str, str] = {}

        def put(string: str, type: str) -> str:
            mark = f"zq{len(names)}qz"
            names[mark] = self.used(string, type)
            return mark

        text = json_value(replaced_inside(value, put))
        for mark, name in names.items():
            text = text.replace(f'"{mark}"', name, 1)
        return text

    def _name(self, placeholder: str, kind: str) -> str:
        key = (placeholder.strip(), kind)
        if key not in self._found:
            name = name_in(placeholder)
            self._found[key] = self._names.new(name, f"{name}_{kind}", "value")
        return self._found[key]

    def declared(self) -> list[str]:
        """The declarations of all that were used; one text, for they stand together."""
        lines = [f"param {name}: {kind}" for (_, kind), name in self._found.items()]
        return ["\n".join(lines)] if lines else []
