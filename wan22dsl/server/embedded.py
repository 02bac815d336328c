"""`EmbeddedServer`: a simulated ComfyUI in a thread of this process, on loopback only.

with EmbeddedServer(card="RTX 4090", faults=["oom at low.sampler"]) as server:
    … server.url …
"""

from __future__ import annotations

import asyncio
import math
import shutil
import tempfile
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import CommandError
from wan22dsl.graph.cost.cards import DEFAULT_CARD, card_named
from wan22dsl.server.faults import Fault, Faults
from wan22dsl.server.models import with_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import TracebackType

    from wan22dsl.comfyui.catalogue.schema import Catalogue, NodeClass
    from wan22dsl.graph.cost.cards import Card
    from wan22dsl.graph.model import Graph
    from wan22dsl.server.disturbances import Disturbances
    from wan22dsl.server.state import State

LOOPBACK = ("127.0.0.1", "::1", "localhost")
DEFAULT_SPEED = 60.0

#: How long a thread may take to begin and to end before that is a fault of ours.
_PATIENCE_S = 30.0


class EmbeddedServer:
    """A simulated server. It listens from `start` (or `with`) to `stop`.

    `card` is a name such as `RTX 4090`, or a card of your own; `target` a bundled version, or a
    catalogue; `speed` how much faster than the card time passes, `math.inf` for not at all;
    `faults` what goes wrong, in the words of `server.faults`. `port` 0 takes a free one. `models`
    are model files by folder that the server has besides the official ones. Without a `place`, its
    files are in a temporary folder that is gone at the end. `previews` sends a picture for every
    step. `front_end` is the folder of ComfyUI's page, which is then served too. `benchmark` sends what the
    server measured behind a prompt that asks for it, as a coming ComfyUI does. `disturbances` make its times
    differ from the cost model, and from run to run.

    Raises CommandError for an unknown card, a fault that is not understood, a speed that is not above
    zero, a host that is not loopback, a port that is taken, or when a library is not installed.
    """

    def __init__(
        self,
        *,
        card: str | Card = DEFAULT_CARD,
        target: str | Catalogue | None = None,
        speed: float = DEFAULT_SPEED,
        faults: Iterable[str | Fault] = (),
        host: str = "127.0.0.1",
        port: int = 0,
        models: Mapping[str, Iterable[str]] | None = None,
        place: Path | None = None,
        previews: bool = False,
        front_end: Path | None = None,
        benchmark: bool = False,
        disturbances: Disturbances | None = None,
    ) -> None:
        if host not in LOOPBACK:
            raise CommandError(
                f"the simulated server listens on this machine only, not on `{host}`: it has "
                f"no users or passwords. Omit the host, or use {LOOPBACK[0]}"
            )
        if not speed > 0 or math.isnan(speed):
            raise CommandError(f"the speed of a simulation must be above zero, not {speed:g}")
        self._card = card_named(card) if isinstance(card, str) else card
        self._target = target
        self._speed = speed
        self.faults = Faults(faults)
        self._host, self._port = host, port
        self._models = with_files(models)
        self._wanted_place = place
        self._previews = previews
        self._front_end = front_end
        self._benchmark = benchmark
        self._disturbances = disturbances
        self._place: Path | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._ready = threading.Event()
        self._is_over = False
        self._failure: BaseException | None = None
        self._state: State | None = None

    @property
    def url(self) -> str:
        """The address, once the server listens: `http://127.0.0.1:49152`."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    @property
    def place(self) -> Path:
        """Where its folders `input`, `output` and `temp` are, while it runs."""
        assert self._place is not None, "the server is not running"
        return self._place

    def start(self) -> EmbeddedServer:
        """Begins to listen, and comes back when the address is known."""
        _look_for_libraries()
        self._ready.clear()
        self._is_over = False
        self._place = self._wanted_place or Path(tempfile.mkdtemp(prefix="wan-simulated-"))
        self._thread = threading.Thread(target=self._run, name="wan-simulated", daemon=True)
        self._thread.start()
        try:
            in_time = self._ready.wait(_PATIENCE_S)
        except BaseException:  # Ctrl-C: nobody will end what has not begun
            self.stop()
            raise
        if self._failure is None and not in_time:
            self._failure = OSError(f"it did not start to listen within {_PATIENCE_S:.0f} s")
        if self._failure is not None:
            failure, self._failure = self._failure, None
            self.stop()
            if isinstance(failure, OSError):
                reason = failure.strerror or str(failure)
                raise CommandError(
                    f"cannot listen on {self._host}:{self._port}: {reason}. Choose another "
                    "--port, or 0 for any free port"
                ) from failure
            raise failure
        return self

    def stop(self) -> None:
        """Ends the server: every connection, the thread, and the temporary folder."""
        self._is_over = True
        if self._loop is not None and self._end is not None and self._loop.is_running():
            self._loop.call_soon_threadsafe(self._end.set)
        if self._thread is not None:
            self._thread.join(_PATIENCE_S)
            self._thread = None
        self._state = self._loop = self._end = None
        if self._wanted_place is None and self._place is not None:
            shutil.rmtree(self._place, ignore_errors=True)
        self._place = None

    def wait(self) -> None:
        """Waits until the server ends, or until Ctrl-C (KeyboardInterrupt)."""
        while self._thread is not None and self._thread.is_alive():
            self._thread.join(0.5)

    def __enter__(self) -> EmbeddedServer:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def inject(self, fault: str | Fault) -> None:
        """Adds a fault while the server runs. Raises CommandError."""
        from wan22dsl.server.faults import parse

        self._call(self.faults.add, parse(fault) if isinstance(fault, str) else fault)

    def stand_in(self, classes: Iterable[NodeClass], files: Mapping[str, Iterable[str]]) -> None:
        """Takes classes and model files (by folder) for being there, although nothing is known of them."""

        def add() -> None:
            assert self._state is not None, "the server is not running"
            settings = self._state.settings
            settings.catalogue.add(classes)
            for folder, names in files.items():
                settings.files[folder] = tuple(sorted({*settings.files.get(folder, ()), *names}))

        self._call(add)

    def stand_in_for(self, graph: Graph) -> tuple[str, ...]:
        """Takes all that a graph uses for being there; gives the names of what was not, files first."""
        from wan22dsl.server.models import class_like, needs_of

        assert self._state is not None, "the server is not running"
        settings = self._state.settings
        classes, files = needs_of(graph, settings.catalogue, settings.files)
        self.stand_in([class_like(graph, name) for name in classes], files)
        return (*(name for names in files.values() for name in names), *classes)

    def restart(self, away_s: float = 0.0) -> None:
        """Kills the server and starts it again at the same address: history, queue and cache are gone."""
        assert self._loop is not None and self._state is not None, "the server is not running"
        self._state.down_s = away_s
        asyncio.run_coroutine_threadsafe(self._state.restart(), self._loop).result(_PATIENCE_S)

    @property
    def happened(self) -> list[str]:
        """The faults that have happened, in their words."""
        return list(self.faults.happened)

    @property
    def never_happened(self) -> list[str]:
        """The faults that have not happened, in their words."""
        return [fault.text or fault.kind for fault in self.faults.never]

    def _call(self, function: Callable[..., Any], *values: Any) -> None:
        """Calls something within the server's loop, and waits until it is done."""
        if self._loop is None or not self._loop.is_running():
            function(*values)
            return
        done = threading.Event()

        def call() -> None:
            try:
                function(*values)
            finally:
                done.set()

        self._loop.call_soon_threadsafe(call)
        done.wait(_PATIENCE_S)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self._failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        from aiohttp import web

        from wan22dsl.comfyui.catalogue.open import BUNDLED, open_catalogue
        from wan22dsl.server.app import make_app
        from wan22dsl.server.models import WithStandIns
        from wan22dsl.server.state import Settings

        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        target = self._target or BUNDLED[0]
        catalogue = WithStandIns(open_catalogue(target) if isinstance(target, str) else target)
        settings = Settings(
            catalogue,
            self._card,
            self.place,
            self._models,
            self._speed,
            self._previews,
            self._front_end,
            self._benchmark,
            self._disturbances,
        )
        runner = web.AppRunner(
            make_app(settings, self.faults, self._started), access_log=None, shutdown_timeout=1.0
        )
        await runner.setup()
        try:
            site = web.TCPSite(runner, self._host, self._port)
            await site.start()
            self._port = runner.addresses[0][1]
            if self._state is not None:
                self._state.listens(self.url)
            self._ready.set()
            if not self._is_over:
                await self._end.wait()
        finally:
            await runner.cleanup()

    def _started(self, state: State) -> None:
        self._state = state


#: What the server needs of the extra `simulate`: the names of modules, and of the libraries.
_LIBRARIES = {"aiohttp": "aiohttp", "av": "PyAV", "PIL": "Pillow"}


def _look_for_libraries() -> None:
    """Raises CommandError when one is not installed; none is imported for that."""
    missing = [name for module, name in _LIBRARIES.items() if find_spec(module) is None]
    if missing:
        raise CommandError(
            f'the simulated server needs {" and ".join(missing)}: pip install "wan22dsl[simulate]"'
        )
