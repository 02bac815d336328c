"""Where the files are that are not Python: the grammar and the JSON Schemas.

In a checkout, and so in an editable install, they are at the top of the repository; in a wheel they
are inside the package.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """The folder `grammar` or `schemas`. Raises FileNotFoundError when the installation is broken."""
    for parent in (_PACKAGE, _PACKAGE.parent):
        found = parent / name
        if found.is_dir():
            return found
    raise FileNotFoundError(f"this installation of wan22dsl lacks its folder {name}; reinstall it")


def grammar() -> str:
    """The grammar of the language, in lark's notation."""
    return (folder("grammar") / "wan.lark").read_text(encoding="utf-8")


def schema_names() -> list[str]:
    """The names of the JSON Schemas, sorted."""
    suffix = ".schema.json"
    return sorted(file.name.removesuffix(suffix) for file in folder("schemas").glob("*" + suffix))


def schema(name: str) -> str:
    """The JSON Schema of that name, as text. Raises FileNotFoundError when there is none."""
    return (folder("schemas") / f"{name}.schema.json").read_text(encoding="utf-8")
