"""Why a ComfyUI did not start, in one message: what is wrong, the lines that say so, and what to do."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING

from wan22dsl.comfyui.log.lines import lines_of
from wan22dsl.errors import WanError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.launch.command import CommandLine
    from wan22dsl.launch.installs import Install


class StartFailed(WanError):
    """ComfyUI has not started. `reason` is what is wrong, `help` what to do, `lines` the log's last ones."""

    def __init__(self, reason: str, help: str, lines: Sequence[str]) -> None:
        super().__init__(reason, *(f"  {line}" for line in lines), *([help] if help else []))
        self.reason, self.help, self.lines = reason, help, tuple(lines)


class _Cause(NamedTuple):
    """A line that says why, what that means, and what to do about it."""

    pattern: str
    reason: str
    help: str


#: Causes, the most telling first. `{1}` is a group of the pattern; {python}, {folder} and {port} are known.
_CAUSES = (
    _Cause(
        r"main\.py: error: unrecognized arguments: (.+)",
        "this ComfyUI does not know {1}",
        "Remove the flag, or start another version. With `comfyui` in the profile, flags are checked before.",
    ),
    _Cause(
        r"main\.py: error: (.+)",
        "ComfyUI rejects its command line: {1}",
        "Correct the flags of the profile, or `arguments` of the install.",
    ),
    _Cause(
        r"To use the `(--\S+)` feature, the `(\S+)` package must be installed first\.",
        "{1} needs the Python package {2}, which this install lacks",
        "Install a build for its torch and the card ({python} -m pip install {2}), or remove the flag.",
    ),
    _Cause(
        r".*no kernel image is available.*",
        "this PyTorch has no code for this card",
        "Install a PyTorch for a newer CUDA: the RTX 50 series needs CUDA 12.8 or newer (cu128).",
    ),
    _Cause(
        r".*Torch not compiled with CUDA enabled.*",
        "this PyTorch is a build without CUDA",
        "Install the CUDA build of PyTorch into this Python: see the README of ComfyUI.",
    ),
    _Cause(
        r".*(?:Found no NVIDIA driver|No CUDA GPUs are available|NVIDIA driver on your system is too old).*",
        "PyTorch finds no NVIDIA card that it can use",
        "Check `nvidia-smi` and CUDA_VISIBLE_DEVICES, update the driver, or start with `cpu = true`.",
    ),
    _Cause(
        r".*(?:CUDA out of memory|OutOfMemoryError).*",
        "the card has too little free memory",
        "Close other programs on the card; `nvidia-smi` lists them.",
    ),
    _Cause(
        r".*(?:CUDA error|CUDA driver error|cudaError).*",
        "CUDA fails",
        "Restart the machine or the driver; if it stays, start without the allocator flags of the profile.",
    ),
    _Cause(
        r".*(?:\[Errno (?:48|98)\]|\[WinError 10048\]|address already in use).*",
        "port {port} is taken by another program",
        "Stop that program, or choose another port with --port.",
    ),
    _Cause(
        r".*\[(?:Errno 13|WinError 10013)\].*(?:bind|address).*",
        "the system does not let ComfyUI listen on port {port}",
        "Choose another port with --port.",
    ),
    _Cause(
        r".*\[Errno 28\].*|.*No space left on device.*",
        "the disk is full",
        "Free some space where ComfyUI and its temporary files are.",
    ),
    _Cause(
        r"ModuleNotFoundError: No module named '([^']+)'",
        "this Python lacks the package {1}",
        "Use {python} -m pip install -r {folder}/requirements.txt. If you start ComfyUI with another Python, "
        "name that one: --python EXE.",
    ),
    _Cause(
        r"ImportError: (.+)",
        "a Python package of this install is broken: {1}",
        "Install it again, in the version of {folder}/requirements.txt.",
    ),
    _Cause(
        r".*(?:PermissionError|\[Errno 13\]|\[WinError 5\]).*",
        "ComfyUI may not write or read a file",
        "Check who owns the folder; a service often runs as another user.",
    ),
    _Cause(
        r"SyntaxError: (.+)",
        "this Python is too old for ComfyUI, or a file is damaged: {1}",
        "Use Python 3.10 or newer; {python} --version says what this is.",
    ),
    _Cause(
        r".*can't open file .*main\.py.*",
        "this Python cannot open main.py",
        "Check --comfyui and --python.",
    ),
)
_COMPILED = [(re.compile(cause.pattern), cause) for cause in _CAUSES]

#: Ends that come from outside, by their number.
_SIGNALS = {
    9: ("was killed", "Usually memory ran out: look at `dmesg`, close programs, or add swap."),
    11: (
        "crashed",
        "Usually a package does not fit torch: remove the flags for attention, then the packs.",
    ),
    6: (
        "aborted",
        "Usually a package does not fit torch: remove the flags for attention, then the packs.",
    ),
    4: ("has an instruction that this processor lacks", "Install a PyTorch for this processor."),
}

