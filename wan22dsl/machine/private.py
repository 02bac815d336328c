"""What stays out of a snapshot: tokens, passwords, names of people and computers, and where a home is.

Each part of a snapshot takes only what it knows to be harmless. What is here is the last look at all of it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

#: What takes the place of a value that is not kept.
HIDDEN = "(not kept)"

#: Home folders of every system, with the name of whoever lives there.
_HOMES = re.compile(
    r"(?i)(?:[a-z]:)?\\+(?:users|documents and settings)\\+[^\\/\"*?<>|\r\n]+(?=\\)"
    r"|(?:[a-z]:)?[\\/]+(?:home|users|documents and settings)[\\/]+[^\\/\s\"':;,]+|/root(?![\w.-])"
)

#: A login in an address, and the whole of what follows a question mark there.
_LOGIN = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^/\s@]*@")
_QUERY = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://[^\s?#]*)[?#]\S*")

#: Keys as the services write them that people use with ComfyUI.
_TOKENS = re.compile(
    r"(?i)\b(?:hf_|sk-|sk_|ghp_|gho_|ghs_|github_pat_|glpat-|comfyui-|r8_|xox[abpr]-|AKIA)[A-Za-z0-9_-]{8,}"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}[\w.-]*"
    r"|\b(?:bearer|basic)\s+[\w.~+/=-]{8,}"
)

#: Names after which a secret follows.
_SECRET_NAMES = re.compile(r"(?i)key|token|secret|passw|auth|credential|cookie|session|login|user")


def is_secret_name(name: str) -> bool:
    """Whether the value of a flag or a variable of this name may be a secret."""
    return _SECRET_NAMES.search(name) is not None


def clean(text: str) -> str:
    """A string without the homes, logins and tokens that can be told as such."""
    text = _LOGIN.sub(r"\1", text)
    text = _QUERY.sub(r"\1", text)
    text = _TOKENS.sub(HIDDEN, text)
    home = _home()
    if len(home) > 3 and home in text:
        text = text.replace(home, "~")
    return _HOMES.sub("~", text)


def _home() -> str:
    try:
        return str(Path.home())
    except RuntimeError:
        return ""


def without_secrets(value: Any) -> Any:
    """JSON with every string of it cleaned, also the names of what it holds."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list | tuple):
        return [without_secrets(item) for item in value]
    if isinstance(value, dict):
        return {clean(str(key)): without_secrets(item) for key, item in value.items()}
    return value
