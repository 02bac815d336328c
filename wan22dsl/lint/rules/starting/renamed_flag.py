"""WAN966: the old name of a flag that now does more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.starting.example import profile
from wan22dsl.lint.rules.starting.fixes import in_words
from wan22dsl.lint.rules.starting.view import where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN966",
    name="renamed-flag",
    severity=Severity.NOTE,
    summary="A flag is now another name of a flag that does more",
    text="`{flag}` is another name of `{other}` in ComfyUI {version}.",
    why=(
        "It switched the partner nodes off. As another name of `--offline` it also keeps the page in the "
        "browser from loading anything from elsewhere."
    ),
    help="Write `--disable-partner-nodes` to switch only the partner nodes off, or `{other}` for all of it.",
    bad=profile("disable_api_nodes = true"),
    good=profile("disable_partner_nodes = true"),
    source="Comfy-Org/ComfyUI, 0.38: comfy/cli_args.py, and the tests of --offline",
)


def check(start: Start) -> Iterator[Diagnostic]:
    """Every flag that is another name."""
    for flag in start.profile.flags:
        info = start.known.get(flag.name)
        if flag.value is False or info is None or not info.same_as:
            continue
        written = "" if flag.name_span is None else flag.name_span.text
        fix = None
        if written in ("disable_api_nodes", "--disable-api-nodes"):
            new = written.replace("api", "partner")
            fix = in_words(flag.name_span, written, new, safe=False)
        yield MESSAGE.at(
            where(start, flag), fix=fix, flag=flag.name, other=info.same_as, version=start.version
        )
