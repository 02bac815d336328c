"""Texts for the readers of reports: without the characters that JSON, XML and terminals choke on."""

from __future__ import annotations

import re

from wan22dsl.escapes import visible

#: What XML 1.0 does not allow, and half characters, which cannot be written as UTF-8.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def readable(text: str) -> str:
    """The text with unsafe characters as escapes, and the few others replaced by the sign for that."""
    return _ILLEGAL.sub("\ufffd", visible(text))
