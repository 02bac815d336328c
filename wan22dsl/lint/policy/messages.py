"""What the linter has to say about suppressions and baselines."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity

_FILE = "wan 1\n\nparam seed: int = 42\n"
_ALLOWED = (
    "# wan: allow-file(unknown-name) the names come from a template\nwan 1\n\nlet cfg = guidance\n"
)

UNUSED_SUPPRESSION = Message(
    "WAN001",
    "unused-suppression",
    Severity.WARNING,
    "unused `{word}({name})`",
    "An unused suppression would hide the next finding of this rule.",
    "Remove it.",
    summary="A suppression comment suppresses nothing",
    bad=f"# wan: allow-file(unknown-name) the names come from a template\n{_FILE}",
    good=_ALLOWED,
)

UNKNOWN_SUPPRESSION = Message(
    "WAN002",
    "unknown-suppression",
    Severity.WARNING,
    "unknown rule `{name}`, so this suppresses nothing",
    "Only codes and names that `wan explain` lists can be suppressed.",
    "{hint}",
    summary="A suppression comment names a rule that does not exist",
    bad=f"# wan: allow-file(unknown-nam) the names come from a template\n{_FILE}",
    good=_ALLOWED,
)

SUPPRESSION_WITHOUT_REASON = Message(
    "WAN003",
    "suppression-without-reason",
    Severity.NOTE,
    "this suppression gives no reason",
    "A reader needs the reason to decide whether the suppression still applies.",
    "Write the reason after the parenthesis: `# wan: {word}({names}) measured, it looks better`.",
    summary="A suppression comment gives no reason",
    bad="# wan: allow-file(unknown-name)\nwan 1\n\nlet cfg = guidance\n",
    good=_ALLOWED,
)

UNREADABLE_SUPPRESSION = Message(
    "WAN004",
    "unreadable-suppression",
    Severity.WARNING,
    "unrecognised linter comment",
    "A comment that starts with `# wan:` is a directive; this one has no effect.",
    "{hint}",
    summary="A `# wan:` comment is not a known directive",
    bad=f"# wan: alow(unknown-name) the names come from a template\n{_FILE}",
    good=_ALLOWED,
)

OUTDATED_BASELINE = Message(
    "WAN005",
    "outdated-baseline",
    Severity.NOTE,
    "{what} no longer {verb}: {some}",
    "An entry for a finding that is fixed would hide it if it came back.",
    "Update the baseline with `--write-baseline`.",
    summary="Entries of the baseline no longer occur",
)
