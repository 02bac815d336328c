"""From the name of a target to its catalogue: `0.33.0`, a file, or the URL of a running server."""

from __future__ import annotations

import json
import os.path
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from wan22dsl import disk
from wan22dsl.comfyui.catalogue.compact import CompactFile, is_compact
from wan22dsl.comfyui.catalogue.object_info import is_object_info, read_class
from wan22dsl.errors import (
    CatalogueError,
    CommandError,
    ServerAnswered,
    ServerSilent,
    UnreadableFile,
)
from wan22dsl.network import limits, trust
from wan22dsl.network.http import NOT_COMFYUI, Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from wan22dsl.comfyui.catalogue.schema import Catalogue, NodeClass
    from wan22dsl.network.limits import Limit


class LazyCatalogue:
    """Any catalogue: bundled facts, a file, a server. They differ in how a class is found.

    `find` gives a class by name or None, `list_names` all names; both may raise CatalogueError.
    """

    def __init__(
        self,
        target: str,
        find: Callable[[str], NodeClass | None],
        list_names: Callable[[], Iterable[str]],
    ) -> None:
        self.target = target
        self._find = find
        self._list_names = list_names
        self._known: dict[str, NodeClass | None] = {}

    def get(self, name: str) -> NodeClass | None:
        """The class of that name, or None."""
        try:
            return self._known[name]
        except KeyError:
            return self._known.setdefault(name, self._find(name))

    def names(self) -> tuple[str, ...]:
        """The names of all classes, sorted."""
        return self._names

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(sorted(set(self._list_names())))


class Server:
    """A ComfyUI server, by a URL that the user has named: whether a file may name it is decided before.

    The token that belongs to it, or a name and password in the URL, are sent and never shown. `shown` is the
    address for people: without name, password and query, which may be secrets.
    """

    def __init__(self, url: str) -> None:
        """Raises CatalogueError when the URL has no host or an impossible port."""
        try:
            self._http = Transport(trust.with_login(url))
        except CommandError as error:
            raise CatalogueError(*error.args) from None
        self.shown = self._http.address.shown
        self._all: Mapping[str, Any] | None = None

    def catalogue(self) -> LazyCatalogue:
        """Its classes, each asked for when it is needed; all of them only to list their names."""
        return LazyCatalogue(f"the server {self.shown}", self._class, self.object_info)

    def object_info(self) -> Mapping[str, Any]:
        """What it says of all its classes. Raises CatalogueError when it gives no such answer."""
        answer = self._get("/object_info", limits.ALL_CLASSES)
        if not is_object_info(answer):
            raise CatalogueError(self._no_comfyui())
        self._all = answer
        found: Mapping[str, Any] = answer
        return found

    def version(self) -> str:
        """The version of ComfyUI that it runs; empty where it does not say."""
        try:
            answer = self._get("/system_stats", limits.SYSTEM_STATS)
            return str(answer["system"]["comfyui_version"])
        except (CatalogueError, KeyError, TypeError):
            return ""

    def _class(self, name: str) -> NodeClass | None:
        if self._all is not None:
            return read_class(name, self._all[name]) if name in self._all else None
        answer = self._get("/object_info/" + quote(name, safe=""), limits.NODE_CLASS)
        if answer == {}:
            return None
        if not is_object_info(answer) or name not in answer:
            raise CatalogueError(self._no_comfyui())
        return read_class(name, answer[name])

    def _get(self, path: str, limit: Limit) -> Any:
        """What it answers to a GET, read as JSON. Raises CatalogueError, without the login."""
        try:
            answer = self._http.json("GET", path, limit)
        except ServerAnswered as error:
            raise CatalogueError(self._refused(error.status)) from None
        except ServerSilent as error:
            raise CatalogueError(self._silent(error.reason)) from None
        if answer is None:
            raise CatalogueError(self._no_comfyui())
        return answer

    def _refused(self, code: int) -> str:
        if code in {401, 403}:
            return (
                f"{self.shown} refused to say which node classes it has (HTTP {code}); "
                "if it asks for a login, set WAN_TOKEN, or write the address as "
                "https://name:password@host:port"
            )
        if 300 <= code < 400:
            return (
                f"{self.shown} redirects (HTTP {code}), and redirects are not followed; "
                "name the address that it points to"
            )
        if code == 404:
            return self._no_comfyui()
        return (
            f"{self.shown} could not say which node classes it has (HTTP {code}); "
            "see the server's log"
        )

    def _no_comfyui(self) -> str:
        return (
            f"{self.shown} answers, but not as ComfyUI does; "
            "is this the address and the port that its log names?"
        )

    def _silent(self, reason: str) -> str:
        if reason == NOT_COMFYUI:
            return self._no_comfyui()
        return (
            f"{self.shown} {reason}; start ComfyUI or correct the address, "
            "or take the bundled facts with `--target 0.33.0`"
        )


