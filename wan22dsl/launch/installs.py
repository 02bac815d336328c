"""Where ComfyUI is on this machine: its folder, its Python, and arguments that it always gets.

An install is named on the command line by its folder, or by a name. Names are those of the user's own
`config.toml`, and those of the project's `wan.toml`. A file of a project names programs, so it needs the
user's permission (`launch.consent`).
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from wan22dsl import disk, user_config
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.launch import consent, desktop, interpreters
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Names an install, or its folder, where the command line names none.
VARIABLE = "WAN_COMFYUI"

#: The name of the install that is taken where none is named, and several are configured.
DEFAULT = "default"


class Entry(NamedTuple):
    """An install as a configuration has it. `where` is its place for people; paths are relative to `base`.

    `project` is the folder of the project that has it; empty for one of the user's own.
    """

    name: str
    folder: str
    python: str = ""
    arguments: tuple[str, ...] = ()
    where: str = ""
    base: str = ""
    project: str = ""


class Install(NamedTuple):
    """A ComfyUI that can be started.

    `folder` has its `main.py`; `python` is an executable; both are absolute. `arguments` stand before those
    of a profile. `name` is empty for one that was named by its folder. `found_by` says where the Python is
    from.
    """

    name: str
    folder: str
    python: str
    arguments: tuple[str, ...] = ()
    found_by: str = ""

    @property
    def version(self) -> str:
        """Its version, as its own file says; empty where it does not."""
        return version_of(self.folder)


def find(
    named: str | None = None,
    python: str | None = None,
    project: Sequence[Entry] = (),
    *,
    is_allowed: bool = False,
) -> Install:
    """The install of a name or a folder; without one, that of WAN_COMFYUI or of the user's configuration.

    `python` takes precedence over what is configured or found. `is_allowed` is the user's permission, for
    this once, to start what the project's files name. Raises CommandError.
    """
    named = named or os.environ.get(VARIABLE, "").strip() or None
    entries = own()
    if named is None:
        return _configured(_only(entries, project), python)
    entry = next((entry for entry in (*entries, *project) if entry.name == named), None)
    if entry is not None:
        if entry.project and not is_allowed:
            consent.require(
                entry.project,
                f"{entry.where} names programs: {entry.python or entry.folder}",
                f"--comfyui {_quoted(entry.folder)}",
            )
        return _configured(entry, python)
    path = os.path.abspath(os.path.expanduser(named))
    if not os.path.isdir(path):
        raise CommandError(*_unknown(named, entries, project))
    return of_folder(path, python)


def of_folder(
    folder: str,
    python: str | None = None,
    *,
    name: str = "",
    arguments: Sequence[str] = (),
    base: str = "",
) -> Install:
    """The install in a folder, which may also hold it in `ComfyUI`. Raises CommandError."""
    found, extra = _code(os.path.abspath(folder))
    if python:
        interpreter = interpreters.Interpreter(
            interpreters.named(python, base or os.getcwd()), "named"
        )
    else:
        at = (
            os.path.abspath(folder) if extra else found
        )  # Comfy Desktop has its `.venv` with the data
        interpreter = interpreters.python_of(at, os.environ)
    return Install(name, found, interpreter.path, (*extra, *arguments), interpreter.kind)


def _configured(entry: Entry, python: str | None) -> Install:
    folder = os.path.join(entry.base, os.path.expanduser(entry.folder))
    if python:
        return of_folder(folder, python, name=entry.name, arguments=entry.arguments)
    try:
        return of_folder(
            folder, entry.python, name=entry.name, arguments=entry.arguments, base=entry.base
        )
    except CommandError as error:
        raise CommandError(f"{entry.where}: {error.args[0]}", *error.args[1:]) from None


def is_comfyui(folder: str) -> bool:
    """Whether a folder has the code of ComfyUI."""
    # These say no to a path that no system could have; those of pathlib raise.
    main, code = os.path.join(folder, "main.py"), os.path.join(folder, "comfy")
    return os.path.isfile(main) and os.path.isdir(code)


def _code(folder: str) -> tuple[str, tuple[str, ...]]:
    """The folder with the code, and what ComfyUI needs to find the data when that is elsewhere."""
    if is_comfyui(folder):
        return folder, ()
    inner = os.path.join(folder, "ComfyUI")
    if is_comfyui(inner):
        return inner, ()
    code = desktop.code_for(folder, os.environ)
    if code is not None and is_comfyui(code):
        return code, ("--base-directory", folder)
    if not os.path.isdir(folder):
        raise CommandError(
            f"{folder}: this folder does not exist",
            "Name the folder that has main.py of ComfyUI.",
        )
    raise CommandError(
        f"{folder}: is not ComfyUI: it has no main.py next to a folder `comfy`",
        "Name the folder that has them: the one that was cloned, or `ComfyUI` in the portable build.",
    )


def _only(entries: Sequence[Entry], project: Sequence[Entry]) -> Entry:
    """The user's install where none was named. Those of a project have to be named."""
    if len(entries) == 1:
        return entries[0]
    for entry in entries:
        if entry.name == DEFAULT:
            return entry
    file = user_config.shown()
    if entries:
        raise CommandError(
            f"several installs of ComfyUI are configured: {_names(entries)}",
            f"Choose one with --comfyui NAME, or name one of them `{DEFAULT}` in {file}.",
        )
    there = (
        [f"{project[0].where.partition(':')[0]} has {_names(project)}: --comfyui NAME"]
        if project
        else []
    )
    raise CommandError(
        "no install of ComfyUI is named",
        f"Use --comfyui FOLDER or {VARIABLE}, or add this to {file}:",
        "[comfyui.main]",
        'folder = "/path/to/ComfyUI"',
        *there,
    )


