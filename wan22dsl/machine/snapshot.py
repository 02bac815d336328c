"""A snapshot: all of a machine and a ComfyUI that decides how fast it is, as data with a digest.

`take` looks at what it can reach. What it cannot see is `null` in the data, and `missing` says why: nothing
is guessed, and nothing of this computer is stated of a server on another.
"""

from __future__ import annotations

import json
import os
import re
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl import disk
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.machine import (
    cards,
    comfyui_folder,
    command_line,
    computer,
    disks,
    environment,
    git,
    model_list,
    packages,
    private,
    process,
)
from wan22dsl.machine import server as servers
from wan22dsl.model_files import folders
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.machine.server import Server

VERSION = 1

#: A snapshot of 2,000 model files and 500 packages has 0.4 MB.
_MOST_BYTES = 16 * 1024**2

#: Parts that may differ from minute to minute, or that are only there while a log still has them.
_PASSING = ("snapshot", "wan22dsl", "taken", "digest", "missing", "idle", "started")

_HARDWARE = ("computer", "driver", "cards", "devices")


class Snapshot(NamedTuple):
    """A snapshot; `data` is its JSON (`schemas/snapshot.schema.json`).

    `model_places` are the folders of the models on this disk, for those who look further. No file has them.
    """

    data: Mapping[str, Any]
    model_places: tuple[tuple[str, Path], ...] = ()

    @property
    def digest(self) -> str:
        """The SHA-256 of all that lasts: two snapshots of an unchanged machine have the same."""
        return str(self.data["digest"])

    @property
    def hardware_digest(self) -> str:
        """The SHA-256 of the computer, its driver and its cards."""
        return _hash({key: self.data.get(key) for key in _HARDWARE})

    @property
    def missing(self) -> Mapping[str, str]:
        """Why a part is not there, by its name."""
        return {item["part"]: item["reason"] for item in self.data["missing"]}

    def dump(self) -> bytes:
        """The snapshot as a file has it."""
        return (json.dumps(self.data, indent=2, ensure_ascii=False) + "\n").encode(
            "utf-8", "replace"
        )


class Place(NamedTuple):
    """Where to look. `environment` is that of the server, where whoever started it knows it."""

    folder: Path | None = None
    python: Path | None = None
    environment: Mapping[str, str] | None = None


#: No install is named.
ANYWHERE = Place()


def take(
    server: Server | None = None,
    place: Place = ANYWHERE,
    *,
    made_by: str = "",
    thorough: bool = True,
    nvml: Any = None,
) -> Snapshot:
    """A snapshot of this computer, of a server, or of both where the server is on this computer.

    `thorough` asks a server on another computer for all its classes and the metadata of its models, which
    takes seconds. Raises ServerError where a server is named and does not answer.
    """
    return _Gathering(server, place, thorough, nvml).snapshot(made_by)


