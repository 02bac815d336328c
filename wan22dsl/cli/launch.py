"""`wan launch`: ComfyUI, started as a profile says, and ended with everything that it started."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

from wan22dsl.cli import numbers, streams
from wan22dsl.cli.declare import ALLOW, Argument, Command, Option
from wan22dsl.errors import CommandError
from wan22dsl.launch.scripts import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from wan22dsl.comfyui.starting.profile import Profile
    from wan22dsl.launch.command import CommandLine
    from wan22dsl.launch.installs import Install
    from wan22dsl.launch.scripts import Recipe

PROFILES = Argument(
    "profiles", "PROFILE", "Profile, by its name or by its card (`RTX 4090`)", many=True
)
FILE = Option(
    "file", ("--file", "-f"), "`.wan` file with profiles (default: the library's)", "FILE"
)
COMFYUI = Option(
    "comfyui",
    ("--comfyui",),
    "Folder of ComfyUI, or an install of the configuration (default: WAN_COMFYUI, else your only one)",
    "DIR|NAME",
)
PYTHON = Option("python", ("--python",), "Python that runs ComfyUI (default: the install's)", "EXE")
PORT = Option(
    "port", ("--port",), "Port (default: the profile's, else 8188); 0 takes any free one", "PORT"
)
DRY_RUN = Option("dry_run", ("--dry-run",), "Print the command, and start nothing")
SCRIPT = Option(
    "script",
    ("--script",),
    "Write a launcher instead of starting ComfyUI",
    "KIND",
    choices=tuple(sorted(KINDS)),
)
NEEDS = Option(
    "needs",
    ("--needs",),
    "With `dockerfile` and `compose`: file whose packs and models to include; repeatable",
    "FILE",
    many=True,
    hidden=not any(kind.takes_many for kind in KINDS.values()),
)
OUTPUT = Option(
    "output", ("--output", "-o"), "With --script: file to write; `-` is standard output", "OUT",
    default="-",
)  # fmt: skip
TIMEOUT = Option(
    "timeout", ("--timeout",), "Seconds allowed for the start", "SECONDS", default="600"
)
GRACE = Option(
    "grace",
    ("--grace",),
    "Seconds allowed for ComfyUI to end before it is killed",
    "SECONDS",
    default="10",
)
LOG = Option("log", ("--log",), "File for all output of ComfyUI", "FILE")
QUIET = Option("quiet", ("--quiet", "-q"), "Do not show the output of ComfyUI")
JSON = Option("json", ("--json",), "Print events as JSON lines")


def run(
    profiles: list[str],
    file: str | None,
    comfyui: str | None,
    python: str | None,
    port: str | None,
    dry_run: bool,
    script: str | None,
    needs: list[str],
    output: str,
    timeout: str,
    grace: str,
    log: str | None,
    quiet: bool,
    json: bool,
    allow_project: bool,
) -> int:
    """Start ComfyUI from a profile, or write a launcher.

    First the profile is checked. ComfyUI is ready when it answers and lists its node classes; then the
    log of its start is compared with the profile. Ctrl-C, SIGTERM and closing the terminal stop it, with
    everything that it started.

    Exit codes: 0 ComfyUI ended by itself, without an error; 1 errors in the profile, or ComfyUI did not start
    or failed; 2 wrong command, no install, or the port is taken; 130 stopped.

    Examples: `wan launch "RTX 4090"`; `wan launch desktop --file launch.wan --comfyui ~/ComfyUI`;
    `wan launch "RTX 4090" --script bat -o start.bat`.
    """
    found = _judged(profiles, file, quiet, None if script is not None else os.cpu_count())
    if found is None:
        return 1
    if script is not None:
        return _write_script(
            script, found, comfyui, python, file, port, needs, output, allow_project
        )
    if len(found) > 1:
        raise CommandError("only one profile can be started", "`--script compose` takes several.")
    install = _install(comfyui, python, file, allow_project)
    if dry_run:
        from wan22dsl.launch import dry_run as shown

        streams.data(shown.text(_command(found[0], install, port, allow_project)))
        return 0
    return _start(
        found[0],
        install,
        _port(port),
        numbers.seconds(timeout, "--timeout", may_be_zero=True),
        numbers.seconds(grace, "--grace", may_be_zero=True),
        log,
        "json" if json else "quiet" if quiet else "people",
        allow_project,
    )


def _judged(
    names: Sequence[str], file: str | None, quiet: bool, cores: int | None
) -> list[Profile] | None:
    """The profiles, when what is wrong with them has been shown; None where one has errors.

    `cores` are those of this machine, where ComfyUI is to run on it.
    """
    from wan22dsl.api import profiles
    from wan22dsl.cli import files, show
    from wan22dsl.diagnostics import has_errors, in_order

    source = files.read(file) if file is not None else None
    found = [profiles.find(name, source, cores=cores) for name in names]
    findings = in_order(finding for each in found for finding in each.findings)
    shown = [finding for finding in findings if finding.is_error or not quiet]
    if shown:
        show.diagnostics(shown, sys.stderr)
        streams.tell("\n")
    if has_errors(findings):
        streams.say("nothing was started: the profile has errors")
        return None
    return [each.profile for each in found]


def _install(named: str | None, python: str | None, file: str | None, allowed: bool) -> Install:
    from wan22dsl.api.installs import install_of

    return install_of(named, python, file or "", is_allowed=allowed)


def _command(profile: Profile, install: Install, port: str | None, allowed: bool) -> CommandLine:
    """The command for showing or writing it. Raises CommandError as starting it would."""
    from wan22dsl.launch import profile_consent
    from wan22dsl.launch.command import command_line

    if not allowed:
        profile_consent.require(profile)
    return command_line(profile, install, _port(port) or None)


def _write_script(
    kind: str,
    found: list[Profile],
    comfyui: str | None,
    python: str | None,
    file: str | None,
    port: str | None,
    needs: list[str],
    output: str,
    allowed: bool,
) -> int:
    from pathlib import Path

    from wan22dsl import disk
    from wan22dsl.launch import scripts

    about = KINDS[kind]
    if len(found) > 1 and not about.takes_many:
        raise CommandError(f"--script {kind} takes one profile")
    if needs and not about.takes_many:
        raise CommandError(f"--script {kind} starts an install: --needs is for a container")
    install = _install(comfyui, python, file, allowed) if about.has_install else None
    command = _command(found[0], install, port, allowed) if install is not None else None
    recipe = _recipe(found, install, command, list(map(Path, needs)))
    if output != "-":
        recipe = recipe._replace(folder=Path(output).absolute().parent)
    data = scripts.write(kind, recipe)
    if output == "-":
        streams.data(data.decode("utf-8-sig"))
        return 0
    disk.write(output, data)
    if kind == "sh" and os.name != "nt":
        path = Path(output)
        path.chmod(path.stat().st_mode | 0o111)
    return 0


def _recipe(
    found: list[Profile], install: Install | None, command: CommandLine | None, needs: list[Path]
) -> Recipe:
    """What a launcher is written from. Raises CommandError where a file that is needed has errors."""
    from wan22dsl import __version__
    from wan22dsl.launch.scripts import Recipe

    recipe = Recipe(tuple(found), install, command, version=__version__)
    if not needs:
        return recipe
    from wan22dsl.api.needed import needed
    from wan22dsl.cli import show

    all_of_it = needed(needs)
    if all_of_it.diagnostics:
        show.diagnostics(all_of_it.diagnostics, sys.stderr)
        raise CommandError("nothing was written: a pipeline that is needed has errors")
    return recipe._replace(
        pipelines=tuple(needs),
        packs=all_of_it.packs,
        unknown_classes=all_of_it.unknown_classes,
        models=all_of_it.models,
    )


def _start(
    profile: Profile,
    install: Install,
    port: int | None,
    timeout_s: float,
    grace_s: float,
    log: str | None,
    form: str,
    allowed: bool,
) -> int:
    from wan22dsl import disk
    from wan22dsl.cli.launch_output import Shown
    from wan22dsl.cli.stopping import stoppable
    from wan22dsl.launch.failures import StartFailed
    from wan22dsl.launch.running import signal_of, start

    shown = Shown(form, profile, install)
    with ExitStack() as stack:
        stack.enter_context(stoppable())
        copy = stack.enter_context(disk.growing(log)) if log is not None else None
        try:
            running = start(
                profile,
                install,
                port=port,
                timeout_s=timeout_s,
                grace_s=grace_s,
                tell=shown.line,
                began=shown.began,
                log=copy,
                is_allowed=allowed,
            )
        except StartFailed as error:
            shown.failed(error)
            return 1
        except KeyboardInterrupt as error:
            shown.stopped(str(error), None)
            raise
        try:
            shown.ready(running)
            code = running.wait()
        except KeyboardInterrupt as error:
            ended = running.stop(signal_of(error), grace_s)
            shown.stopped(str(error), ended)
            raise
        finally:
            ended = running.stop(grace_s=grace_s)
        shown.ended(ended)
        return 0 if code == 0 else 1


def _port(text: str | None) -> int | None:
    if text is None:
        return None
    if text.isascii() and text.isdecimal() and len(text) < 6 and int(text) <= 65_535:
        return int(text)
    raise CommandError(f"--port takes a number from 0 to 65535, not `{text}`")


COMMAND = Command(
    run,
    (
        PROFILES, FILE, COMFYUI, PYTHON, PORT, DRY_RUN, SCRIPT, NEEDS, OUTPUT, TIMEOUT, GRACE, LOG,
        QUIET, JSON, ALLOW,
    ),
)  # fmt: skip
