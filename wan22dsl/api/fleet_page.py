"""The page of a batch and its servers, for this machine: what it shows, and whether servers are asked.

with fleet_page(folder="wan_output/batch-clip-20261201T180000") as page:
    print(page.url)
    page.wait()
"""

from __future__ import annotations

from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wan22dsl.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.fleet.models import Plan
    from wan22dsl.fleet.models_status import FleetStatus, Slow
    from wan22dsl.fleet.servers import Fleet
    from wan22dsl.monitor.app import PageServer

#: What the page needs: the names of modules, and of the libraries.
_LIBRARIES = {"aiohttp": "aiohttp", "jinja2": "jinja2"}

#: Records are asked so often whether a server is slow.
_SLOW_S = 120.0

#: The port at which a Dask scheduler has its dashboard, unless it was told otherwise.
_DASHBOARD_PORT = 8787


def fleet_page(
    folder: str | Path | None = None,
    *,
    fleet: str = "",
    folders: str | Path = "wan_output",
    port: int = 0,
    is_allowed: bool = False,
) -> PageServer:
    """The page of a batch; without a folder that of the newest in `folders`, of this fleet if one is named.

    Servers are asked where a configured fleet is named, or was used by the batch: never by addresses that
    only the folder of a batch has. Raises CommandError.
    """
    missing = [name for module, name in _LIBRARIES.items() if find_spec(module) is None]
    if missing:
        raise CommandError(f'the page needs {" and ".join(missing)}: pip install "wan22dsl[fleet]"')
    from wan22dsl.fleet import store
    from wan22dsl.monitor.app import PageServer
    from wan22dsl.monitor.watching import Watch

    place = Path(folder) if folder is not None else _newest(Path(folders), fleet)
    plan = store.load_plan(place) if place is not None else None
    found, why_not = _fleet(fleet, plan, Path(folders), is_allowed)
    asker = None
    if found is not None and found.servers:
        asker = _asker(found, place.parent if place is not None else Path(folders))
    watch = Watch(place, asker)
    dashboard = _dashboard(found.scheduler) if found is not None else ""
    if found is not None and not found.servers:
        why_not = f"The servers are behind the scheduler {found.scheduler}."
    return PageServer(watch, port, why_not_asked=why_not, dashboard=dashboard)


def _newest(folders: Path, fleet: str) -> Path | None:
    """The batch that was planned last; None where there is none."""
    from wan22dsl.fleet import store

    found = []
    for file in folders.glob("*/batch.json"):
        try:
            plan = store.load_plan(file.parent)
        except CommandError:
            continue
        if not fleet or plan.fleet == fleet:
            found.append((plan.made, plan.id, file.parent))
    return max(found)[2] if found else None


def _fleet(
    name: str, plan: Plan | None, folders: Path, is_allowed: bool
) -> tuple[Fleet | None, str]:
    """The fleet whose servers are asked; without one, why none are. Raises CommandError."""
    from wan22dsl.fleet import servers
    from wan22dsl.lint.policy.config import Configs

    def configured(wanted: str) -> Fleet:
        return servers.fleet_of(Configs().of(""), wanted, is_allowed=is_allowed)

    if name:
        return configured(name), ""
    if plan is None:
        try:
            return configured(""), ""
        except CommandError as error:
            raise CommandError(
                f"{folders.as_posix()}: has no batch, and there is no fleet to show: {error}",
                "Name the folder of a batch, or a fleet with --fleet.",
            ) from error
    if plan.simulated:
        return None, "Simulated servers are known to the driver alone: shown is what it saw last."
    if not plan.fleet:
        why = "The batch names no configured fleet: what servers do is what its driver saw last."
        return None, why
    try:
        return configured(plan.fleet), ""
    except CommandError as error:
        reason = str(error).partition("\n")[0]
        return None, f"The servers are not asked: {reason}. Shown is what the driver saw last."


def _asker(fleet: Fleet, records: Path) -> Callable[[], FleetStatus]:
    """Asks the servers, and now and then the records whether one of them is slow."""
    from wan22dsl.api.fleet_status import fleet_status, slow_servers

    slow: dict[str, Slow] = {}
    looked_s = float("-inf")

    def ask() -> FleetStatus:
        nonlocal slow, looked_s
        if monotonic() - looked_s >= _SLOW_S:
            with suppress(CommandError):
                slow = slow_servers(fleet, records)
            looked_s = monotonic()
        return fleet_status(fleet, slow=slow)

    return ask


def _dashboard(scheduler: str) -> str:
    """Where the scheduler has its dashboard, unless it was told otherwise; empty where there is none."""
    if not scheduler:
        return ""
    try:
        host = urlsplit(scheduler).hostname
    except ValueError:
        return ""
    if not host:
        return ""
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{_DASHBOARD_PORT}/status"