class _Gathering:
    """One snapshot while it is made."""

    def __init__(self, server: Server | None, place: Place, thorough: bool, nvml: Any) -> None:
        self._server, self._place, self._thorough, self._nvml = server, place, thorough, nvml
        self._missing: dict[str, str] = {}
        self._idle: dict[str, Any] | None = None
        self._places: list[tuple[str, Path]] = []
        self._stats: Mapping[str, Any] = server.stats() if server is not None else {}
        system = self._stats.get("system")
        self._system: Mapping[str, Any] = system if isinstance(system, dict) else {}
        self._computer = computer.read()
        here = True
        if server is not None:
            found = servers.is_here(server.address, self._stats, self._computer.memory_bytes)
            self._elsewhere = _why_elsewhere(found, bool(self._system.get("simulated")))
            here = bool(found)
        self._here = here
        self._folders = server.folders() if server is not None and here else {}
        self._process = (
            process.listening_at(server.address.port) if server is not None and here else None
        )

    def snapshot(self, made_by: str) -> Snapshot:
        """Everything, in the order of the schema."""
        folder = self._install()
        data: dict[str, Any] = {
            "snapshot": VERSION,
            "wan22dsl": made_by,
            "taken": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "simulated": bool(self._system.get("simulated")),
            "comfyui": self._comfyui(folder),
            "flags": self._flags(),
            "started": self._started(),
            "packs": self._packs(folder),
            "python": self._python(folder),
            "environment": self._environment(),
            "computer": self._of_computer(),
            **self._of_cards(),
            "devices": self._devices(),
            **self._models(folder),
        }
        data = private.without_secrets(data)
        data["missing"] = [
            {"part": part, "reason": private.clean(reason)}
            for part, reason in sorted(self._missing.items())
        ]
        data["digest"] = _hash(lasting(data))
        return Snapshot(data, tuple(self._places))

    def _miss(self, part: str, reason: str) -> None:
        self._missing.setdefault(part, reason)

    # --- the software ---

    def _install(self) -> Path | None:
        """The folder of the install: the one that is named, else the one that the server runs in."""
        version = servers.short(self._system.get("comfyui_version"))
        named = self._place.folder
        if self._server is not None and not self._here:
            self._miss("folder", self._elsewhere)
            return None
        if named is not None:
            own = comfyui_folder.version_of(named)
            if version and own and own != version:
                self._miss(
                    "folder",
                    f"the folder has ComfyUI {own}, the server {version}: they are two installs",
                )
                return None
            return named.absolute()
        around = [Path(place).parent for place in self._folders.get("custom_nodes", ())]
        if self._process is not None and self._process.folder is not None:
            around.append(self._process.folder)
        for place in around:
            if comfyui_folder.is_comfyui(place) and version in (
                "",
                comfyui_folder.version_of(place),
            ):
                return place
        self._miss(
            "folder",
            "no install is named, and the server does not show where it is"
            if self._server is not None
            else "no install is named (--comfyui)",
        )
        return None

    def _comfyui(self, folder: Path | None) -> dict[str, Any] | None:
        version = servers.short(self._system.get("comfyui_version"))
        if folder is None and self._server is None:
            self._miss("comfyui", "neither a server nor an install is named")
            return None
        commit, dirty = "", None
        if folder is not None:
            version = version or comfyui_folder.version_of(folder)
            commit = git.commit_of(folder)
            dirty = git.is_dirty(folder) if commit else None
        if not commit:
            self._miss(
                "comfyui.commit", self._missing.get("folder", "the install is no git repository")
            )
        elif dirty is None:
            self._miss("comfyui.dirty", "git is not installed, or does not answer")
        required = self._system.get("required_frontend_version")
        return {
            "version": version,
            "commit": commit or None,
            "dirty": dirty,
            "frontend": servers.short(required) or None,
            "extra_model_paths": self._extra_paths(folder),
        }

    def _extra_paths(self, folder: Path | None) -> list[str] | None:
        """The kinds of models that are also looked for outside the install; not where."""
        if folder is None:
            return None
        if self._folders:
            places = {kind: self._folders.get(kind, []) for kind in model_list.FOLDERS}
        else:
            there = folders.of(str(folder))
            places = {
                kind: [*there.first.get(kind, ()), *there.after.get(kind, ())]
                for kind in model_list.FOLDERS
            }
        # ComfyUI also looks below its output folder, which seldom has any.
        inside = str(folder)
        return sorted(
            kind
            for kind, found in places.items()
            if any(Path(place).is_dir() and not disk.is_within(place, inside) for place in found)
        )

    def _flags(self) -> list[dict[str, Any]] | None:
        arguments = self._system.get("argv")
        if not isinstance(arguments, list):
            self._miss(
                "flags",
                "no server is named" if self._server is None else "the server does not say them",
            )
            return None
        version = servers.short(self._system.get("comfyui_version"))
        return [
            {
                "name": flag.name,
                "value": list(flag.value) if isinstance(flag.value, tuple) else flag.value,
            }
            for flag in command_line.kept(arguments, version)
        ]

    def _started(self) -> dict[str, Any] | None:
        if self._server is None:
            self._miss("started", "no server is named")
            return None
        found = None if self._system.get("simulated") else self._server.started()
        if found is None:
            self._miss("started", "the server's log does not have the lines of its start any more")
            return None
        about = found._asdict()
        return {
            name: list(about[name]) if isinstance(about[name], tuple) else about[name]
            for name in servers.STARTED
        }

    def _packs(self, folder: Path | None) -> list[dict[str, Any]] | None:
        if folder is not None:
            places = [*map(Path, self._folders.get("custom_nodes", ()))] or [
                folder / "custom_nodes"
            ]
            return [pack._asdict() for place in places for pack in comfyui_folder.packs_of(place)]
        if self._server is None:
            self._miss("packs", "no install is named")
            return None
        names = (
            self._server.packs() if self._thorough and not self._system.get("simulated") else None
        )
        if names is None:
            self._miss("packs", self._missing.get("folder", "the server does not list them"))
            return None
        self._miss(
            "packs.commit", self._missing.get("folder", "only the names of its packs are known")
        )
        return [comfyui_folder.Pack(name)._asdict() for name in names]

    def _python(self, folder: Path | None) -> dict[str, Any] | None:
        version = re.match(
            r"\d+\.\d+\.\d+\S{0,10}", servers.short(self._system.get("python_version"))
        )
        torch = servers.short(self._system.get("pytorch_version"))
        places = self._package_folders(folder)
        found = None
        if places:
            try:
                found = packages.read(places)
            except UnreadableFile as error:
                self._miss("python.packages", error.reason)
        if found is not None and torch and _plain(found.get("torch", "")) != _plain(torch):
            self._miss(
                "python.packages",
                "the packages that were found are not those of the server: their torch differs",
            )
            found = None
        if self._server is None and found is None:
            self._miss(
                "python",
                self._missing.get("folder", "the install has no Python next to it (--python)"),
            )
            return None
        stated = self._stated_packages()
        if found is None:
            self._miss(
                "python.packages",
                self._missing.get("folder", "the server's packages cannot be found"),
            )
        return {
            "version": version[0] if version else _python_by_place(places),
            "torch": torch or (found or {}).get("torch"),
            "packages": found if found is not None else stated,
            "freeze_sha256": packages.digest(found) if found is not None else None,
        }

    def _package_folders(self, folder: Path | None) -> tuple[Path, ...]:
        if self._place.python:
            return packages.folders_of(self._place.python.absolute())
        if self._process is not None and self._process.site_packages:
            return self._process.site_packages
        python = comfyui_folder.python_of(folder) if folder is not None else None
        return packages.folders_of(python) if python is not None else ()

    def _stated_packages(self) -> dict[str, str] | None:
        """The versions of ComfyUI's own packages, which newer servers state."""
        stated = self._system.get("comfy_package_versions")
        if not isinstance(stated, list):
            return None
        found = {
            servers.short(item.get("name")): servers.short(item.get("installed"))
            for item in stated
            if isinstance(item, dict) and item.get("name") and item.get("installed")
        }
        return {name: found[name] for name in sorted(found)} or None

    def _environment(self) -> dict[str, str] | None:
        if self._place.environment is not None:
            return environment.kept(self._place.environment)
        if self._server is None:
            return environment.kept(os.environ)
        if self._process is not None:
            return environment.kept(self._process.environment)
        self._miss(
            "environment",
            self._elsewhere
            if not self._here
            else "the environment of the server's process cannot be read",
        )
        return None

    # --- the hardware ---

    def _of_computer(self) -> dict[str, Any] | None:
        if not self._here:
            self._miss("computer", self._elsewhere)
            memory = self._system.get("ram_total")
            if isinstance(memory, int):
                return {"os": servers.short(self._system.get("os")), "memory_bytes": memory}
            return None
        about = self._computer._asdict()
        return {name: value for name, value in about.items() if not name.endswith("_free_bytes")}

    def _of_cards(self) -> dict[str, Any]:
        if not self._here:
            for part in ("driver", "cards", "idle"):
                self._miss(part, self._elsewhere)
            return {"driver": None, "cards": None, "idle": None}
        found = cards.read(self._nvml)
        if found.missing:
            for part in ("driver", "cards"):
                self._miss(part, found.missing)
        lasting_cards = [
            {key: value for key, value in card._asdict().items() if key != "now"}
            for card in found.cards
        ]
        idle: dict[str, Any] = {
            "memory_free_bytes": self._computer.memory_free_bytes,
            "swap_free_bytes": self._computer.swap_free_bytes,
            "cards": [_idle(card.now) for card in found.cards],
        }
        driver = None if found.driver is None or not found.cards else found.driver._asdict()
        self._idle = idle
        return {"driver": driver, "cards": lasting_cards or None, "idle": idle}

    def _devices(self) -> list[dict[str, Any]] | None:
        listed = self._stats.get("devices")
        if not isinstance(listed, list):
            why = "no server is named" if self._server is None else "the server does not say them"
            self._miss("devices", why)
            return None
        return [
            {
                "name": servers.short(item.get("name")),
                "type": servers.short(item.get("type")),
                "memory_bytes": item.get("vram_total")
                if isinstance(item.get("vram_total"), int)
                else None,
            }
            for item in listed
            if isinstance(item, dict)
        ]

    # --- the models ---

    def _models(self, folder: Path | None) -> dict[str, Any]:
        found = None
        where: list[tuple[str, Path]] = []
        if self._here:
            where = [
                (kind, Path(place))
                for kind in model_list.FOLDERS
                for place in self._folders.get(kind, ())
            ]
            if not where and folder is not None:
                where = model_list.places_of(folders.of(str(folder)))
            found = model_list.read(where) if where else None
        elif self._server is not None and not self._system.get("simulated"):
            found = self._server.models(with_metadata=self._thorough)
        if found is None:
            self._miss("models", self._missing.get("folder", "the server does not list them"))
        self._places = where
        kinds = sorted({disks.kind_of(place) or "unknown" for _, place in where if place.is_dir()})
        if where and "unknown" in kinds:
            self._miss("model_disks", "the system does not say what kind of disk it is")
        elif not where:
            self._miss(
                "model_disks", self._missing.get("folder", "the folder of the models is not known")
            )
        if self._idle is not None and where:
            self._idle["models_free_bytes"] = disks.free_bytes(_there(where))
        return {
            "model_disks": kinds or None,
            "models": None if found is None else [file._asdict() for file in found],
        }


