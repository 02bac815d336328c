"""Where a bench measures: installs of ComfyUI, started in each profile, running servers, simulated cards.

A place gives sessions: a ComfyUI that answers, from its start to its end.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from wan22dsl.api.on_server import OnServer, host_of
from wan22dsl.errors import CommandError, WanError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from wan22dsl.bench.models import Cause, Reason
    from wan22dsl.comfyui.starting.profile import Profile
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.fleet.servers import Fleet
    from wan22dsl.launch.installs import Install
    from wan22dsl.run.client import Client
    from wan22dsl.run.record import Host
    from wan22dsl.server.faults import Faults

#: What a start of ComfyUI takes where nothing is known yet: with few packs, 14 to 40 s.
RESTART_S = 30.0


class NotStarted(WanError):
    """A session that cannot begin: its cells are not measured, for this reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.text)
        self.reason = reason


class Up(NamedTuple):
    """A ComfyUI that answers.

    `findings` are differences from the profile; with a `reason` nothing of it counts. `tail` gives the last
    lines of its log, where this machine has it.
    """

    server: OnServer
    ready_s: float | None = None
    findings: tuple[str, ...] = ()
    reason: Reason | None = None
    tail: Callable[[], list[str]] = list


class Place(NamedTuple):
    """A place by its name. `start` begins a session in a profile, which raises NotStarted, CommandError.

    `restart_s` is what a start takes where none was seen yet; `simulated_card` is empty for a real place.
    `not_simulated` are the parts of a profile that a simulation leaves out, as it does not know what they
    change; `note` says what is in the way of a profile now. `faults` are those of a simulation.
    """

    name: str
    start: Callable[[Profile | None, Path], AbstractContextManager[Up]]
    restart_s: float = 0.0
    simulated_card: str = ""
    not_simulated: Callable[[Profile | None], tuple[str, ...]] = lambda profile: ()
    note: Callable[[Profile | None], str] = lambda profile: ""
    faults: Faults | None = None


# --- installs ---


def of_install(
    install: Install,
    *,
    name: str = "",
    nodes: Sequence[str] = (),
    timeout_s: float,
    is_allowed: bool,
) -> Place:
    """An install of ComfyUI of this machine, started anew for each session."""

    @contextmanager
    def start(profile: Profile | None, log: Path) -> Iterator[Up]:
        from wan22dsl import disk
        from wan22dsl.comfyui.starting.profile import Profile
        from wan22dsl.launch.failures import StartFailed
        from wan22dsl.launch.running import start
        from wan22dsl.network import trust
        from wan22dsl.run.client import Client

        with ExitStack() as stack:
            copy = stack.enter_context(disk.growing(str(log)))
            try:
                running = start(
                    profile or Profile(""),
                    install,
                    port=0,
                    timeout_s=timeout_s,
                    log=copy,
                    is_allowed=is_allowed,
                    dies_with_us=True,
                )
            except StartFailed as error:
                raise NotStarted(_reason("not started", _why_not(error))) from error
            stack.enter_context(running)
            server = OnServer(Client(trust.with_login(running.url)), None, nodes)
            yield Up(
                server,
                running.ready_s,
                tuple(finding.message for finding in running.findings),
                not_as_set(running.findings),
                lambda: running.lines[-_TAIL:],
            )

    return Place(name or install.name or install.folder, start, RESTART_S)


#: So many of the last lines of ComfyUI's log are kept with a reason.
_TAIL = 8


def _why_not(error: Any) -> str:
    """Why ComfyUI did not start, with the last lines of its log."""
    lines = " | ".join(line.strip() for line in error.lines[-_TAIL:] if line.strip())
    said = f"ComfyUI did not start: {error.reason}. {error.help}".strip()
    return f"{said} Its log ends with: {lines}" if lines else said


def not_as_set(findings: Sequence[Diagnostic]) -> Reason | None:
    """Why a session measures something else than its profile says; None where it does not."""
    from wan22dsl.launch import messages

    kinds = (messages.OTHER_ATTENTION, messages.OTHER_ALLOCATOR, messages.NOT_IN_EFFECT)
    wrong = [finding for finding in findings if finding.kind in kinds]
    if not wrong:
        return None
    return _reason("not as set", " ".join(f"{each.message} {each.help}".strip() for each in wrong))


