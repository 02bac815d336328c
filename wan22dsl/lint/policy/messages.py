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
    "nothing here needs `{word}({name})`",
    "A suppression that allows nothing hides the finding that comes next.",
    "Remove it.",
    summary="A suppression comment suppresses nothing",
    bad=f"# wan: allow-file(unknown-name) the names come from a template\n{_FILE}",
    good=_ALLOWED,
)

UNKNOWN_SUPPRESSION = Message(
    "WAN002",
    "unknown-suppression",
    Severity.WARNING,
    "there is no rule `{name}`, so this allows nothing",
    "Only codes and names that `wan explain` lists can be allowed.",
    "{hint}",
    summary="A suppression comment names a rule that does not exist",
    bad=f"# wan: allow-file(unknown-nam) the names come from a template\n{_FILE}",
    good=_ALLOWED,
)

SUPPRESSION_WITHOUT_REASON = Message(
    "WAN003",
    "suppression-without-reason",
    Severity.NOTE,
    "this suppression does not say why",
    "Whoever reads it next year must know whether it still holds.",
    "Write the reason behind the bracket: `# wan: {word}({names}) measured, it looks better`.",
    summary="A suppression comment gives no reason",
    bad="# wan: allow-file(unknown-name)\nwan 1\n\nlet cfg = guidance\n",
    good=_ALLOWED,
)

UNREADABLE_SUPPRESSION = Message(
    "WAN004",
    "unreadable-suppression",
    Severity.WARNING,
    "this comment speaks to the linter, but not in words that it knows",
    "A comment that begins with `# wan:` is an instruction; this one does nothing.",
    "{hint}",
    summary="A `# wan:` comment is not a directive that the linter knows",
    bad=f"# wan: alow(unknown-name) the names come from a template\n{_FILE}",
    good=_ALLOWED,
)

OUTDATED_BASELINE = Message(
    "WAN005",
    "outdated-baseline",
    Severity.NOTE,
    "{what} of this baseline {verb} no longer there: {some}",
    "A baseline that keeps what is fixed would let it come back unseen.",
    "Write it anew with `--write-baseline`.",
    summary="Entries of the baseline no longer occur",
)
