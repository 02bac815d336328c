"""What a running ComfyUI server says of its node classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from wan22dsl.comfyui.catalogue.object_info import is_object_info, read_class
from wan22dsl.comfyui.catalogue.schema import LazyCatalogue
from wan22dsl.errors import CatalogueError, CommandError, ServerAnswered, ServerSilent
from wan22dsl.network import limits, trust
from wan22dsl.network.http import NOT_COMFYUI, Transport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.comfyui.catalogue.schema import NodeClass
    from wan22dsl.network.limits import Limit


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
                f"{self.shown} refused to list its node classes (HTTP {code}); "
                "if it asks for a login, set WAN_TOKEN, or write the address as "
                "https://name:password@host:port"
            )
        if 300 <= code < 400:
            return (
                f"{self.shown} redirects (HTTP {code}), but redirects are not followed; use "
                "the address that it points to"
            )
        if code == 404:
            return self._no_comfyui()
        return f"{self.shown} could not list its node classes (HTTP {code}); see the server's log"

    def _no_comfyui(self) -> str:
        return f"{self.shown} {NOT_COMFYUI}; is this the address and the port that its log names?"

    def _silent(self, reason: str) -> str:
        if reason == NOT_COMFYUI:
            return self._no_comfyui()
        return (
            f"{self.shown} {reason}; start ComfyUI or correct the address, "
            "or use the bundled catalogue with `--target 0.39`"
        )
