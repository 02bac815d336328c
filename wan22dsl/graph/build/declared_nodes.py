"""Node classes that files declare: as classes of the catalogue, over those of the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.catalogue.declared import DeclaredCatalogue, differences
from wan22dsl.comfyui.catalogue.schema import DECLARED, Input, NodeClass, Output
from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts
from wan22dsl.escapes import one_line
from wan22dsl.graph.build import messages
from wan22dsl.language.program.formulas import OfInput, worked_out
from wan22dsl.language.program.values import Constant, spell
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.comfyui.nodes.facts import Link
    from wan22dsl.comfyui.nodes.record import Reading
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.language.program.declared_nodes import DeclaredFact, DeclaredInput, DeclaredNode
    from wan22dsl.language.program.formulas import Formula
    from wan22dsl.language.program.module import Module
    from wan22dsl.source import Span


def with_nodes(
    catalogue: Catalogue, modules: Iterable[Module]
) -> tuple[Catalogue, list[Diagnostic]]:
    """The catalogue with what files, and those that they use, declare; the nearest declaration counts.

    What the catalogue has from other files counts less. The findings are about declarations: where they
    disagree with the target, or with each other.
    """
    files = dict.fromkeys(file for module in modules for file in module.with_used())
    if not any(file.nodes for file in files):
        return catalogue, []
    known = catalogue if isinstance(catalogue, DeclaredCatalogue) else None
    base = catalogue if known is None else known.base
    classes: dict[str, NodeClass] = {}
    homes: dict[str, str] = {}
    found: list[Diagnostic] = []
    for file in files:
        home = _path(file)
        for name, node in file.nodes.items():
            made = class_of(node)
            is_first = name not in classes
            other = known.classes.get(name) if is_first and known is not None else classes.get(name)
            where = known.homes.get(name, "") if is_first and known is not None else homes.get(name)
            if other is not None and other != made and where != home:
                found.append(_twice(file, node, where or ""))
            if is_first:
                classes[name], homes[name] = made, home
                found += _differences(base, file, node, made)
    if known is not None:
        classes, homes = {**known.classes, **classes}, {**known.homes, **homes}
    return DeclaredCatalogue(base, classes, homes), found


def _path(module: Module) -> str:
    """The real path of a file, by which it is the same however it is named."""
    file = module.source.file
    try:
        return module.source.path if file is None else str(file.resolve())
    except (OSError, RuntimeError):
        return module.source.path


def _twice(module: Module, node: DeclaredNode, home: str) -> Diagnostic:
    other = one_line(home.replace("\\", "/").rpartition("/")[2])
    span = module.span(*node.place)
    return messages.NODE_TWICE.at(span, name=one_line(node.name), other=other)


def _differences(
    catalogue: Catalogue, module: Module, node: DeclaredNode, made: NodeClass
) -> Iterator[Diagnostic]:
    """Where a declaration and the target disagree."""
    below = catalogue.get(node.name)
    for difference in differences(made, below):
        name = one_line(difference.name)
        yield messages.NODE_DIFFERS.at(
            _place(module, node, difference.name, is_output=difference.is_output),
            target=catalogue.target,
            problem=f"{difference.problem.format(name=name)} in `{one_line(node.name)}`",
            help=f"Compare it with `wan nodes show` of that target, or remove `{name}`.",
        )


def _place(module: Module, node: DeclaredNode, name: str, *, is_output: bool) -> Span:
    parts = node.outputs if is_output else node.inputs
    return module.span(*next((part.place for part in parts if part.name == name), node.place))


def class_of(node: DeclaredNode) -> NodeClass:
    """The class that a declaration makes."""
    outputs = tuple(Output(output.name, output.type) for output in node.outputs)
    facts = DeclaredFacts(node.facts) if node.facts else None
    inputs = tuple(map(_input, node.inputs))
    return NodeClass(node.name, inputs, outputs, node.is_output, node.pack or DECLARED, facts)


def _input(declared: DeclaredInput) -> Input:
    return Input(
        declared.name,
        declared.type,
        required=declared.required,
        default=declared.default,
        minimum=declared.minimum,
        maximum=declared.maximum,
        options=declared.options,
        force_input=declared.only_link,
        sent=declared.default is not None,
    )


class Shown(NamedTuple):
    """A fact of an output, by the output's number, with its formula as it is written."""

    output: int
    name: str
    formula: str


