"""Small files that a ComfyUI server keeps for its user: `/userdata`, made for the settings of its page.

All drivers that use a server see the same files, wherever they run. Within the server, moving a file to a
name that is free is one step (`app/user_manager.py` awaits nothing between the check and the move), while
writing with `overwrite=false` waits for the body between the two.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from wan22dsl.errors import ServerAnswered, ServerSilent
from wan22dsl.network.http import Transport
from wan22dsl.network.limits import MIB, Limit

if TYPE_CHECKING:
    from wan22dsl.network.address import Address

#: Requests for a file of some hundred bytes, or for the names of a folder.
_LIMIT = Limit(10.0, MIB)


class NoUserFiles(Exception):
    """The server does not keep files for us: it has no such interface, more than one user, a full disk."""


class UserFiles:
    """The files of one folder. Every method raises ServerError, and NoUserFiles where there are none."""

    def __init__(self, address: Address, folder: str) -> None:
        self._http = Transport(address)
        self._shown, self._folder = address.shown, folder

    def names(self) -> tuple[str, ...]:
        """The names of the files; none where the folder is not there yet."""
        found = self._ask("GET", f"/userdata?dir={quote(self._folder)}", missing=[])
        if not isinstance(found, list):
            raise NoUserFiles("answers, but not with a list of files")
        return tuple(name for name in found if isinstance(name, str))

    def read(self, name: str) -> dict[str, Any] | None:
        """The JSON object in a file; None where there is no file, empty where there is no object in it."""
        try:
            with self._http.open("GET", self._path(name), _LIMIT) as answer:
                data = answer.all(_LIMIT.most_bytes)
        except ServerAnswered as error:
            if error.status == 404:
                return None
            raise _as_none(error) from error
        try:
            found = json.loads(data)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def write(self, name: str, content: dict[str, Any]) -> None:
        """Writes a file, over the one that has its name."""
        body = json.dumps(content).encode()
        self._ask("POST", f"{self._path(name)}?overwrite=true", raw=body)

    def move(self, name: str, new_name: str) -> bool:
        """Gives a file a name that is free; False where it is not free, or the file is gone."""
        path = f"{self._path(name)}/move/{quote(f'{self._folder}/{new_name}', safe='')}"
        try:
            with self._http.open("POST", f"{path}?overwrite=false", _LIMIT) as answer:
                answer.all(_LIMIT.most_bytes)
        except ServerAnswered as error:
            if error.status in (404, 409):
                return False
            raise _as_none(error) from error
        return True

    def delete(self, name: str) -> None:
        """Deletes a file, if it is there."""
        self._ask("DELETE", self._path(name), missing=None)

    def _path(self, name: str) -> str:
        return "/userdata/" + quote(f"{self._folder}/{name}", safe="")

    def _ask(self, method: str, path: str, *, raw: bytes | None = None, missing: Any = ...) -> Any:
        try:
            return self._http.json(method, path, _LIMIT, raw=raw)
        except ServerAnswered as error:
            if error.status == 404 and missing is not ...:
                return missing
            raise _as_none(error) from error
        except ServerSilent as error:
            if error.reason.startswith(
                "answers, but not"
            ):  # an interface of that name, and not ComfyUI's
                raise NoUserFiles(error.reason) from error
            raise


def _as_none(error: ServerAnswered) -> Exception:
    """An answer that says that there are no files for us; others may pass."""
    # 500 is what ComfyUI answers where it has several users and we are none of them; 507: its disk is full.
    is_none = error.status in (500, 501, 507) or (error.status < 500 and error.status != 401)
    return NoUserFiles(error.reason) if is_none else error