#: Ends of Windows, as unsigned numbers (ntstatus.h).
_WINDOWS = {
    0xC0000005: ("crashed", _SIGNALS[11][1]),
    0xC0000135: ("lacks a DLL", "Install the Microsoft Visual C++ Redistributable."),
    0xC0000142: ("could not load a DLL", "Install the Microsoft Visual C++ Redistributable."),
    0xC000013A: ("was stopped with Ctrl-C", ""),
}

#: So many lines of the log are shown, and so wide.
_MOST_LINES, _MOST_WIDTH = 12, 300


def ended(code: int, lines: Sequence[str], install: Install, command: CommandLine) -> StartFailed:
    """Why a process has ended before it was ready."""
    plain = list(lines_of(lines))
    known = {"python": install.python, "folder": install.folder, "port": str(command.port)}
    for line, cause, match in _causes(plain):
        groups = ["", *(group or "" for group in match.groups())]
        return StartFailed(
            f"ComfyUI did not start: {cause.reason.format(*groups, **known)}",
            cause.help.format(*groups, **known),
            _around(plain, line),
        )
    end, help = _how(code)
    if not plain:
        help = "It wrote nothing. Run the command that --dry-run prints in a terminal."
    return StartFailed(f"ComfyUI did not start: it {end}", help, _last(plain))


def _causes(lines: Sequence[str]) -> Iterator[tuple[int, _Cause, re.Match[str]]]:
    """The causes in the last lines. A pack that fails to load has a traceback too, but does not end anything,
    so the cause is looked for behind the last sign that the start went on."""
    begin = max((i for i, line in enumerate(lines) if _WENT_ON.search(line)), default=-1) + 1
    for pattern, cause in _COMPILED:
        for number in range(len(lines) - 1, begin - 1, -1):
            match = pattern.fullmatch(lines[number])
            if match is not None:
                yield number, cause, match


_WENT_ON = re.compile(
    r"Import times for custom nodes:|seconds(?: \(IMPORT FAILED\))?: .+|Cannot import .+ for custom nodes"
)


def how(code: int) -> str:
    """How a process has ended, from its exit code."""
    return _how(code)[0]


def _how(code: int) -> tuple[str, str]:
    if code < 0:
        name = next((item.name for item in signal.Signals if item == -code), f"signal {-code}")
        end, help = _SIGNALS.get(-code, ("was stopped", ""))
        return f"{end} ({name})", help
    if code & 0xFFFFFFFF in _WINDOWS:
        end, help = _WINDOWS[code & 0xFFFFFFFF]
        return f"{end} (0x{code & 0xFFFFFFFF:08X})", help
    return (
        f"ended with exit code {code}",
        "The lines above are the last of its log; --log FILE keeps all.",
    )


def cannot_start(error: OSError, install: Install) -> StartFailed:
    """Why not even the Python has started."""
    from wan22dsl.disk import reason

    missing_interpreter = isinstance(error, FileNotFoundError)
    help = (
        "The program or what it is a link to is missing: make the virtual environment again, or use --python."
        if missing_interpreter
        else "Name a Python that this machine can run: --python EXE."
    )
    return StartFailed(f"{install.python} could not be started: {reason(error)}", help, [])


_PACK = re.compile(r'File "(.*?[\\/]custom_nodes[\\/])([^"\\/]+)[^"]*", line (\d+) in (\S+)')


def too_slow(seconds: float, reason: str, lines: Sequence[str], dump: Sequence[str]) -> StartFailed:
    """Why a process that still runs is not ready. `dump` has the stacks of its threads, if they are known."""
    plain = list(lines_of(lines))
    slow = f"ComfyUI was not ready after {seconds:g} seconds"
    match = _waits_in(dump)
    if match is None:
        help = "Raise the limit with --timeout, or start without packs: `disable_all_custom_nodes = true`."
        return StartFailed(f"{slow}: {reason}", help, _last(plain))
    help = (
        f"It waits in {match[4]}, line {match[3]}. Remove or update the pack, or raise --timeout."
    )
    return StartFailed(f"{slow}: the node pack {match[2]} does not return", help, _last(plain))


def _waits_in(dump: Sequence[str]) -> re.Match[str] | None:
    """The frame of a pack in which the thread that imports the packs waits, which is the one of main.py.

    The frames of a thread come innermost first.
    """
    found: re.Match[str] | None = None
    for line in dump:
        if _THREAD.match(line):
            found = None
        found = found or _PACK.search(line)
        if _MAIN.search(line):
            return found
    return None


_THREAD = re.compile(r"(?:Current thread|Thread) 0x")
_MAIN = re.compile(r'File "[^"]*main\.py", line \d+ in <module>')


def _last(lines: Sequence[str]) -> list[str]:
    return [line[:_MOST_WIDTH] for line in lines[-_MOST_LINES:]]


def _around(lines: Sequence[str], number: int) -> list[str]:
    """The line that says why, and what leads to it; before a rejected command line comes only its usage."""
    begin = number if "main.py: error:" in lines[number] else max(0, number - 5)
    return [line[:_MOST_WIDTH] for line in lines[begin : number + 2]]
