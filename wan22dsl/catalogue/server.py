"""What a running ComfyUI server says of its node classes. Only this module opens sockets."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, unquote, urlsplit
from urllib.request import Request, urlopen

from wan22dsl.catalogue.lazy import LazyCatalogue
from wan22dsl.catalogue.object_info import is_object_info, read_class
from wan22dsl.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.catalogue.schema import NodeClass

#: How long one class may take. A server answers in milliseconds unless a node holds it up.
CLASS_TIMEOUT_S = 15.0

#: How long the answer about all classes may take: it has been seen to have 100 MB.
ALL_TIMEOUT_S = 120.0


class Server:
    """A ComfyUI server, by its URL. A name and password in the URL are sent, and never shown.

    `shown` is the address for people: without name, password and query, which may be secrets.
    """

    def __init__(self, url: str) -> None:
        """Raises CatalogueError when the URL has no host or an impossible port."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port = None, None
        if not host:
            raise CatalogueError(
                "this is not the address of a server; write it as http://127.0.0.1:8188"
            )
        name = f"[{host}]" if ":" in host else host
        where = f"{parts.scheme.lower()}://{name}" + (f":{port}" if port is not None else "")
        self._base = where + parts.path.rstrip("/")
        self._query = f"?{parts.query}" if parts.query else ""
        self._login = ""
        if parts.username is not None:
            login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._login = "Basic " + b64encode(login.encode()).decode("ascii")
        self.shown = self._base
        self._all: Mapping[str, Any] | None = None

    def catalogue(self) -> LazyCatalogue:
        """Its classes, each asked for when it is needed; all of them only to list their names."""
        return LazyCatalogue(f"the server {self.shown}", self._class, self.object_info)

    def object_info(self) -> Mapping[str, Any]:
        """What it says of all its classes. Raises CatalogueError when it gives no such answer."""
        answer = self._get("/object_info", ALL_TIMEOUT_S)
        if not is_object_info(answer):
            raise CatalogueError(self._no_comfyui())
        self._all = answer
        found: Mapping[str, Any] = answer
        return found

    def version(self) -> str:
        """The version of ComfyUI that it runs; empty where it does not say."""
        try:
            answer = self._get("/system_stats", CLASS_TIMEOUT_S)
            return str(answer["system"]["comfyui_version"])
        except (CatalogueError, KeyError, TypeError):
            return ""

    def _class(self, name: str) -> NodeClass | None:
        if self._all is not None:
            return read_class(name, self._all[name]) if name in self._all else None
        answer = self._get("/object_info/" + quote(name, safe=""), CLASS_TIMEOUT_S)
        if answer == {}:
            return None
        if not is_object_info(answer) or name not in answer:
            raise CatalogueError(self._no_comfyui())
        return read_class(name, answer[name])

    def _get(self, path: str, timeout_s: float) -> Any:
        """What it answers to a GET, read as JSON. Raises CatalogueError, without the login."""
        request = Request(self._base + path + self._query, headers={"Accept": "application/json"})
        if self._login:
            # Not sent on to another place that the server might name.
            request.add_unredirected_header("Authorization", self._login)
        try:
            with urlopen(request, timeout=timeout_s) as response:
                return json.loads(response.read())
        except HTTPError as error:
            error.close()
            raise CatalogueError(self._refused(error.code)) from None
        except (ValueError, RecursionError):
            raise CatalogueError(self._no_comfyui()) from None
        except (OSError, URLError) as error:
            raise CatalogueError(self._silent(error, timeout_s)) from None

    def _refused(self, code: int) -> str:
        if code in {401, 403}:
            return (
                f"{self.shown} refused to say which node classes it has (HTTP {code}); "
                "if it asks for a login, write the address as http://name:password@host:port"
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

    def _silent(self, error: OSError, timeout_s: float) -> str:
        cause = getattr(error, "reason", error)
        if isinstance(cause, TimeoutError):
            said = f"did not answer within {timeout_s:g} seconds"
        else:
            said = f"cannot be reached ({getattr(cause, 'strerror', None) or cause})"
        return (
            f"{self.shown} {said}; start ComfyUI or correct the address, "
            "or take the bundled facts with `--target 0.33.0`"
        )
