"""`extra_model_paths.yaml` of ComfyUI: which other folders have models.

Only what such a file is made of is read: sections, each with `base_path`, `is_default` and a path or several
for each kind of model. A YAML library would be one more dependency for it. What is written in another way is
reported, and not guessed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_BYTES = 256 * 1024

_KEY = re.compile(r"""(?:"([^"]*)"|'([^']*)'|([^\s:#'"\[{&*!|>%@`-][^:#]*?)) *:(?: +(.*)|)$""")
_QUOTED = re.compile(r"""[^#'"]*: +(?:'(?:[^']|'')*'|"(?:[^"\\]|\\.)*")(?=\s*$|\s+#)""")
_COMMENT = re.compile(r"(?:^|\s)#.*$")


_NOT_SO = frozenset({"", "false", "no", "off", "0", "''", '""'})


class Entry(NamedTuple):
    """A section: the folder that its paths are below, and the paths by kind of model."""

    name: str
    base_path: str
    is_default: bool
    paths: Mapping[str, tuple[str, ...]]


def parse(text: str) -> tuple[list[Entry], list[str]]:
    """The sections of a file, and what could not be read in it."""
    sections: dict[str, dict[str, str]] = {}
    problems: list[str] = []
    section: dict[str, str] | None = None
    block: tuple[dict[str, str], str, int, str] | None = None  # the lines of `key: |` go there
    for number, line in enumerate(text.splitlines(), 1):
        indent = len(line) - len(line.lstrip(" "))
        if block is not None:
            if not line.strip():
                continue
            if indent > block[2]:
                before = block[0][block[1]]
                block[0][block[1]] = before + (before and block[3]) + line.strip()
                continue
            block = None
        stripped = _without_comment(line)
        if not stripped.strip() or stripped in ("---", "..."):
            continue
        match = None if "\t" in stripped[:indent] else _KEY.match(stripped.strip())
        if match is None:
            problems.append(f"line {number} is not read: {stripped.strip()[:60]}")
            continue
        key = next(group for group in match.groups()[:3] if group is not None)
        value = (match[4] or "").strip()
        if indent == 0:
            section = sections.setdefault(key, {})
            if value and value not in ("~", "null", "{}"):
                problems.append(f"line {number} is not read: {stripped.strip()[:60]}")
        elif section is None:
            problems.append(f"line {number} is not read: {stripped.strip()[:60]}")
        elif value in ("|", "|-", "|+", ">", ">-", ">+"):
            section[key] = ""
            block = (section, key, indent, " " if value[0] == ">" else "\n")
        elif value.startswith(("[", "{", "&", "*", "!")):
            problems.append(f"line {number} is not read: {stripped.strip()[:60]}")
        else:
            is_text = key == "is_default" and value[:1] in ("'", '"')
            section[key] = value if is_text else _plain(value)
    return [_entry(name, values) for name, values in sections.items()], problems


def _without_comment(line: str) -> str:
    """A line without its comment; a `#` in a quoted value begins none."""
    match = _QUOTED.match(line)
    return match[0] if match is not None else _COMMENT.sub("", line).rstrip()


def _plain(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return value[1:-1].replace("\\\\", "\\").replace('\\"', '"')
    return "" if value in ("~", "null") else value


def _entry(name: str, values: Mapping[str, str]) -> Entry:
    paths = {
        kind: tuple(line for line in value.split("\n") if line)
        for kind, value in values.items()
        if kind not in ("base_path", "is_default")
    }
    # ComfyUI asks only whether it is something: a number, or text in quotes, is as good as `true`.
    is_default = values.get("is_default", "").lower() not in _NOT_SO
    return Entry(name, values.get("base_path", ""), is_default, paths)
