"""Windows paths in strings: `"C:\\Users\\me\\new.png"`, in which `\\n` would be a line end.

A path whose backslashes are all written twice, as they have to be, is no mistake.
"""

from __future__ import annotations

import re
from typing import NamedTuple

#: Files that a pipeline names: pictures, videos, sounds, weights, and texts.
FILE_ENDINGS = frozenset(
    "png jpg jpeg webp gif bmp tif tiff avif mp4 mov webm mkv avi m4v mp3 wav flac ogg opus m4a "
    "safetensors sft gguf ckpt pt pth bin onnx json wan toml txt csv yaml zip".split()
)

_ROOTED = r"[A-Za-z]:\\|\\\\(?=[\w.$-]+\\(?!\\))|\.{1,2}\\(?!\\)|~\\(?!\\)|%\w+%\\(?!\\)"
_ESCAPE = r"\\(?:u\{[0-9A-Fa-f]+\}|.)"
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
    escapes = re.findall(_ESCAPE, inside)
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