def _there(where: list[tuple[str, Path]]) -> Path:
    """A folder that exists, of those that models are looked for in."""
    return next((place for _, place in where if place.is_dir()), where[0][1].parent)


def _why_elsewhere(here: bool | None, simulated: bool) -> str:
    if simulated:
        return "the server is simulated"
    if here is None:
        return "whether the server is on this computer cannot be told"
    return "the server is on another computer"


def _idle(now: cards.Now) -> dict[str, Any]:
    about = now._asdict()
    return {**about, "throttled": list(now.throttled), "programs_bytes": list(now.programs_bytes)}


def _plain(version: str) -> str:
    """A version without what is behind the plus: an index may leave it out of the name of a folder."""
    return version.partition("+")[0].partition(" ")[0]


def _python_by_place(folders: tuple[Path, ...]) -> str | None:
    found = re.search(r"python(3\.\d+)", str(folders[0]) if folders else "")
    return found[1] if found else None


def lasting(data: Mapping[str, Any]) -> dict[str, Any]:
    """What the digest is of: without what passes, and without where the server is reached."""
    kept = {key: value for key, value in data.items() if key not in _PASSING}
    flags = kept.get("flags")
    if isinstance(flags, list):
        kept["flags"] = [flag for flag in flags if flag["name"] not in command_line.PLACES]
    models = kept.get("models")
    if isinstance(models, list):  # a file does not become another when it is hashed
        kept["models"] = [{**file, "sha256": ""} for file in models]
    return kept


