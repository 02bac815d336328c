"""Which Python an install of ComfyUI runs on, found where its kinds of installation put it.

Sources: the portable build for Windows has `python_embeded` next to `ComfyUI` (README of Comfy-Org/ComfyUI);
Comfy Desktop has `standalone-env` there, or a `.venv` in the folder (Comfy-Org/Comfy-Desktop,
src/main/sources/standalone/envPaths.ts; Comfy-Org/desktop, README); everybody else makes a virtual
environment or activates one of conda.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl.errors import CommandError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Interpreter(NamedTuple):
    """A Python. `kind` says how it was found, in words for people."""

    path: str
    kind: str


#: Names of virtual environments in or next to the folder, in the order in which they are tried.
_VENVS = (".venv", "venv", "env")

#: The portable build misspells it; copies of it do not always.
_EMBEDDED = ("python_embeded", "python_embedded")


def python_of(
    folder: str, environment: Mapping[str, str], *, is_windows: bool = os.name == "nt"
) -> Interpreter:
    """The Python of the ComfyUI in a folder. Raises CommandError, which names the places that were tried.

    An environment that is active counts only if it has PyTorch: it may be that of `wan` itself.
    """
    tried = []
    for place, kind in _places(folder, is_windows):
        if is_program(place):
            return Interpreter(str(place), kind)
        tried.append(place)
    for variable, kind in (("VIRTUAL_ENV", "active environment"), ("CONDA_PREFIX", "conda")):
        root = environment.get(variable, "")
        python = Path(
            root, *(_program(is_windows) if variable == "VIRTUAL_ENV" else _conda(is_windows))
        )
        if root and is_program(python) and _has_torch(root):
            return Interpreter(str(python), kind)
    inside = ", ".join(f"`{name}`" for name in _VENVS)
    raise CommandError(
        f"{folder}: no Python for this ComfyUI was found",
        f"Searched: {inside} in the folder and next to it, `standalone-env` and `python_embeded` next to it, "
        "and the active environment, if it has PyTorch.",
        "Name the Python that you start ComfyUI with: --python EXE, or `python` in the configuration.",
    )


def named(text: str, base: str) -> str:
    """The Python that somebody names: a path, relative to `base`, or a name on the search path.

    A folder stands for the environment in it. A name without a folder is never a program of the current
    folder, which may be a repository of somebody else. Raises CommandError.
    """
    expanded = os.path.expanduser(text)
    if os.path.basename(expanded) == expanded and expanded not in (".", ".."):
        found = _on_search_path(expanded)
        if found is not None:
            return found
        if not os.path.isdir(os.path.join(base, expanded)):
            raise CommandError(
                f"there is no program `{text}`",
                "Name a Python by its path, such as venv/bin/python.",
            )
    path = Path(os.path.abspath(os.path.join(base, expanded)))
    if os.path.isdir(path):
        inner = [
            path.joinpath(*parts) for parts in (_program(os.name == "nt"), _conda(os.name == "nt"))
        ]
        path = next(filter(is_program, inner), path)
    if not is_program(path):
        problem = (
            "is a folder without a Python"
            if os.path.isdir(path)
            else "is not an executable file"
            if os.path.lexists(path)
            else "does not exist"
        )
        raise CommandError(
            f"{path}: {problem}", "Name a Python by its path, such as venv/bin/python."
        )
    return str(path)


def _on_search_path(name: str) -> str | None:
    from shutil import which

    found = which(name)
    # Windows looks into the current folder first.
    if found is None or os.path.dirname(os.path.abspath(found)) == os.getcwd():
        return None
    return os.path.abspath(found)


def _places(folder: str, is_windows: bool) -> Iterator[tuple[Path, str]]:
    here, above = Path(folder), Path(folder).parent
    for name in _VENVS:
        yield here.joinpath(name, *_program(is_windows)), f"`{name}` in the folder"
    if is_windows:
        for name in _EMBEDDED:
            yield above.joinpath(name, "python.exe"), "portable build"
    yield above.joinpath("standalone-env", *_conda(is_windows)), "Comfy Desktop"
    for name in _VENVS:
        yield above.joinpath(name, *_program(is_windows)), f"`{name}` next to the folder"


def _program(is_windows: bool) -> tuple[str, ...]:
    """Where a virtual environment has its Python."""
    return ("Scripts", "python.exe") if is_windows else ("bin", "python")


def _conda(is_windows: bool) -> tuple[str, ...]:
    """Where a whole Python, such as one of conda, has its program."""
    return ("python.exe",) if is_windows else ("bin", "python3")


def is_program(path: Path) -> bool:
    """Whether a file can be executed."""
    try:
        return path.is_file() and os.access(path, os.X_OK)
    except (OSError, ValueError):
        return False


def _has_torch(root: str) -> bool:
    top = Path(root)
    places = [top / "Lib" / "site-packages", *top.glob("lib/python3*/site-packages")]
    return any((place / "torch").is_dir() for place in places)


def options(python: str) -> tuple[str, ...]:
    """What such a Python is always started with: `-s`, as the launchers of builds with their own Python have.

    Without it, packages of the user's own folder would come before those of the build.
    """
    parts = Path(python).parts[-3:-1]
    return ("-s",) if any(part in (*_EMBEDDED, "standalone-env") for part in parts) else ()