# --- running servers ---


def of_server(url: str, *, nodes: Sequence[str] = ()) -> Place:
    """A server that runs already, as it was started. Raises CommandError where it does not answer.

    One that simulates, as `wan serve` does, makes a simulated bench.
    """
    from wan22dsl.network import trust
    from wan22dsl.run.client import Client

    client = Client(trust.with_login(url))
    host = host_of(client)
    return _of_client(client, nodes)._replace(simulated_card=_card_of(host))


def _card_of(host: Host) -> str:
    """The card that a server simulates; empty for a real one."""
    from wan22dsl.run.stats import device_of

    if not host.simulated:
        return ""
    name = str(device_of(host.stats).get("name") or "")
    name = name.partition("NVIDIA ")[2] or name
    return name.removesuffix("(simulated)").strip() or "unknown card"


def of_fleet(fleet: Fleet, *, nodes: Sequence[str] = ()) -> list[Place]:
    """The servers of a fleet that are not drained, by their names.

    One that does not answer keeps no other from being measured. Raises CommandError.
    """
    from wan22dsl.fleet.servers import address_of
    from wan22dsl.run.client import Client

    there = [server for server in fleet.servers if not server.drained]
    if not there:
        why = (
            "drained" if fleet.servers else "behind a scheduler, and a bench needs their addresses"
        )
        raise CommandError(f"fleet `{fleet.name}`: all servers are {why}")
    return [_may_be_away(_of_client(Client(address_of(each)), nodes), each.name) for each in there]


def _may_be_away(place: Place, name: str) -> Place:
    """The same place: without an answer its sessions do not start, and the others do."""

    @contextmanager
    def start(profile: Profile | None, log: Path) -> Iterator[Up]:
        with ExitStack() as stack:
            try:
                up = stack.enter_context(place.start(profile, log))
            except CommandError as error:
                raise NotStarted(_reason("not started", str(error).partition("\n")[0])) from error
            yield up

    def note(profile: Profile | None) -> str:
        try:
            return place.note(profile)
        except CommandError as error:
            return str(error).partition("\n")[0]

    return place._replace(name=name, start=start, note=note)


def _of_client(client: Client, nodes: Sequence[str]) -> Place:
    @contextmanager
    def start(profile: Profile | None, log: Path) -> Iterator[Up]:
        server = OnServer(client, None, nodes)
        findings: tuple[str, ...] = ()
        if profile is not None:
            problem = other_flags(profile, server.host)
            if problem is not None:
                raise NotStarted(_reason("not started", _cannot_start(client.shown, problem)))
            if profile.environment:
                names = ", ".join(variable.name for variable in profile.environment)
                findings = (f"The environment of a server cannot be seen: {names} may be unset.",)
        if server.client.queue() != ((), ()):
            text = (
                f"{server.client.shown} is busy with the prompts of others. Wait until it is idle, then "
                "resume the bench with `--resume`."
            )
            raise NotStarted(_reason("shared card", text))
        yield Up(server, None, findings)

    def note(profile: Profile | None) -> str:
        host = host_of(client)  # also says at once that nobody answers
        problem = other_flags(profile, host) if profile is not None else None
        return _cannot_start(client.shown, problem) if problem is not None else ""

    return Place(client.shown, start, note=note)


def _cannot_start(shown: str, problem: str) -> str:
    return (
        f"{shown} was started with other flags: {problem}. Only an install of this machine can be started in "
        "a profile: use `--comfyui NAME`. Or start the server with the flags of the profile, then resume the "
        "bench with `--resume`."
    )


