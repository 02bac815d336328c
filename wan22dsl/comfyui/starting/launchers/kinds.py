"""What a launcher is, by the name of its file: every check of a file asks this, so it is quick."""

from __future__ import annotations

_BY_ENDING = {
    ".bat": "batch",
    ".cmd": "batch",
    ".sh": "shell",
    ".bash": "shell",
    ".command": "shell",
    ".ps1": "powershell",
    ".yml": "compose",
    ".yaml": "compose",
    ".dockerfile": "dockerfile",
}


def kind_of(path: str) -> str:
    """What a file is by its name: batch, shell, powershell, dockerfile, compose; nothing for all others."""
    name = path.replace("\\", "/").rpartition("/")[2].lower()
    if name.partition(".")[0] in ("dockerfile", "containerfile"):
        return "dockerfile"
    return _BY_ENDING.get(name[name.rfind(".") :], "") if "." in name else ""


def as_utf8(data: bytes, path: str) -> bytes:
    """The text of a launcher in an older encoding: what is not ASCII in it is not read.

    Anything else is as it was, also bytes with the mark of another Unicode encoding.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or not kind_of(path):
        return data
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1").encode("utf-8")
    return data