def _hash(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(text.encode()).hexdigest()


def read(data: bytes, shown: str) -> Snapshot:
    """A snapshot from a file. Raises CommandError, which names it as `shown`, where it is none."""
    from jsonschema import Draft202012Validator

    from wan22dsl import resources

    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise CommandError(f"{shown}: is not JSON") from None
    version = found.get("snapshot") if isinstance(found, dict) else None
    if type(version) is not int:
        raise CommandError(f"{shown}: is not a snapshot; `wan snapshot -o FILE` writes one")
    if version > VERSION:
        raise CommandError(
            f"{shown}: was made by a later version of wan22dsl (schema version {version}); "
            "update wan22dsl to read it"
        )
    validator = Draft202012Validator(json.loads(resources.schema("snapshot")))
    for error in validator.iter_errors(found):
        where = "/".join(str(item) for item in error.absolute_path)
        raise CommandError(f"{shown}: is damaged: `{where or 'the whole'}`: {error.message[:200]}")
    return Snapshot(found)


def load(path: str) -> Snapshot:
    """The same by its path. Raises CommandError."""
    shown = path.replace(os.sep, "/")
    try:
        return read(disk.read(path, shown, _MOST_BYTES), shown)
    except UnreadableFile as error:
        raise CommandError(str(error)) from error
