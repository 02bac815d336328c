"""Which stage of the library makes a node, with which arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.graph.model import Link
from wan22dsl.importing.frames import Root, argument, roots
from wan22dsl.importing.units import Argument, Unit
from wan22dsl.syntax import spelling
from wan22dsl.syntax.tree import Call, Chain, ClassName, Group, Index, Let, Member, Name

if TYPE_CHECKING:
    from wan22dsl.importing.assets import Assets
    from wan22dsl.importing.frames import Frame
    from wan22dsl.importing.sight import Sight
    from wan22dsl.importing.unify import Unifier
    from wan22dsl.importing.vocabulary import StageWord, Vocabulary


class Stages:
    """All stages, by the class of the node that they end with."""

    def __init__(self, sight: Sight, words: Vocabulary, unifier: Unifier, assets: Assets) -> None:
        self._sight = sight
        self._words = words
        self._unifier = unifier
        self._assets = assets
        self._by_class: dict[str, list[tuple[StageWord, Root]]] = {}
        for word in words.stages:
            for root in roots(word):
                name = _class_of(root.expression, word, words, 0)
                if name:
                    self._by_class.setdefault(name, []).append((word, root))

    def of(self, id: str, slots: set[int]) -> Unit | None:
        """The call of a stage that stands for a node whose outputs `slots` are used; the best there is."""
        found: list[tuple[tuple[int, ...], Unit]] = []
        for word, root in self._by_class.get(self._sight.node(id).class_name, ()):
            unit = self._read(word, root, id, slots)
            if unit is not None:
                written = sum(1 for one in unit.arguments if one.wants is None and not one.open)
                score = (len(unit.nodes), -written, -len(found))
                found.append((score, unit))
        return max(found, key=lambda one: one[0])[1] if found else None

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
                    outputs[slot] = (other.output or "") if word.stage.named else ""
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
        arguments, brought = [], None
        for name, parameter in frame.parameters.items():
            target = argument(frame, name, self._assets)
            if parameter.brought:
                if not isinstance(target, Link):
                    return None
                brought = target
            elif target is not None:
                arguments.append(self.argument(frame, name))
        free = [one for one in frame.parameters.values() if not one.brought]
        return Unit(
            id=id,
            call=frame.word.name,
            nodes=frozenset(frame.nodes),
            arguments=arguments,
            brought=brought,
            outputs=outputs or {},
            wants=dict(frame.wants),
            first=free[0].name.text if free and free[0].default is None else "",
            hands_on=hands_on,
            is_stage=True,
        )

    def argument(self, frame: Frame, name: str) -> Argument:
        """An argument, and whether its default would do."""
        parameter = frame.parameters[name]
        target = argument(frame, name, self._assets)
        assert target is not None
        kind = parameter.type.text
        if parameter.default is None:
            return Argument(name, kind, target)
        head = parameter.default.text.split(".")[0] if isinstance(parameter.default, Name) else ""
        if head in frame.parameters:
            return Argument(name, kind, target, {}, open=True)
        wants = self._unifier.wants_of(frame.word, parameter.default, target)
        return Argument(name, kind, target, wants)


def _class_of(one: Any, word: StageWord, words: Vocabulary, depth: int) -> str:
    """The class of the node that an expression ends with; empty where there is none."""
    if depth > 20:
        return ""
    if isinstance(one, Chain) and "->" in one.operators:
        return _class_of(one.operands[-1], word, words, depth + 1)
    if isinstance(one, Group):
        return _class_of(one.inner, word, words, depth + 1)
    if isinstance(one, (Member, Index)):
        return _class_of(one.target, word, words, depth + 1)
    if isinstance(one, Call) and isinstance(one.callee, ClassName):
        return spelling.plain(one.callee.text)
    name = one.callee if isinstance(one, Call) else one
    if not isinstance(name, Name):
        return ""
    head = name.text.split(".")[0]
    for item in word.stage.items:
        if isinstance(item, Let) and item.name.text == head and one is name:
            return _class_of(item.value, word, words, depth + 1)
    inner = words.stage_of(word.module, name.text)
    if inner is None or any(p.name.text == head for p in word.stage.parameters):
        return ""
    found = roots(inner)
    return _class_of(found[0].expression, inner, words, depth + 1) if found else ""
