"""What a running ComfyUI server says of its node classes. Only this module opens sockets."""

from __future__ import annotations

import json
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import ProxyHandler, Request, build_opener

from wan22dsl.catalogue import address
from wan22dsl.catalogue.lazy import LazyCatalogue
from wan22dsl.catalogue.object_info import is_object_info, read_class
from wan22dsl.errors import CatalogueError, CommandError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.catalogue.schema import NodeClass

#: How long one class may take. A server answers in milliseconds unless a node holds it up.
CLASS_TIMEOUT_S = 15.0

#: How long the answer about all classes may take: it has been seen to have 100 MB.
ALL_TIMEOUT_S = 120.0

#: More is not read of an answer.
MOST_BYTES = 512 * 1024 * 1024


class Server:
    """A ComfyUI server, by its URL.

    A name and password in the URL, or else the token in WAN_TOKEN, are sent and never shown. `shown` is the
    address for people: without name, password and query, which may be secrets.
    """

    def __init__(self, url: str) -> None:
        """Raises CatalogueError when the URL has no host or an impossible port."""
        try:
            self._address = address.read(url, address.token())
        except CommandError as error:
            raise CatalogueError(str(error)) from None
        # Whatever proxy there is for the world outside, this machine is not behind it.
        handlers = [ProxyHandler({})] if self._address.is_here else []
        self._opener = build_opener(*handlers)
        self.shown = self._address.shown
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
        request = Request(self._address.url(path), headers={"Accept": "application/json"})
        if self._address.authorization:
            # Not sent on to another place that the server might name.
            request.add_unredirected_header("Authorization", self._address.authorization)
        try:
            with self._opener.open(request, timeout=timeout_s) as response:
                answer = response.read(MOST_BYTES + 1)
                if len(answer) > MOST_BYTES:
                    raise CatalogueError(f"{self.shown} sent more than {MOST_BYTES} bytes")
                return json.loads(answer)
        except HTTPError as error:
            error.close()
            raise CatalogueError(self._refused(error.code)) from None
        except (ValueError, RecursionError):
            raise CatalogueError(self._no_comfyui()) from None
        except (OSError, HTTPException) as error:
            raise CatalogueError(self._silent(error, timeout_s)) from None

    def _refused(self, code: int) -> str:
        if code in {401, 403}:
            return (
                f"{self.shown} refused to say which node classes it has (HTTP {code}); "
                "if it asks for a login, set WAN_TOKEN, or write the address as "
                "http://name:password@host:port"
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

    def _silent(self, error: Exception, timeout_s: float) -> str:
        cause = getattr(error, "reason", error)
        if isinstance(cause, TimeoutError):
            said = f"did not answer within {timeout_s:g} seconds"
        elif isinstance(error, HTTPException):
            said = "broke off in the middle of an answer"
        else:
            said = f"cannot be reached ({getattr(cause, 'strerror', None) or cause})"
        return (
            f"{self.shown} {said}; start ComfyUI or correct the address, "
            "or take the bundled facts with `--target 0.33.0`"
        )