def other_flags(profile: Profile, host: Host) -> str | None:
    """How the flags of a running server differ from those of a profile; None where they are the same.

    What says where something is, or who may ask for it, changes no speed and does not count.
    """
    from wan22dsl.machine import command_line

    system = host.stats.get("system")
    system = system if isinstance(system, dict) else {}
    arguments, version = system.get("argv"), str(system.get("comfyui_version") or "")
    if not isinstance(arguments, list):
        return "it does not tell its flags"
    have = {
        flag.name: flag
        for flag in command_line.kept(arguments, version)
        if flag.name not in command_line.PLACES
    }
    want = {
        flag.name: command_line.KeptFlag(flag.name, flag.value)
        for flag in profile.flags
        if flag.value is not False and flag.name not in command_line.PLACES
    }
    wrong = [flag.in_words for name, flag in want.items() if have.get(name) != flag]
    extra = [flag.in_words for name, flag in have.items() if name not in want]
    parts = [
        f"`{profile.name}` has {', '.join(f'`{each}`' for each in wrong)}" if wrong else "",
        f"the server has {', '.join(f'`{each}`' for each in extra)}" if extra else "",
    ]
    return "; ".join(filter(None, parts)) or None


# --- simulated cards ---


def of_simulation(
    card: str,
    *,
    speed: float,
    faults: Sequence[str] = (),
    disturbances: Sequence[str] = (),
    nodes: Sequence[str] = (),
) -> Place:
    """A simulated card: each session is a fresh simulation. What happened to faults is kept over all.

    `disturbances` are in words, and stated with each session: its times are wrong on purpose.
    """
    from itertools import count

    from wan22dsl.graph.cost.cards import DEFAULT_CARD, card_named
    from wan22dsl.server.disturbances import parse
    from wan22dsl.server.faults import Faults

    known = card_named(card or DEFAULT_CARD)
    shared = Faults(faults)
    planted, sessions = parse(disturbances), count()
    findings = tuple(f"Disturbed on purpose: {' '.join(text.split())}." for text in disturbances)

    @contextmanager
    def start(profile: Profile | None, log: Path) -> Iterator[Up]:
        from wan22dsl.network import trust
        from wan22dsl.run.client import Client
        from wan22dsl.server.embedded import EmbeddedServer

        own = planted.of_session(next(sessions)) if planted is not None else None
        embedded = EmbeddedServer(card=known, speed=speed, disturbances=own)
        embedded.faults = shared
        with embedded:
            server = OnServer(Client(trust.with_login(embedded.url)), embedded, nodes)
            yield Up(server, 0.0, findings)

    return Place(f"simulated {known.name}", start, 0.0, known.name, _unknown, faults=shared)


#: Flags that say what is the default already: a simulation has the defaults of ComfyUI.
_DEFAULTS = frozenset(("--use-pytorch-cross-attention", "--normalvram", "--cuda-malloc"))


def _unknown(profile: Profile | None) -> tuple[str, ...]:
    """The flags and variables of a profile whose effect a simulation does not know."""
    from wan22dsl.comfyui.starting.flags import in_words
    from wan22dsl.machine.command_line import PLACES

    if profile is None:
        return ()
    unknown = [
        " ".join(in_words(flag, None))
        for flag in profile.flags
        if flag.value is not False and flag.name not in _DEFAULTS and flag.name not in PLACES
    ]
    return (*unknown, *(f"{each.name}={each.value}" for each in profile.environment))


def _reason(cause: Cause, text: str) -> Reason:
    from wan22dsl.bench.models import Reason

    return Reason(cause=cause, text=text)


def places_of(
    *,
    servers: Sequence[str],
    fleet: Fleet | None = None,
    installs: Sequence[Install],
    cards: Sequence[str],
    is_simulated: bool,
    speed: float,
    faults: Sequence[str],
    disturbances: Sequence[str] = (),
    nodes: Sequence[str],
    timeout_s: float,
    is_allowed: bool,
) -> tuple[Place, ...]:
    """The places that were named, each once. Raises CommandError."""
    found: list[Place] = []
    if is_simulated:
        found += [
            of_simulation(card, speed=speed, faults=faults, disturbances=disturbances, nodes=nodes)
            for card in cards or ("",)
        ]
    found += [
        of_install(install, nodes=nodes, timeout_s=timeout_s, is_allowed=is_allowed)
        for install in installs
    ]
    found += [of_server(url, nodes=nodes) for url in servers]
    found += of_fleet(fleet, nodes=nodes) if fleet is not None else []
    names = [place.name for place in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise CommandError(f"{twice} is named twice: name each place once")
    return tuple(found)
