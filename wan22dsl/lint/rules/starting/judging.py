"""Judges profiles by all rules for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Label, in_order
from wan22dsl.lint.rules.starting import all_rules
from wan22dsl.lint.rules.starting.view import Start

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wan22dsl.comfyui.starting.profile import Profile
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Work


def judge(
    profiles: Iterable[Profile], work: Sequence[Work] = (), cores: int | None = None
) -> list[Diagnostic]:
    """What is wrong with profiles, in order; what a copy has from its original is reported once.

    `work` are the pipelines of their file, `cores` those of the machine, where they are known.
    """
    found: list[Diagnostic] = []
    for profile in profiles:
        start = Start(profile, work, cores)
        for rule in all_rules():
            found += (_at_home(finding, profile) for finding in rule.check(start))
    return in_order(found)


def _at_home(finding: Diagnostic, profile: Profile) -> Diagnostic:
    """A finding on what a profile has from another file is at the profile, and shows the other place."""
    span, own = finding.span, profile.span
    if profile.is_launcher:
        return finding._replace(fix=None)
    if span is None or own is None or span.source is own.source:
        return finding
    label = Label(span, "written here")
    return finding._replace(span=own, related=(label, *finding.related), fix=None)