class DeclaredFacts(NamedTuple):
    """What a declaration states of the outputs of a class, as `NodeClass.declared_facts`."""

    stated: tuple[DeclaredFact, ...]

    def shown(self) -> list[Shown]:
        """The facts as they are written."""
        return [Shown(fact.output, fact.name, _shown(fact.formula)) for fact in self.stated]

    def __call__(self, reading: Reading) -> Facts:
        """The facts of the output that is asked about; a fact that cannot be computed is not known."""
        found = NOTHING_KNOWN
        for fact in self.stated:
            if fact.output == reading.slot:
                if isinstance(fact.formula, OfInput) and fact.formula.type == "VAE":
                    found = found._replace(vae=_vae(reading, fact.formula))
                else:
                    value = worked_out(fact.formula, lambda part: _known(reading, part))
                    if value is not None:
                        found = _with(found, fact.name, value)
        return found


def _shown(formula: Formula, *, inside: bool = False) -> str:
    """A formula as it is written."""
    if isinstance(formula, Constant):
        return spell(formula)
    if isinstance(formula, OfInput):
        return (
            f"{formula.input}.{formula.fact}" if formula.fact not in ("", "link") else formula.input
        )
    sides = [_shown(side, inside=formula.operator != "+") for side in (formula.left, formula.right)]
    written = f" {formula.operator} ".join(sides)
    return f"({written})" if inside and formula.operator != "*" else written


def _vae(reading: Reading, part: OfInput) -> Link | None:
    """The VAE of a latent, or the one that is linked to an input."""
    return reading.link(part.input) if part.fact == "link" else reading.facts(part.input).vae


def _known(reading: Reading, part: OfInput) -> Constant | None:
    """A fact or the value of an input, as a constant of the language."""
    if not part.fact:
        return _constant(reading.value(part.input), part.type)
    facts = reading.facts(part.input)
    if part.fact == "length":
        return None if facts.frames is None else Constant("frames", facts.frames)
    if part.fact == "fps":
        return None if facts.fps is None else Constant("fps", facts.fps)
    if part.fact == "size":
        if facts.width is None or facts.height is None:
            return None
        return Constant("size", (facts.width, facts.height))
    side = {"width": facts.width, "height": facts.height}.get(part.fact)
    return None if side is None else Constant("int", side)


def _constant(value: object, kind: str) -> Constant | None:
    """A value of a prompt; None where it is none of the kind."""
    if isinstance(value, bool):
        return Constant("bool", value) if kind in ("bool", "*") else None
    if isinstance(value, int):
        if kind in ("int", "float", "*"):
            return Constant("float" if kind == "float" else "int", value)
        return None
    if isinstance(value, float):
        return Constant("float", value) if kind in ("float", "*") else None
    return Constant("text", value) if isinstance(value, str) and kind in ("text", "*") else None


def _with(facts: Facts, name: str, value: Constant) -> Facts:
    """The facts with one more; none that no clip can have."""
    data = value.data
    if name == "value":
        return facts._replace(value=data) if isinstance(data, (int, float, str, bool)) else facts
    if name == "size" and value.type == "size" and min(data) > 0:
        return facts._replace(width=data[0], height=data[1])
    if value.type not in _OF_FACTS.get(name, ()) or not 0 < data < _MOST:
        return facts
    if name == "length":
        return facts._replace(frames=int(data))
    if name == "fps":
        return facts._replace(fps=float(data))
    if name == "width":
        return facts._replace(width=int(data))
    return facts._replace(height=int(data))


#: What the types of values of facts are, and what no clip comes near.
_OF_FACTS = {"length": ("frames",), "fps": ("fps",), "width": ("int",), "height": ("int",)}
_MOST = 10**9
