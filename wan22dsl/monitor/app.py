"""Serves the page on loopback: it answers GET and nothing else, and only to names of this machine."""

from __future__ import annotations

import asyncio
import threading
from hashlib import sha256
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import web

from wan22dsl.errors import CommandError
from wan22dsl.monitor import data, metrics, page

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from wan22dsl.fleet.models_page import PageData
    from wan22dsl.monitor.watching import Watch

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HOST = "127.0.0.1"

#: How long the thread may take to begin and to end.
_PATIENCE_S = 15.0

#: Nothing from elsewhere, no script but our file, no frame around it.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class PageServer:
    """The page of a watch, at `url` from `start` (or `with`) to `stop`. Port 0 takes a free one.

    `why_not_asked` is said where nobody asks the servers, `dashboard` is the address of a Dask dashboard.
    """

    def __init__(
        self, watch: Watch, port: int = 0, *, why_not_asked: str = "", dashboard: str = ""
    ) -> None:
        self._watch, self._port = watch, port
        self._why_not_asked, self._dashboard = why_not_asked, dashboard
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._ready = threading.Event()
        self._failure: BaseException | None = None

    @property
    def url(self) -> str:
        """The address, once it listens."""
        return f"http://{HOST}:{self._port}/"

    @property
    def shown(self) -> str:
        """What it shows, for people."""
        folder = self._watch.folder
        return "the servers of the fleet" if folder is None else f"the batch in {folder.as_posix()}"

    def start(self) -> PageServer:
        """Begins to listen. Raises CommandError where the port is taken."""
        self._thread = threading.Thread(target=self._run, name="wan-fleet-ui-page", daemon=True)
        self._thread.start()
        self._ready.wait(_PATIENCE_S)
        if self._failure is not None:
            failure = self._failure
            self.stop()
            if isinstance(failure, OSError):
                raise CommandError(
                    f"cannot listen on {HOST}:{self._port}: {failure.strerror or failure}. Choose another "
                    "--port, or 0 for any free port"
                ) from failure
            raise failure
        return self

    def stop(self) -> None:
        """Ends it."""
        if self._loop is not None and self._end is not None and self._loop.is_running():
            self._loop.call_soon_threadsafe(self._end.set)
        if self._thread is not None:
            self._thread.join(_PATIENCE_S)
        self._thread = self._loop = self._end = None

    def wait(self) -> None:
        """Waits until Ctrl-C (KeyboardInterrupt)."""
        while self._thread is not None and self._thread.is_alive():
            self._thread.join(0.5)

    def __enter__(self) -> PageServer:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self._failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application(middlewares=[self._guard], client_max_size=1024)
        app.router.add_get("/", self._page)
        app.router.add_get("/data.json", self._data)
        app.router.add_get("/metrics", self._metrics)
        app.router.add_get("/page.css", self._style)
        app.router.add_get("/page.js", self._script)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            site = web.TCPSite(runner, HOST, self._port)
            await site.start()
            self._port = runner.addresses[0][1]
            self._ready.set()
            await self._end.wait()
        finally:
            await runner.cleanup()

    # --- who may ask ---

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        refused = self._refused(request)
        if refused:
            response: web.StreamResponse = web.Response(status=403, text=f"{refused}\n")
        elif request.method not in ("GET", "HEAD"):
            response = web.Response(
                status=405, text="this page is read-only\n", headers={"Allow": "GET, HEAD"}
            )
        else:
            try:
                response = await handler(request)
            except web.HTTPException as error:
                response = web.Response(status=error.status, text=f"{error.reason}\n")
            except CommandError as error:
                response = web.Response(status=503, text=f"{error}\n")
        response.headers.update(_HEADERS)
        return response

    def _refused(self, request: web.Request) -> str:
        """Why a request is not answered: another page must not read this one through a browser.

        A name that was pointed at 127.0.0.1 (DNS rebinding) comes with its own Host.
        """
        hosts = request.headers.getall("Host", [])
        if len(hosts) != 1 or not _is_loopback(hosts[0], self._port):
            return "this page is for names of this machine only: http://127.0.0.1, with its port"
        site = request.headers.get("Sec-Fetch-Site", "none").lower()
        if site not in ("none", "same-origin"):
            return "this page answers no other site"
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc.lower() != hosts[0].lower():
            return "this page answers no other origin"
        return ""

    # --- what is answered ---

    async def _looked(self) -> PageData:
        self._watch.ask_servers()
        return await asyncio.to_thread(self._page_data)

    def _page_data(self) -> PageData:
        looked = self._watch.look()
        return data.data(looked, why_not_asked=self._why_not_asked, dashboard=self._dashboard)

    async def _page(self, request: web.Request) -> web.Response:
        found = await self._looked()
        text = await asyncio.to_thread(page.write, found)
        tag = f'"{sha256(text.encode()).hexdigest()[:32]}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag})
        return self._answer(text, "text/html", {"ETag": tag})

    async def _data(self, request: web.Request) -> web.Response:
        import json

        found = await self._looked()
        text = json.dumps(found.as_json(), ensure_ascii=False, separators=(",", ":"))
        return self._answer(text + "\n", "application/json")

    async def _metrics(self, request: web.Request) -> web.Response:
        self._watch.ask_servers()
        text = await asyncio.to_thread(lambda: metrics.text(self._watch.look()))
        return web.Response(
            body=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        )

    async def _style(self, request: web.Request) -> web.Response:
        return self._answer(page.style(), "text/css")

    async def _script(self, request: web.Request) -> web.Response:
        return self._answer(page.script(), "text/javascript")

    def _answer(self, text: str, kind: str, headers: dict[str, str] | None = None) -> web.Response:
        body = text.encode("utf-8", "backslashreplace")
        response = web.Response(
            body=body, content_type=kind, charset="utf-8", headers=headers or {}
        )
        if len(body) > 10_000:
            response.enable_compression()
        return response


def _is_loopback(host: str, port: int) -> bool:
    """Whether a Host header names this machine and our port."""
    try:
        parts = urlsplit(f"//{host}")
        name, own = parts.hostname or "", parts.port
        return own == port and (name == "localhost" or ip_address(name).is_loopback)
    except ValueError:
        return False
