"""The text of a workflow: what was found to be wrong in it, and where its parts stand.

Places are looked for only when they are to be shown, since that takes longer than reading.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.formats.json_text import Member, elements, member, members
from wan22dsl.formats.labels import of_one_class
from wan22dsl.formats.workflow_read import messages
from wan22dsl.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wan22dsl.diagnostics import Diagnostic, Fix, Message, Severity
    from wan22dsl.formats.workflow_read.parts import Raw, Spot
    from wan22dsl.graph.model import Node
    from wan22dsl.source import Source


class Sheet:
    """A text that is read as workflow JSON, and what was found to be wrong in it."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.found: list[Diagnostic] = []
        self._others: dict[tuple[Any, ...], list[Node]] = {}
        self._parts: dict[tuple[int, str], list[Member] | dict[str, Member]] = {}

    def say(
        self,
        message: Message,
        span: Span,
        *,
        fix: Fix | None = None,
        severity: Severity | None = None,
        **fields: Any,
    ) -> None:
        """Notes a finding."""
        self.found.append(message.at(span, fix=fix, severity=severity, **fields))

    def say_other_version(
        self, node: Node, known: str, what: str, severity: Severity | None, or_target: str
    ) -> None:
        """Notes that a node does not fit its class: one finding for all that do not in the same way."""
        alike = (node.class_name, known, what, severity, or_target)
        nodes = self._others.setdefault(alike, [])
        nodes.append(node)
        many, first = len(nodes) > 1, nodes[0].span
        assert first is not None
        found = messages.OTHER_VERSION.at(
            first,
            severity=severity,
            nodes=of_one_class([each.label for each in nodes], node.class_name),
            were="were" if many else "was",
            their="their" if many else "its",
            known=known,
            what=what,
            or_target=or_target,
        )
        if many:
            place = next(at for at, each in enumerate(self.found)
                         if each.kind is messages.OTHER_VERSION and each.span == first)  # fmt: skip
            self.found[place] = found
        else:
            self.found.append(found)

    def wrong(self, start: int, what: str) -> None:
        """Notes that something does not have the form of a workflow."""
        self.say(messages.BROKEN_WORKFLOW, Span(self.source, start, start + 1), what=what)

    def of_type(self, node: Raw) -> Span:
        """Where the type of a node stands."""
        return self._span(member(self.text, node.start, "type"))

    def at(self, spot: Spot) -> Span:
        """Where a value stands; of an input its name, or else the whole of it."""
        cached = (spot.node.start, spot.part)
        if cached not in self._parts:
            this_member = member(self.text, spot.node.start, spot.part)
            self._parts[cached] = (
                {each.key: each for each in members(self.text, this_member.start)}
                if isinstance(this_member.value, dict)
                else elements(self.text, this_member.start)
            )
        found = self._parts[cached][spot.key]  # type: ignore[index]
        if spot.part == "inputs" and "name" in found.value:
            found = member(self.text, found.start, "name")
        return self._span(found)

    def _span(self, member: Member) -> Span:
        return Span(self.source, member.start, member.end)


class LateSpans(dict[str, Span]):
    """The places of a node's inputs, looked for when one of them is first asked for."""

    def __init__(self, sheet: Sheet, spots: Mapping[str, Spot]) -> None:
        super().__init__()
        self._sheet = sheet
        self._spots = spots

    def __contains__(self, name: object) -> bool:
        return name in self._spots

    def __iter__(self) -> Iterator[str]:
        return iter(self._spots)

    def __len__(self) -> int:
        return len(self._spots)

    def __missing__(self, name: str) -> Span:
        return self.setdefault(name, self._sheet.at(self._spots[name]))

    def spot(self, name: str) -> Spot | None:
        """Where an input is in the workflow; None where it was not written."""
        return self._spots.get(name)

    def get(self, name: str, default: Any = None) -> Any:
        """The place of an input, or the default where it was not written."""
        return self[name] if name in self._spots else default

    def items(self) -> Any:
        """The names with their places."""
        return [(name, self[name]) for name in self._spots]

    def values(self) -> Any:
        """The places."""
        return [self[name] for name in self._spots]

    def keys(self) -> Any:
        """The names."""
        return self._spots.keys()
