"""What a document is to an editor, and whether its text is judged."""

from __future__ import annotations

from pathlib import Path

from wan22dsl.comfyui.starting.launchers.kinds import kind_of as launcher
from wan22dsl.lint.policy.config import OWN, SHARED

#: Texts of more characters are not judged as they are typed. Ten pipelines have some 3,000.
MOST_CHARACTERS = {"wan": 60_000, "json": 1_000_000, "configuration": 256_000, "launcher": 200_000}


def kind_of(path: str, language: str = "") -> str:
    """`wan`, `json`, `configuration` or `launcher`, by the name of a file; empty for all others.

    `language` is what the editor calls the language of a document, which may have any name.
    """
    name = Path(path).name.lower()
    if name.endswith(".wan") or language == "wan":
        return "wan"
    if name in (OWN, SHARED):
        return "configuration"
    if name.endswith(".json") or language in ("json", "jsonc"):
        return "json"
    return "launcher" if launcher(path) else ""


def why_not_judged(kind: str, text: str) -> str:
    """Why a text is not judged as it is typed; empty where it is."""
    if kind not in MOST_CHARACTERS or len(text) <= MOST_CHARACTERS[kind]:
        return ""
    return (
        f"Not checked while you type: {len(text):,} characters, at most {MOST_CHARACTERS[kind]:,}. "
        "`wan lint` checks the saved file."
    )
