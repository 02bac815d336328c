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
