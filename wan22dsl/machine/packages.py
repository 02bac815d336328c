"""The packages of a Python, read from its folders: nothing of it is run."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.errors import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: An installed package leaves a folder of this name.
_INSTALLED = re.compile(
    r"([A-Za-z0-9][\w.-]{0,100}?)-([0-9][\w.!+]{0,60})(?:\.dist-info|(?:-py[\d.]+)?\.egg-info)"
)


def folders_of(python: Path) -> tuple[Path, ...]:
    """The folders of the packages of a Python, by the path of its program; none where there are none.

    An environment that also sees the packages of the Python that it was made from has two.
    """
    folder = python.parent
    prefix = folder.parent if folder.name.lower() in ("bin", "scripts") else folder
    own = next((place for place in _places(prefix) if place.is_dir()), None)
    if own is None:
        return ()
    try:
        about = disk.read(str(prefix / "pyvenv.cfg"), most_bytes=65536).decode("utf-8", "replace")
    except UnreadableFile:
        return (own,)
    settings = dict(re.findall(r"^([\w-]+) *= *(.*?)\s*$", about, re.MULTILINE))
    home = settings.get("home", "")
    if settings.get("include-system-site-packages", "").lower() != "true" or "\0" in home:
        return (own,)
    base = Path(home)
    above = base.parent if base.name.lower() == "bin" else base
    return (own, *(place for place in _places(above) if place.is_dir()))


def _places(prefix: Path) -> Iterator[Path]:
    yield prefix / "Lib" / "site-packages"
    for lib in ("lib", "lib64"):
        for kind in ("site-packages", "dist-packages"):
            yield from sorted((prefix / lib).glob(f"python3*/{kind}"))


def read(folders: Sequence[Path]) -> dict[str, str]:
    """Package → version, sorted; the first folder that has one counts.

    Of a package that came from a repository, the version names the commit. Raises UnreadableFile.
    """
    found: dict[str, str] = {}
    for folder in folders:
        found = {**_read(folder), **found}
    return {package: found[package] for package in sorted(found)}


def _read(site_packages: Path) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    try:
        folders = list(site_packages.iterdir())
    except OSError as error:
        raise UnreadableFile(site_packages.as_posix(), disk.reason(error)) from error
    for folder in folders:
        match = _INSTALLED.fullmatch(folder.name)
        if match is None:
            continue
        package = re.sub(r"[-_.]+", "-", match[1]).lower()
        found.setdefault(package, set()).add(match[2] + _commit(folder))
    return {package: ", ".join(sorted(versions)) for package, versions in found.items()}


def _commit(folder: Path) -> str:
    """The commit that a package was built from (PEP 610); its address is not read."""
    file = folder / "direct_url.json"
    if not file.exists():
        return ""
    try:
        about = json.loads(disk.read(str(file), most_bytes=65536))
        commit = about["vcs_info"]["commit_id"]
    except (UnreadableFile, ValueError, KeyError, TypeError, RecursionError):
        return ""
    is_commit = isinstance(commit, str) and re.fullmatch("[0-9a-f]{7,64}", commit)
    return f" (commit {commit[:12]})" if is_commit else ""


def digest(packages: Mapping[str, str]) -> str:
    """The SHA-256 of all packages with their versions."""
    lines = (f"{name}=={packages[name]}\n" for name in sorted(packages))
    return sha256("".join(lines).encode()).hexdigest()