#: The versions of ComfyUI whose facts are bundled, the default one first.
BUNDLED = ("0.33.0", "0.3.64")

#: Made with `wan nodes pull ANSWER --no-files --name "ComfyUI 0.33.0"` from what a server answered.
_DATA = Path(__file__).parent / "data"

#: The classes of the packs that the standard library uses, for every bundled version: KJNodes,
#: VideoHelperSuite, Frame-Interpolation and GGUF as a server described them; from their sources
#: ComfyUI-WanMoeKSampler (stduhpf, ee8fa8f) and DWPreprocessor of comfyui_controlnet_aux (1.1.5).
#: What they take over from ComfyUI, such as the names of samplers, is that of the default version.
_PACKS = "packs"


def open_catalogue(target: str) -> Catalogue:
    """The catalogue of a target: a bundled version, the path of a file, or the URL of a server.

    A file may be in our own form (`wan nodes pull`) or an answer of `/object_info` as it came.
    Nothing is asked of a server yet: it is asked for each class when that is needed.

    Raises CatalogueError when there is no such target, or the file is unreadable or of another
    shape.
    """
    if target in BUNDLED:
        return _bundled(target)
    if is_address(target):
        return Server(target).catalogue()
    if os.path.exists(target):  # noqa: PTH110 - the text may be no path at all
        return _from_file(Path(target))
    raise CatalogueError(_unknown(target))


def is_address(target: str) -> bool:
    """Whether a target is the URL of a server."""
    return target.lower().startswith(("http://", "https://"))


@cache
def _bundled(version: str) -> LazyCatalogue:
    def find(name: str) -> NodeClass | None:
        # A pack cannot take the place of a class of ComfyUI's own, so those come first.
        return _data(version).get(name) or _data(_PACKS).get(name)

    def names() -> Iterator[str]:
        yield from _data(version).names()
        yield from _data(_PACKS).names()

    return LazyCatalogue(_data(version).target, find, names)


@cache
def _data(name: str) -> CompactFile:
    path = _DATA / f"{name}.jsonl"
    return CompactFile(read_file(path), path.name)


def _from_file(path: Path) -> LazyCatalogue:
    shown = path.as_posix()
    data = read_file(path)
    if is_compact(data):
        file = CompactFile(data, shown)
        return LazyCatalogue(f"{shown} ({file.target})", file.get, file.names)
    return from_object_info(shown, read_json(data, shown))


def read_file(path: Path) -> bytes:
    """What a file holds, without a byte-order mark. Raises CatalogueError when unreadable."""
    try:
        return disk.read(str(path), path.as_posix()).removeprefix(b"\xef\xbb\xbf")
    except UnreadableFile as error:
        raise CatalogueError(str(error)) from error


def read_json(data: bytes, shown: str) -> Any:
    """What a file of JSON holds. Raises CatalogueError when it is not JSON."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CatalogueError(
            f"{shown}: is not a catalogue of node classes (it is not JSON); "
            "make one with `wan nodes pull http://127.0.0.1:8188 -o FILE`"
        ) from error


def from_object_info(target: str, data: Any) -> LazyCatalogue:
    """A catalogue of an answer of `/object_info`. Raises CatalogueError when it is none."""
    from wan22dsl.comfyui.catalogue.object_info import is_object_info, read_class

    if not is_object_info(data):
        raise CatalogueError(
            f"{target}: is JSON, but not a catalogue of node classes as ComfyUI's /object_info or "
            "`wan nodes pull` give it"
        )

    def find(name: str) -> NodeClass | None:
        return read_class(name, data[name]) if name in data else None

    return LazyCatalogue(target, find, lambda: data)


def _unknown(target: str) -> str:
    """What to say of a target that is nothing we know."""
    from wan22dsl.diagnostics import nearest

    said = (
        f"there is no target `{target}`: it is neither a version whose node classes are bundled "
        f"({', '.join(BUNDLED)}), nor a file, nor the address of a server"
    )
    host, _, port = target.partition(":")
    if host and port.partition("/")[0].isdigit():
        return f"{said}; did you mean `http://{target}`?"
    close = nearest(target, BUNDLED)
    return f"{said}; did you mean `{close}`?" if close else said
