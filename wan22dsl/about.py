"""Where wan22dsl is published."""

from __future__ import annotations

#: The public repository; `[project.urls]` in pyproject.toml has the same.
REPOSITORY = "https://github.com/wan22dsl/wan22dsl"


def rule_file(code: str, name: str) -> str:
    """The file name of a rule's page in `docs/rules/`."""
    return f"{code}-{name}.md"


def rule_url(code: str, name: str, version: str) -> str:
    """The address of a rule's page, as it is in that version."""
    return f"{REPOSITORY}/blob/v{version}/docs/rules/{rule_file(code, name)}"
