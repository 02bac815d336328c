"""Where wan22dsl is published."""

from __future__ import annotations

#: The public repository. It is named here, and `make generate` writes it wherever else it is: into
#: pyproject.toml, README.md and docs/. Reports and pages of rules take it from here.
REPOSITORY = "https://github.com/wan22dsl/wan22dsl"


def rule_file(code: str, name: str) -> str:
    """The file name of a rule's page in `docs/rules/`."""
    return f"{code}-{name}.md"


def rule_url(code: str, name: str, version: str) -> str:
    """The address of a rule's page, as it is in that version."""
    return f"{REPOSITORY}/blob/v{version}/docs/rules/{rule_file(code, name)}"
