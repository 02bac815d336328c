"""How strings and names are spelled, in both directions, and Windows paths in strings.

In `"C:\\Users\\me\\new.png"` with single backslashes, `\\n` would be a line end. A path whose backslashes are
all written twice, as they have to be, is no mistake.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class NamePart(NamedTuple):
    """`{name}` or `{name.member}` in a text: the name, and where the braces are in the raw text."""

    name: str
    start: int
    end: int


# Those that most files have no need of are left as texts: `re` compiles such at their first use, and keeps
# them.
_ESCAPE = r"(?s)\\(?:u\{([0-9A-Fa-f]{1,6})\}|(.))"
_ESCAPED = {"\\": "\\", '"': '"', "n": "\n", "t": "\t", "r": "\r", "{": "{", "`": "`"}
_REPLACED = r"\{[a-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*\}"
_PIECE = rf"(?s)\\(?:u\{{[0-9A-Fa-f]{{1,6}}\}}|.)|({_REPLACED})"
_HALF = r"(?s)(`(?:[^`\\]|\\.)*`|[^/`]+)/(.*)"
_PART = r"`((?:[^`\\]|\\.)*)`|[^.`]+"
_WORD = r"[A-Za-z_][A-Za-z0-9_]*\Z"
_CLASS = r"[A-Z][A-Za-z0-9_]*\Z"

# What is written as an escape: controls, and the signs that are not seen or turn the direction of what
# follows. The list is fixed, so that every version of Python writes the same.
_SPECIAL = (
    r'[\\"\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]'
    rf"|(?={_REPLACED})\{{"
)
_WRITTEN = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "{": "\\{"}


def text_parts(raw: str) -> list[str | NamePart]:
    """What a text says: pieces as they are, and names that are to be replaced by their values.

    `raw` is a text with its quotes. Two pieces are never side by side; an empty text has no part.
    """
    if "\\" not in raw and "{" not in raw and not raw.startswith('"""'):
        return [raw[1:-1]] if len(raw) > 2 else []
    parts: list[str | NamePart] = []
    said = ""
    for piece, at in _pieces(raw):
        last = 0
        for match in re.finditer(_PIECE, piece):
            said += piece[last : match.start()]
            last = match.end()
            if match.group(1) is None:
                said += unescape(match.group())
                continue
            if said:
                parts.append(said)
                said = ""
            start = at + match.start()
            parts.append(NamePart(match.group(1)[1:-1], start, start + len(match.group(1))))
        said += piece[last:]
    return [*parts, said] if said else parts


def _pieces(raw: str) -> list[tuple[str, int]]:
    """The inside of a text, and where each piece of it begins: lines, where indentation is taken."""
    if not raw.startswith('"""'):
        return [(raw[1:-1], 1)]
    inside = raw[3:-3]
    first, *lines = inside.split("\n")
    if not lines or first.strip(" \t") or lines[-1].strip(" \t"):
        return [(inside, 3)]  # not on lines of its own: taken as it is
    margin = lines.pop()
    at = 3 + len(first) + 1
    pieces = []
    for number, line in enumerate(lines):
        cut = _shared(line, margin)
        ending = "\n" if number < len(lines) - 1 else ""
        pieces.append((line[cut:] + ending, at + cut))
        at += len(line) + 1
    return pieces


def _shared(line: str, margin: str) -> int:
    """How much of the margin a line has."""
    if line.startswith(margin):
        return len(margin)
    for at, (item, other) in enumerate(zip(line, margin)):
        if item != other:
            return at
    return len(line)


def unescape(raw: str) -> str:
    """The text with its escapes read. One that does not exist stays as it is."""
    return re.sub(_ESCAPE, _one_escape, raw) if "\\" in raw else raw


def _one_escape(match: re.Match[str]) -> str:
    if match.group(1) is not None:
        code = int(match.group(1), 16)
        return chr(code) if code <= 0x10FFFF else match.group()
    return _ESCAPED.get(match.group(2), match.group())


@lru_cache(maxsize=4096)
def name_parts(raw: str) -> tuple[str, ...]:
    """The name and its members, one by one: `info.`source_fps🟨`` is `("info", "source_fps🟨")`."""
    if "`" not in raw:
        return tuple(raw.split("."))
    return tuple(
        match.group() if match.group(1) is None else unescape(match.group(1))
        for match in re.finditer(_PART, raw)
    )


def name_places(raw: str) -> tuple[tuple[int, int], ...]:
    """Where the parts that `name_parts` gives are in the name, with their backticks."""
    return tuple(match.span() for match in re.finditer(_PART, raw))


def plain(raw: str) -> str:
    """A class, an input, a type or a member as ComfyUI knows it: without backticks and escapes."""
    return ".".join(name_parts(raw)) if "`" in raw else raw


def sampler_parts(raw: str) -> tuple[str, str]:
    """The sampler and the scheduler of `euler/simple`."""
    if "`" not in raw:
        sampler, _, scheduler = raw.partition("/")
        return sampler, scheduler
    match = re.match(_HALF, raw)
    assert match is not None  # the grammar has no other
    return plain(match.group(1)), plain(match.group(2))


def quote(text: str) -> str:
    """A text as it is written on one line, between quotes. The inverse of `text_parts`."""
    return quoted([text])


