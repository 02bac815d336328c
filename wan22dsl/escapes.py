"""Characters that may not reach a terminal, a log or a line as they are, and how they are shown instead.

The only place that decides it. A control character can drive a terminal, a bidirectional override can make
a line look like another, a line end in a file name can forge a line, and a line of a CI log that begins with
`::` is a command of GitHub Actions. All of them are shown as escapes: `\\x1b`, `\\u202e`, `\\n`.

What has to stay readable stays: letters and accents of every language, emoji with their joiners (U+200C,
U+200D) and variation selectors, and every space that takes room.
"""

from __future__ import annotations

import re
from functools import cache

#: C0 without tab and line end, DEL, C1; marks, overrides and isolates of the direction of writing; characters
#: without width that hide or split words; line ends that only Unicode knows; half characters; tags.
_UNSAFE = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f"
)

#: At the start of a line (GitHub trims it), and `##[` anywhere in it: commands of GitHub Actions
#: (actions/runner, ActionCommand.cs). `##vso[` is one of Azure Pipelines, `##teamcity[` of TeamCity.
_COMMAND = r"(?m:^(?P<blank>[^\S\n]*)::)|##(?=(?:vso|teamcity)?\[)"


def visible(text: str) -> str:
    """The text with unsafe characters escaped; tabs and line ends stay."""
    if text.isascii() and text.replace("\n", " ").replace("\t", " ").isprintable():
        return text
    return _pattern(f"[{_UNSAFE}]").sub(_escaped, text)


def one_line(text: str) -> str:
    """The same for a name or another part of a line: tabs and line ends are escaped too."""
    if text.isprintable():
        return text
    return _pattern(f"[\t\n{_UNSAFE}]").sub(_escaped, text)


def in_log(text: str) -> str:
    """The text, visible, with nothing in it that a log of CI takes for a command."""
    text = visible(text)
    if "::" not in text and "##" not in text:
        return text
    return _pattern(_COMMAND).sub(_disarmed, text)


def in_json(text: str) -> str:
    """JSON that means the same, with unsafe characters (they can only be in strings) as `\\u….`"""
    if not text.isascii() or "\x7f" in text:
        text = _pattern(f"[{_UNSAFE}]").sub(_escaped_in_json, text)
    return text.replace("##[", "#\\u0023[")


@cache
def _pattern(text: str) -> re.Pattern[str]:
    # Made when it is needed: nearly every output is plain, and a cached `wan lint` starts without it.
    return re.compile(text)


def _escaped(match: re.Match[str]) -> str:
    return escaped(match[0])


def escaped(text: str) -> str:
    """The escape of a character. A byte of a file name that is not UTF-8 is shown as that byte."""
    code = ord(text)
    if text in _SHORT:
        return _SHORT[text]
    if 0xDC80 <= code <= 0xDCFF:  # how Python keeps such a byte
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escaped_in_json(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def _disarmed(match: re.Match[str]) -> str:
    return "#\\x23" if match["blank"] is None else f"{match['blank']}\\x3a:"


def in_command(path: str) -> str:
    """A path as part of a command that people paste, into a shell or into cmd."""
    if not _pattern(r"[^\w./:@%+=,\\-]").search(path):
        return path
    if any(sign in path for sign in '"$`'):
        from shlex import quote

        return quote(path)
    return f'"{path}"'