def _unknown(named: str, entries: Sequence[Entry], project: Sequence[Entry]) -> tuple[str, str]:
    from wan22dsl.diagnostics import nearest

    known = (*entries, *project)
    close = nearest(named, [entry.name for entry in known])
    hint = (
        f"Did you mean `{close}`?"
        if close
        else f"Configured: {_names(known)}."
        if known
        else f"No install is configured in {user_config.shown()}."
    )
    return f"`{named}` is neither a folder nor the name of an install of ComfyUI", hint


def _names(entries: Sequence[Entry]) -> str:
    return ", ".join(f"`{entry.name}`" for entry in entries)


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text


# What a configuration says.


def own() -> tuple[Entry, ...]:
    """The installs of the user's own configuration. Raises CommandError."""
    file = user_config.shown()
    base = os.path.dirname(file)
    return entries_of(user_config.table("comfyui"), file, base)


def entries_of(
    table: Mapping[str, Any], shown: str, base: str, *, project: str = ""
) -> tuple[Entry, ...]:
    """The installs of a table `comfyui`. Raises CommandError for what is wrong in it.

    `project` is the folder of the project that has it. Its file may not name a network share: Windows would
    log in to whatever machine that is.
    """
    return tuple(_entry(name, value, shown, base, project) for name, value in table.items())


def _entry(name: str, value: Any, shown: str, base: str, project: str) -> Entry:
    where = f"{shown}: [comfyui.{name}]"
    if not isinstance(value, dict):
        raise CommandError(f"{shown}: write an install as [comfyui.{name}]")
    for key in value:
        if key not in _KEYS:
            raise CommandError(f"{where}: unknown setting `{key}`; settings: {', '.join(_KEYS)}")
    folder, python, arguments = (value.get(key, empty) for key, empty in _KEYS.items())
    for key, text in (("folder", folder), ("python", python)):
        if not isinstance(text, str) or (key in value and not text):
            raise CommandError(f"{where}: `{key}` must be a path in quotes")
        if not text.isprintable():
            raise CommandError(f"{where}: `{key}` has a control character", user_config.BACKSLASHES)
        if project and text.replace("\\", "/").startswith("//"):
            raise CommandError(
                f"{where}: `{key}` names a network share, which a project's file may not",
                "Give the share a drive letter, or name the install in your own configuration.",
            )
    if not folder:
        raise CommandError(f'{where}: `folder` is missing: add folder = "/path/to/ComfyUI"')
    if not isinstance(arguments, (list, tuple)) or not all(
        isinstance(text, str) and "\0" not in text for text in arguments
    ):
        raise CommandError(
            f'{where}: `arguments` must be a list, such as ["--listen", "127.0.0.1"]'
        )
    return Entry(name, folder, python, tuple(arguments), where, base, project)


_KEYS: dict[str, Any] = {"folder": "", "python": "", "arguments": ()}


_VERSION = re.compile(r'^\s*(?:__version__|version)\s*=\s*["\']([^"\'\s]{1,40})["\']', re.MULTILINE)

#: Such a file has 100 bytes; what is longer is something else.
_MOST_VERSION_BYTES = 64 * 1024


def version_of(folder: str) -> str:
    """The version of the ComfyUI in a folder; empty where no file there says it."""
    for name in ("comfyui_version.py", "pyproject.toml"):
        try:
            text = disk.read(os.path.join(folder, name), most_bytes=_MOST_VERSION_BYTES).decode()
        except (UnreadableFile, UnicodeDecodeError):
            continue
        found = _VERSION.search(text)
        if found:
            return found[1]
    return ""
