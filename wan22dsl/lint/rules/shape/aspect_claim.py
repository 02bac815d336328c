"""WAN809: a name that claims other proportions than the video has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import place
from wan22dsl.lint.rules.shape.ratios import ratio, sizes
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Facts, Node
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN809",
    name="aspect-claim",
    severity=Severity.WARNING,
    summary="A name claims an aspect ratio that the video does not have",
    text="{what} of {node} says {claim}, but it is {size}, which is {ratio}.",
    why=(
        "Where the ratio differs from the name, the video gets bars or a crop. 832x1216 is often "
        "called 9:16 and is 13:19."
    ),
    help="{claim} in multiples of 16 is {sizes}.",
    bad=portrait('wan22.high -> wan22.low -> save("demo_9x16")'),
    good=portrait('wan22.high -> wan22.low -> save("demo_9x16")', size="720x1280"),
    source="arithmetic; official sizes by Wan-Video/Wan2.2",
)

#: Proportions that are claimed by these names; others are rather parts, dates or counts.
_KNOWN = ("9:16", "16:9", "4:3", "3:4", "1:1", "2:3", "3:2", "21:9", "9:21", "4:5", "5:4")
#: Only these are told from a count such as `3x4` where no colon is used.
_WITHOUT_COLON = frozenset({"9:16", "16:9", "21:9", "9:21"})
_CLAIM = r"(?<![0-9.:])([0-9]{1,2})([:x×_-])([0-9]{1,2})(?![0-9.:])"

#: As far off as 832x480 is from 16:9, which it is called everywhere.
_TOLERANCE = 0.03

#: The inputs of an output node that bring its frames.
_FRAMES = ("images", "video", "frames", "image")


def check(view: View) -> Iterator[Diagnostic]:
    """Every name of an output, and every title of a node, that claims proportions."""
    for node in view.outputs:
        prefix = view.value(node, "filename_prefix")
        facts = next(
            (given for given in (view.facts_of(node, name) for name in _FRAMES) if given.width),
            None,
        )
        title = node.title if node.title != node.id else ""
        for what, text in (("The file name", prefix), ("The title", title)):
            claim = _claimed(text) if isinstance(text, str) else None
            told = _told(node, what, claim, facts) if claim and facts is not None else None
            if told is not None:
                yield told
                break


def _told(node: Node, what: str, claim: str, facts: Facts) -> Diagnostic | None:
    if not facts.width or not facts.height:
        return None
    wide, high = (int(part) for part in claim.split(":"))
    if abs(facts.width * high / (facts.height * wide) - 1) <= _TOLERANCE:
        return None
    fitting = sizes(wide, high, facts.width * facts.height)
    return MESSAGE.at(
        place(node, "filename_prefix") if what == "The file name" else node.span,
        what=what,
        node=named(node),
        claim=claim,
        size=f"{facts.width}x{facts.height}",
        ratio=ratio(facts.width, facts.height),
        sizes=" or ".join(f"{width}x{height}" for width, height in fitting),
    )


def _claimed(text: str) -> str | None:
    if not any(map(str.isdigit, text)):
        return None
    for wide, sign, high in re.findall(_CLAIM, text):
        claim = f"{int(wide)}:{int(high)}"
        if claim in _KNOWN and (sign == ":" or claim in _WITHOUT_COLON):
            return claim
    return None
