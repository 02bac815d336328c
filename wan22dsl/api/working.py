"""Being the worker of a server: `wan worker`."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable


def worker(
    scheduler: str,
    url: str,
    *,
    name: str = "",
    models: str = "",
    folder: str = "wan_worker",
    say: Callable[[str], None] = lambda text: None,
) -> None:
    """Is the worker of a server until KeyboardInterrupt. Raises CommandError."""
    from wan22dsl import __version__
    from wan22dsl.api.batch_engine import NAME
    from wan22dsl.api.beside import Beside
    from wan22dsl.fleet import dask_worker, schedulers
    from wan22dsl.fleet.servers import named
    from wan22dsl.network import address
    from wan22dsl.run import store

    schedulers.checked(scheduler)
    server = named((url,)).servers[0]
    at = address.read(url)
    if not name:
        # Two machines have a server at 127.0.0.1:8188: they are told apart by the names of the machines.
        port = server.name.rpartition(":")[2]
        name = f"{platform.node() or 'worker'}:{port}" if at.is_loopback else server.name
    if not NAME.fullmatch(name):
        raise CommandError(
            f"--name: a worker cannot be called `{name}`",
            "It has letters, digits, `.`, `_`, `-` and `:`, and at most 64 characters.",
        )
    if models and not Path(models).is_dir():
        raise CommandError(f"--models: {models} is not a folder")
    facts = dask_worker.facts(name, server.shown, __version__, is_loopback=at.is_loopback)
    store.prepare(Path(folder))
    beside = Beside(server._replace(name=name), Path(folder).resolve(), models)
    try:
        dask_worker.serve(scheduler, facts, beside, say)
    finally:
        beside.close()
