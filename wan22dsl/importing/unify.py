"""Reads the body of a stage backwards: which arguments would make it the nodes that are there.

A parameter's name stands for what is found in its place; a literal has to be equal; a call inside has to be
the node that is linked. What cannot be turned round, such as arithmetic and facts, is left open: the
compiler then says whether the whole is right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.catalogue.inputs import defaults_of
from wan22dsl.graph.equality import plain
from wan22dsl.graph.model import Link
from wan22dsl.importing.defaults import optional_defaults
from wan22dsl.importing.expressions import Expressions
from wan22dsl.importing.frames import Frame, argument, bind, equal, given, roots
from wan22dsl.importing.sight import ABSENT, Absent, Value
from wan22dsl.syntax import spelling
from wan22dsl.syntax.operators import Arrow, nest
from wan22dsl.syntax.tree import Attribute, Call, Chain, ClassName, Index, Name

if TYPE_CHECKING:
    from wan22dsl.importing.assets import Assets
    from wan22dsl.importing.sight import Sight, Target
    from wan22dsl.importing.vocabulary import StageWord, Vocabulary

#: Deeper than this, stages are not looked for inside of stages.
_DEEPEST = 12


class Unifier(Expressions):
    """Reads stages backwards in one graph; `plain` are nodes that no stage may stand for.

    With `loose` an optional input that repeats its default may be there or not.
    """

    def __init__(self, sight: Sight, words: Vocabulary, assets: Assets) -> None:
        super().__init__(sight, words, assets)
        self.plain: set[str] = set()
        self.loose = False
        self._depth = 0

    def stage(self, word: StageWord, expression: Any, target: Link | str) -> Frame | None:
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

    def outputs(self, word: StageWord, targets: dict[str, Link]) -> Frame | None:
        """Reads a stage several of whose outputs are known; None where it does not give them."""
        frame = Frame(word)
        expressions = {one.output: one.expression for one in roots(word)}
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

    def _call(self, one: Call, target: Target, frame: Frame) -> bool:
        if not isinstance(target, Link):
            return False
        if isinstance(one.callee, ClassName):
            node_class = self.sight.class_of(target.node)
            single = node_class is not None and len(node_class.outputs) == 1
            return single and target.slot == 0 and self._node(one, target.node, frame)
        word = self.words.stage_of(frame.word.module, one.callee.text)
        return word is not None and self._stage(word, one.arguments, None, target, frame)

    def _member(self, one: Any, name: str, target: Target, frame: Frame) -> bool:
        if not isinstance(target, Link) or not isinstance(one, Call):
            return False
        if isinstance(one.callee, ClassName):
            slot = self.sight.slot_named(target.node, name)
            return slot == target.slot and self._node(one, target.node, frame)
        word = self.words.stage_of(frame.word.module, one.callee.text)
        return word is not None and self._stage(word, one.arguments, name, target, frame)

    def _index(self, one: Index, target: Target, frame: Frame) -> bool:
        if not isinstance(target, Link) or str(target.slot) != one.number.text:
            return False
        inner = one.target
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

    def _node(self, one: Call, id: str, frame: Frame) -> bool:
        """Whether a call of a class makes this node."""
        node = self.sight.node(id)
        if spelling.plain(one.callee.text) != node.class_name or id in self.plain:
            return False
        if id in self.sight.twins:
            return False
        there = self.sight.inputs(id)
        written = {
            spelling.plain(item.key.text): item.value
            for item in one.arguments
            if isinstance(item, Attribute)
        }
        node_class = self.sight.class_of(id)
        optional = optional_defaults(node_class) if self.loose and node_class is not None else {}
        for name, value in written.items():
            missing = Value(plain(optional[name])) if name in optional else ABSENT
            if not self.expression(value, there.get(name, missing), frame):
                return False
        constants = {
            name: value.json if isinstance(value, Value) else value
            for name, value in there.items()
            if name in written
        }
        defaults = defaults_of(node_class, constants) if node_class is not None else {}
        defaults.update(optional)
        for name, target in there.items():
            if name in written:
                continue
            if name not in defaults or not equal(defaults[name], target):
                return False
        frame.nodes.add(id)
        return True

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

    def _statement(self, one: Any, id: str, frame: Frame) -> bool:
        """A statement of a stage, whose last node is known."""
        one = nest(one) if isinstance(one, Chain) else one
        if isinstance(one, Arrow):
            *before, last = one.elements
            rest = before[0] if len(before) == 1 else Arrow(tuple(before), 0, 0)
        else:
            last, rest = one, None
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
        target: Link | str,
        frame: Frame,
        brought: Any = None,
    ) -> bool:
        """A call of a stage inside of a stage: its parameters have to be what its arguments say."""
        inner = None
        for one in roots(word):
            if output is None or one.output in (output, None):
                inner = self.stage(word, one.expression, target)
            if inner is not None:
                break
        if inner is None:
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
                if wants is None or not all(bind(frame.wants, *one) for one in wants.items()):
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