def quoted(parts: Iterable[str | NamePart]) -> str:
    """A text and the names in it, as `text_parts` gives them, between quotes.

    Where its escapes would look like the folders of a path of Windows, they are written as numbers.
    """
    parts = list(parts)
    inside = _spelled(parts, _written)
    if "\\" in inside and path_in(inside) is not None:
        inside = _spelled(parts, _numbered)
    return f'"{inside}"'


def _spelled(parts: Iterable[str | NamePart], written: Callable[[re.Match[str]], str]) -> str:
    return "".join(
        re.sub(_SPECIAL, written, part) if isinstance(part, str) else f"{{{part.name}}}"
        for part in parts
    )


def block(text: str) -> str:
    """A text as it is written between triple quotes, but for its indentation."""
    lines = [escape(line).replace('\\"', '"') for line in text.split("\n")]
    return "\n".join(lines).replace('"""', '""\\"')


def escape(text: str) -> str:
    """The inside of a text: everything that has a meaning there stands for itself."""
    return re.sub(_SPECIAL, _written, text)


def _written(match: re.Match[str]) -> str:
    sign = match.group()
    return _WRITTEN.get(sign) or f"\\u{{{ord(sign):X}}}"


def _numbered(match: re.Match[str]) -> str:
    sign = match.group()
    return "\\\\" if sign == "\\" else f"\\u{{{ord(sign):X}}}"


def backticks(name: str) -> str:
    """A name of ComfyUI's in backticks."""
    inside = escape(name).replace('\\"', '"').replace("\\{", "{").replace("`", "\\`")
    return f"`{inside}`"


def is_own_name(name: str) -> bool:
    """Whether a word can be the name of a declaration."""
    return re.fullmatch("[a-z_][A-Za-z0-9_]*", name) is not None


def class_name(name: str) -> str:
    """A class or a socket type as it is written: in backticks where it has to be."""
    return name if re.match(_CLASS, name) else backticks(name)


def member(name: str) -> str:
    """A member or an output as it is written after its dot."""
    return name if re.match(_WORD, name) else backticks(name)


def key(name: str) -> str:
    """An input, a setting or the key of a record as it is written before its `=`."""
    first, *members = name.split(".")
    if first in ("let", "in") or (members and first[:1].isupper()):
        return backticks(name)
    is_plain = all(re.match(_WORD, part) for part in (first, *members))
    return name if is_plain else backticks(name)


#: Files that a pipeline names: pictures, videos, sounds, weights, and texts.
FILE_ENDINGS = frozenset(
    "png jpg jpeg webp gif bmp tif tiff avif mp4 mov webm mkv avi m4v mp3 wav flac ogg opus m4a "
    "safetensors sft gguf ckpt pt pth bin onnx json wan toml txt csv yaml zip".split()
)

_ROOTED = r"[A-Za-z]:\\|\\\\(?=[\w.$-]+\\(?!\\))|\.{1,2}\\(?!\\)|~\\(?!\\)|%\w+%\\(?!\\)"
_ESCAPE_IN_PATH = r"\\(?:u\{[0-9A-Fa-f]+\}|.)"
_WORDS = r"[^\s\\\"]+(?:\\{1,2}[^\s\\\"]+)+\\{0,2}"
_ENDING = r"\.([A-Za-z0-9]{2,11})"
_VALID = frozenset('\\ \\\\ \\" \\n \\t \\r \\{'.split())


class Path(NamedTuple):
    """A path as it was meant; `is_sure` where the string can be nothing else."""

    meant: str
    is_sure: bool


def path_in(inside: str) -> Path | None:
    """The path that the inside of a string was meant to be, if it looks like one of Windows.

    None where every backslash is written twice, and where the backslashes may be the escapes that they are.
    """
    if "\\" not in inside:
        return None
    escapes = re.findall(_ESCAPE_IN_PATH, inside)
    if all(escape == "\\\\" for escape in escapes):
        return None
    if any(escape.startswith("\\u{") for escape in escapes):
        return None  # a character by its number: no folder has such a name
    rooted = re.match(_ROOTED, inside) is not None
    ending = re.search(_ENDING + r"\Z", inside)
    is_file = ending is not None and ending[1].lower() in FILE_ENDINGS
    is_valid = all(escape in _VALID for escape in escapes)
    in_words = re.fullmatch(_WORDS, inside) is not None
    if not rooted:
        in_folders = in_words and len(escapes) > 1
        if not (is_file or in_folders) or (is_valid and not (is_file and in_words)):
            return None
        if re.search(r"(?:^|\\)[^\w.]", inside):
            return None  # `5\%`, `\d+`: no name begins like that
    is_sure = rooted or (is_file and (in_words or not re.search(r"\\[ntr]", inside)))
    is_sure &= "\\{" not in inside
    server = "//" if inside.startswith("\\\\") else ""
    folders = inside[2 * bool(server) :].replace("\\\\", "/").replace("\\", "/")
    return Path(server + folders, is_sure)


def cut_in(line: str) -> int | None:
    r"""Where a path ends whose last `\` escapes the quote behind it: `"C:\out\"`. The place of that quote."""
    found = re.match(rf"(?:{_ROOTED})[^\"\n]*\\(?=\")", line)
    return None if found is None else found.end()
