"""Which stage of the library makes a node, with which arguments: the body of a stage read backwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import defaults_of, has_input
from wan22dsl.graph.equality import plain
from wan22dsl.graph.model import Link
from wan22dsl.importing.expressions import (
    Expressions,
    Frame,
    Root,
    alternative,
    argument,
    bind,
    equal,
    given,
    roots,
)
from wan22dsl.importing.simplified import automatic_values
from wan22dsl.importing.units import ABSENT, FURTHER, Absent, Argument, Unit, Value
from wan22dsl.importing.vocabulary import of_a_pass
from wan22dsl.language.program import kinds
from wan22dsl.language.program.own_node import of_experts, own_node
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import (
    Arrow,
    Attribute,
    Call,
    Chain,
    ClassName,
    Group,
    Index,
    Let,
    Member,
    Name,
    nest,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.comfyui.catalogue.schema import NodeClass
    from wan22dsl.importing.assets import Assets
    from wan22dsl.importing.units import Sight, Target
    from wan22dsl.importing.vocabulary import StageWord, Vocabulary
    from wan22dsl.language.syntax.tree import Parameter


#: The sockets that take a constant or a link.
_CONSTANTS = ("INT", "FLOAT", "STRING", "BOOLEAN", "COMBO")

_SIDES = {"width", "height"}

#: Deeper than this, stages are not looked for inside of stages.
_DEEPEST = 12


class Unifier(Expressions):
    """Reads stages backwards in one graph; `plain` are nodes that no stage may stand for."""

    def __init__(self, sight: Sight, words: Vocabulary, assets: Assets) -> None:
        super().__init__(sight, words, assets)
        self.plain: set[str] = set()
        self._depth = 0

    def stage(self, word: StageWord, expression: Any, target: Target | str) -> Frame | None:
        """Reads a stage whose output, or statement, is a link, or the node of that id; None: it is not it."""
        frame = Frame(word)
        if self._depth > _DEEPEST:
            return None
        self._depth += 1
        try:
            if isinstance(target, str):
                fits = self._statement(expression, target, frame)
            else:
                fits = self.expression(expression, target, frame)
        finally:
            self._depth -= 1
        return frame if fits and self._complete(frame) else None

    def outputs(
        self, word: StageWord, targets: dict[str, Link], in_place: str = ""
    ) -> Frame | None:
        """Reads a stage several of whose outputs are known; None where it does not give them.

        Its node may have another class, which is `in_place`.
        """
        frame = Frame(word)
        frame.in_place = in_place
        expressions = {root.output: root.expression for root in roots(word)}
        for name, target in targets.items():
            if name not in expressions or not self.expression(expressions[name], target, frame):
                return None
        return frame

    def wants_of(
        self, word: StageWord, expression: Any, target: Target
    ) -> dict[str, Target] | None:
        """What settings of the pipeline would make the default of a parameter this; None: none would."""
        frame = Frame(word)
        frame.parameters = {}
        return frame.wants if self.expression(expression, target, frame) else None

    # --- calls ---

    def _call(self, call: Call, target: Target, frame: Frame) -> bool:
        if not isinstance(target, Link):
            return False
        if isinstance(call.callee, ClassName):
            node_class = self.sight.class_of(target.node)
            single = node_class is not None and len(node_class.outputs) == 1
            return single and target.slot == 0 and self._node(call, target.node, frame)
        word = self.words.stage_of(frame.word.module, call.callee.text)
        return word is not None and self._stage(word, call.arguments, None, target, frame)

    def _member(self, value: Any, name: str, target: Target, frame: Frame) -> bool:
        if not isinstance(target, Link) or not isinstance(value, Call):
            return False
        if isinstance(value.callee, ClassName):
            slot = self._slot(value, target.node, name, frame)
            return slot == target.slot and self._node(value, target.node, frame)
        word = self.words.stage_of(frame.word.module, value.callee.text)
        return word is not None and self._stage(word, value.arguments, name, target, frame)

    def _slot(self, call: Call, id: str, name: str, frame: Frame) -> int | None:
        """The slot of an output by its name; an unknown class has those of the class that is written."""
        if not self._is_in_place(call, id, frame):
            return self.sight.slot_named(id, name)
        if self.sight.class_of(id) is None:
            known = self.sight.graph.catalogue.get(spelling.plain(call.callee.text))
            names = [] if known is None else [output.name for output in known.outputs]
            return names.index(name) if name in names else None
        slots = (self.sight.slot_named(id, each) for each in (name, *of_experts(name, "high")))
        return next((slot for slot in slots if slot is not None), None)

    def _is_in_place(self, call: Call, id: str, frame: Frame) -> bool:
        """Whether a node has another class than the call of its stage writes, and may."""
        name = self.sight.node(id).class_name
        return name == frame.in_place and own_node(frame.word.stage) is call

    def _index(self, index: Index, target: Target, frame: Frame) -> bool:
        if not isinstance(target, Link) or str(target.slot) != index.number.text:
            return False
        inner = index.target
        if isinstance(inner, Name) and inner.text in frame.lets:
            node = frame.let_nodes.setdefault(inner.text, target.node)
            inner = frame.lets[inner.text]
            if node != target.node:
                return False
        return (
            isinstance(inner, Call)
            and isinstance(inner.callee, ClassName)
            and self._node(inner, target.node, frame)
        )

    def _node(self, call: Call, id: str, frame: Frame) -> bool:
        """Whether a call of a class makes this node."""
        node = self.sight.node(id)
        in_place = self._is_in_place(call, id, frame)
        if (spelling.plain(call.callee.text) != node.class_name and not in_place) or (
            id in self.plain
        ):
            return False
        if id in self.sight.twins:
            return False
        there = self.sight.inputs(id)
        written = {
            spelling.plain(item.key.text): item.value
            for item in call.arguments
            if isinstance(item, Attribute)
        }
        node_class = self.sight.class_of(id)
        optional: dict[str, Any] = {}
        if node_class is not None and self.sight.graph.drawn:
            optional = automatic_values(node_class, node.inputs)
        for name, value in written.items():
            missing = Value(plain(optional[name])) if name in optional else ABSENT
            if in_place and node_class is not None and not has_input(node_class, name):
                if not self._goes_without(value, frame):
                    return False
                continue
            if not self.expression(value, there.get(name, missing), frame):
                return False
        constants = {
            name: value.json if isinstance(value, Value) else value
            for name, value in there.items()
            if name in written
        }
        defaults = defaults_of(node_class, constants) if node_class is not None else {}
        defaults.update(optional)
        further = {
            name: self._as_given(target, node.inputs.get(name))
            for name, target in there.items()
            if name not in written and (name not in defaults or not equal(defaults[name], target))
        }
        if further and not self._takes(call, node_class, further, frame):
            return False
        frame.further.update(further)
        frame.nodes.add(id)
        return True

    def _goes_without(self, value: Any, frame: Frame) -> bool:
        """Whether an input that a class in the place of another lacks may go: it is 1, or nothing."""
        name = value.text if isinstance(value, Name) else ""
        parameter = frame.parameters.get(name)
        if parameter is None:
            return False
        return bind(frame.bound, name, Value(1) if parameter.type.text == "int" else ABSENT)

    def _as_given(self, target: Target, given: Any) -> Target:
        """A constant in the spelling of the file, which is that of the text too."""
        return Value(given) if isinstance(target, Value) and given is not None else target

    def _takes(
        self, call: Call, node_class: NodeClass | None, names: Iterable[str], frame: Frame
    ) -> bool:
        """Whether a call of the stage can give these inputs of its node, which its body does not set."""
        if own_node(frame.word.stage) is not call:
            return False
        if node_class is None:
            return bool(frame.in_place)
        return not any(
            (name in frame.parameters and not frame.in_place) or not has_input(node_class, name)
            for name in names
        )

    # --- stages inside of stages ---

    def _arrow(self, elements: tuple[Any, ...], target: Target, frame: Frame) -> bool:
        if len(elements) == 1:
            return self.expression(elements[0], target, frame)
        *before, last = elements
        rest = before[0] if len(before) == 1 else Arrow(tuple(before), 0, 0)
        if isinstance(last, Call) and isinstance(last.callee, ClassName):
            return self._with_brought(rest, frame, lambda: self._call(last, target, frame))
        callee = last.callee if isinstance(last, Call) else last
        word = self.words.stage_of(frame.word.module, getattr(callee, "text", "0"))
        if word is None or not isinstance(target, Link):
            return False
        arguments = last.arguments if isinstance(last, Call) else ()
        return self._stage(word, arguments, None, target, frame, brought=rest)

    def _with_brought(self, rest: Any, frame: Frame, do: Any) -> bool:
        frame.brought.append(rest)
        try:
            return bool(do())
        finally:
            frame.brought.pop()

    def _statement(self, value: Any, id: str, frame: Frame) -> bool:
        """A statement of a stage, whose last node is known."""
        value = nest(value) if isinstance(value, Chain) else value
        if isinstance(value, Arrow):
            *before, last = value.elements
            rest = before[0] if len(before) == 1 else Arrow(tuple(before), 0, 0)
        else:
            last, rest = value, None
        callee = last.callee if isinstance(last, Call) else last
        if isinstance(last, Call) and isinstance(callee, ClassName):
            return self._with_brought(rest, frame, lambda: self._node(last, id, frame))
        word = self.words.stage_of(frame.word.module, getattr(callee, "text", "0"))
        if word is None:
            return False
        arguments = last.arguments if isinstance(last, Call) else ()
        return self._stage(word, arguments, None, id, frame, brought=rest)

    def _stage(
        self,
        word: StageWord,
        arguments: tuple[Any, ...],
        output: str | None,
        target: Target | str,
        frame: Frame,
        brought: Any = None,
    ) -> bool:
        """A call of a stage inside of a stage: its parameters have to be what its arguments say."""
        inner = None
        found_roots = alternative(word, self.part, noisy=self.noisy)
        for root in roots(word) if output is not None else found_roots:
            if output is None or root.output in (output, None):
                inner = self.stage(word, root.expression, target)
            if inner is not None:
                break
        if inner is None or inner.further:
            return False
        if self.part is not None and len(found_roots) < len(roots(word)):
            known = {output.name.text for output in word.stage.outputs}
            if known <= set(kinds.NOISES) and not bind(frame.wants, "add_noise", Value(self.noisy)):
                return False
        written = given(word, arguments)
        if brought is not None and word.stage.parameters:
            written.setdefault(word.stage.parameters[0].name.text, brought)
        for name, parameter in inner.parameters.items():
            found = argument(inner, name, self.assets)
            if found is None:
                if name not in written and parameter.default is None:
                    return False
                continue
            if name in written:
                if not self.expression(written[name], found, frame):
                    return False
            elif parameter.default is not None:
                wants = self.wants_of(word, parameter.default, found)
                if wants is None or not all(bind(frame.wants, *wanted) for wanted in wants.items()):
                    return False
            else:
                return False
        for want in inner.wants.items():
            if not bind(frame.wants, *want):
                return False
        frame.nodes |= inner.nodes
        return True

    def _complete(self, frame: Frame) -> bool:
        """Whether every parameter without a default was found."""
        for name, parameter in frame.parameters.items():
            found = argument(frame, name, self.assets)
            if found is None and parameter.default is None:
                return False
            if isinstance(found, Absent) and parameter.default is None:
                return False
        return True


class Stages:
    """All stages, by the class of the node that they end with."""

    def __init__(self, sight: Sight, words: Vocabulary, unifier: Unifier, assets: Assets) -> None:
        self._sight = sight
        self._words = words
        self._unifier = unifier
        self._assets = assets
        self._by_class: dict[str, list[tuple[StageWord, Root]]] = {}
        for word in words.stages:
            if of_a_pass(word.stage):
                continue
            for root in roots(word):
                name = class_of(root.expression, word, words, 0)
                if name:
                    self._by_class.setdefault(name, []).append((word, root))

    def of(self, id: str, slots: set[int]) -> Unit | None:
        """The call of a stage that stands for a node whose outputs `slots` are used; the best there is.

        A stage with a default where another one of the same node has none, such as the model of a recipe, is
        read with that default only.
        """
        found: list[tuple[StageWord, Unit, set[str]]] = []
        needed: set[str] = set()
        for word, root in self._by_class.get(self._sight.node(id).class_name, ()):
            unit = self._read(word, root, id, slots)
            if unit is not None:
                written = {
                    argument.name
                    for argument in unit.arguments
                    if argument.wants is None and not argument.open
                }
                found.append((word, unit, written))
                needed |= _without_default(word)
        best: tuple[tuple[int, ...], Unit | None] = ((), None)
        for place, (word, unit, written) in enumerate(found):
            if not written & (needed - _without_default(word)):
                best = max(best, ((len(unit.nodes), -len(written), -place), unit), key=_first)
        return best[1]

    def _read(self, word: StageWord, root: Root, id: str, slots: set[int]) -> Unit | None:
        if root.output is None:
            frame = self._unifier.stage(word, root.expression, id) if not slots else None
            return None if frame is None else self.unit(frame, id, hands_on=True)
        frame, outputs = None, {}
        for slot in sorted(slots or {0}):
            for other in (root, *roots(word)):
                read = self._unifier.stage(word, other.expression, Link(id, slot))
                if read is not None and id in read.nodes:
                    frame = frame or read
                    chosen = word.stage.named and other.output not in (None, "out")
                    outputs[slot] = str(other.output) if chosen else ""
                    break
            else:
                return None
        if frame is None:
            return None
        return self.unit(frame, id, outputs=outputs)

    def unit(
        self,
        frame: Frame,
        id: str,
        *,
        outputs: dict[int, str] | None = None,
        hands_on: bool = False,
    ) -> Unit | None:
        """The call that a reading of a stage stands for; None where it cannot be written."""
        arguments, brought, takes = [], None, ""
        reads: set[str] = set()
        for name, parameter in frame.parameters.items():
            target = argument(frame, name, self._assets)
            if parameter.brought:
                if isinstance(target, Link):
                    brought, takes = target, parameter.type.text
                elif parameter.default is None:
                    return None
            elif target is not None:
                arguments.append(self.argument(frame, name))
            elif target is None:
                if {part.member for part in frame.parts if part.parameter == name} >= _SIDES:
                    return None  # a size that is known only when it runs
                reads |= settings_in(parameter.default)
        arguments += [Argument(name, FURTHER, target) for name, target in frame.further.items()]
        free = [declared for declared in frame.parameters.values() if not declared.brought]
        return Unit(
            id=id,
            call=frame.word.name,
            nodes=frozenset(frame.nodes),
            arguments=arguments,
            brought=brought,
            outputs=outputs or {},
            wants=dict(frame.wants),
            reads=frozenset(reads),
            first=free[0].name.text if free and _needs_no_name(free) else "",
            hands_on=hands_on,
            is_stage=True,
            takes=takes,
        )

    def argument(self, frame: Frame, name: str) -> Argument:
        """An argument, and whether its default would do."""
        parameter = frame.parameters[name]
        target = argument(frame, name, self._assets)
        assert target is not None
        kind = spelling.plain(parameter.type.text)
        if parameter.default is None:
            return Argument(name, kind, target)
        head = parameter.default.text.split(".")[0] if isinstance(parameter.default, Name) else ""
        if head in frame.parameters and isinstance(target, Link) and kind in _CONSTANTS:
            return Argument(name, kind, target)  # by default it would be a constant
        if head in frame.parameters:
            return Argument(name, kind, target, {}, open=True)
        wants = self._unifier.wants_of(frame.word, parameter.default, target)
        return Argument(name, kind, target, wants)


def _needs_no_name(free: list[Parameter]) -> bool:
    """Whether the first parameter is set without its name: it is needed, or all that there is."""
    default = free[0].default
    is_none = isinstance(default, Name) and default.text == "none"
    return default is None or (is_none and len(free) == 1)


def _without_default(word: StageWord) -> set[str]:
    """The parameters that a call of a stage has to set."""
    return {
        parameter.name.text
        for parameter in word.stage.parameters
        if parameter.default is None and not parameter.brought
    }


def _first(pair: tuple[Any, ...]) -> Any:
    return pair[0]


def settings_in(expression: Any) -> set[str]:
    """The settings of the pipeline that an expression reads: `pipeline.prompt`."""
    if isinstance(expression, Name):
        head, _, rest = expression.text.partition(".")
        return {rest.partition(".")[0]} if head == "pipeline" else set()
    if isinstance(expression, Call):
        return {name for item in expression.arguments for name in settings_in(item)}
    if isinstance(expression, Attribute):
        return settings_in(expression.value)
    if isinstance(expression, Chain):
        return {name for item in expression.operands for name in settings_in(item)}
    inner = getattr(expression, "target", None) or getattr(expression, "inner", None)
    return settings_in(inner) if inner is not None else set()


def class_of(value: Any, word: StageWord, words: Vocabulary, depth: int) -> str:
    """The class of the node that an expression ends with; empty where there is none."""
    if depth > 20:
        return ""
    if isinstance(value, Chain) and "->" in value.operators:
        return class_of(value.operands[-1], word, words, depth + 1)
    if isinstance(value, Group):
        return class_of(value.inner, word, words, depth + 1)
    if isinstance(value, (Member, Index)):
        return class_of(value.target, word, words, depth + 1)
    if isinstance(value, Call) and isinstance(value.callee, ClassName):
        return spelling.plain(value.callee.text)
    name = value.callee if isinstance(value, Call) else value
    if not isinstance(name, Name):
        return ""
    head = name.text.split(".")[0]
    for item in word.stage.items:
        if isinstance(item, Let) and item.name.text == head and value is name:
            return class_of(item.value, word, words, depth + 1)
    inner = words.stage_of(word.module, name.text)
    if inner is None or any(p.name.text == head for p in word.stage.parameters):
        return ""
    found = roots(inner)
    return class_of(found[0].expression, inner, words, depth + 1) if found else ""
