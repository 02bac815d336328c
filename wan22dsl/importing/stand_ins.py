"""Values that stand in for the placeholders of a template while its text is looked for.

Only strings and seeds have them: what a step, a size or a length is decides how a text is written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import inputs_of
from wan22dsl.formats.placeholders import PART, name_in
from wan22dsl.importing.namings import Namings
from wan22dsl.language.syntax import parse, print_file
from wan22dsl.source import Source
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.model import Graph, Node

#: No file has this seed, or such a string, by chance.
_FIRST_SEED = 700_000_001

_DECLARED = re.compile(r"^\s*(?:pass|pipeline|graph|model|lora|stage|let|use .* as) (\w+)", re.M)


class Filled(NamedTuple):
    """A text with parameters, and the values with which it makes the graph of the stand-ins."""

    text: str
    values: dict[str, Any]


class StandIns:
    """A graph with stand-ins; `graph` is None where a placeholder cannot have one."""

    def __init__(self, graph: Graph) -> None:
        self._strings: dict[str, str] = {}
        self._seeds: dict[str, int] = {}
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
                elif type == "INT" and name in ("seed", "noise_seed"):
                    key = value.strip()
                    inputs[name] = self._seeds.setdefault(key, _FIRST_SEED + len(self._seeds))
                else:
                    return
            nodes[node.id] = node.changed(inputs=inputs, placeholders={})
        self.graph = graph.with_nodes(nodes)

    def _filled(self, value: str) -> str:
        parts = list(PART.finditer(value))
        if not parts or parts[0][0] == value.strip():
            return self._string(value.strip())
        return PART.sub(lambda part: self._string(part[0]), value)

    def _string(self, placeholder: str) -> str:
        return self._strings.setdefault(placeholder, f"zq{len(self._strings)}qz")

    def with_params(self, text: str) -> Filled | None:
        """The text with a parameter for each stand-in; None where one is part of something else."""
        names = Namings(_DECLARED.findall(text))
        lines, values = [], {}
        for placeholder, string in self._strings.items():
            name = names.new(name_in(placeholder), "value")
            text = text.replace(f'"{string}"', name).replace(string, f"{{{name}}}")
            lines.append(f"param {name}: text")
            values[name] = string
        for placeholder, seed in self._seeds.items():
            called = name_in(placeholder)
            name = names.new(called, f"{called}_int", "value")
            text = re.sub(rf"(?<![\w.]){seed}(?![\w.])", name, text)
            lines.append(f"param {name}: int")
            values[name] = str(seed)
        whole = text.split("\n")
        head = max(
            at for at, line in enumerate(whole) if line == "wan 1" or line.startswith("use ")
        )
        made = "\n".join([*whole[: head + 1], "", *lines, *whole[head + 1 :]])
        tree, problems = parse(Source(made, "imported"))
        return None if problems else Filled(print_file(tree), values)
