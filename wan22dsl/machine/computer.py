"""The computer: its system, its processor and its memory, without its name and without those of people."""

from __future__ import annotations

import os
import platform
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_KIB = 1024

#: A limit of a control group that is no limit: the largest page-aligned number of the first version.
_NO_LIMIT = 2**62


class Computer(NamedTuple):
    """A computer. Empty or None: not known.

    `kernel` is the release alone. `container` names its kind. `memory_limit_bytes` is what the container may
    use, where that is less than the computer has.
    """

    os: str = ""
    kernel: str = ""
    architecture: str = ""
    is_wsl: bool = False
    container: str = ""
    processor: str = ""
    threads: int | None = None
    memory_bytes: int | None = None
    memory_limit_bytes: int | None = None
    swap_bytes: int | None = None
    memory_free_bytes: int | None = None
    swap_free_bytes: int | None = None


def read() -> Computer:
    """This computer."""
    kernel = platform.release()
    found = Computer(
        os=_os(),
        kernel=kernel,
        architecture=platform.machine().lower(),
        is_wsl=is_wsl(kernel),
        container=container(os.environ, disk.text_of("/proc/1/cgroup"), os.path.exists),
        processor=_processor(),
        threads=os.cpu_count(),
    )
    if sys.platform == "win32":
        return _with_memory_of_windows(found)
    if sys.platform == "darwin":
        return found._replace(memory_bytes=_pages("SC_PHYS_PAGES"))
    return with_memory(found, disk.text_of("/proc/meminfo"), _limit())


def is_wsl(kernel: str) -> bool:
    """Whether the kernel is that of the Windows Subsystem for Linux."""
    return "microsoft" in kernel.lower()


def container(environment: Mapping[str, str], cgroup: str, exists: object) -> str:
    """The kind of container that this process is in; empty where it is in none that can be seen."""
    assert callable(exists)
    if "KUBERNETES_SERVICE_HOST" in environment:
        return "kubernetes"
    if exists("/run/.containerenv"):
        return "podman"
    if exists("/.dockerenv"):
        return "docker"
    kinds = (("docker", "docker"), ("libpod", "podman"), ("kubepods", "kubernetes"), ("lxc", "lxc"))
    return next((kind for word, kind in kinds if word in cgroup), "")


def with_memory(computer: Computer, meminfo: str, limit_bytes: int | None) -> Computer:
    """The computer with what `/proc/meminfo` and its control group say."""
    sizes = {
        name: int(kib) * _KIB
        for name, kib in re.findall(r"^(\w+):\s+(\d{1,15}) kB$", meminfo, re.MULTILINE)
    }
    total = sizes.get("MemTotal")
    is_less = limit_bytes is not None and total is not None and limit_bytes < total
    return computer._replace(
        memory_bytes=total,
        memory_limit_bytes=limit_bytes if is_less else None,
        swap_bytes=sizes.get("SwapTotal"),
        memory_free_bytes=sizes.get("MemAvailable"),
        swap_free_bytes=sizes.get("SwapFree"),
    )


def _limit() -> int | None:
    places = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
    for place in places:
        text = disk.text_of(place).strip()
        if text.isascii() and text.isdecimal() and len(text) < 20:
            return int(text) if int(text) < _NO_LIMIT else None
    return None


def _os() -> str:
    if sys.platform == "win32":
        return f"Windows {platform.release()} {platform.version()}"
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]}"
    found = re.search(
        r'^PRETTY_NAME="?([^"\n]{1,80})', disk.text_of("/etc/os-release"), re.MULTILINE
    )
    return found[1] if found else platform.system()


def _processor() -> str:
    if sys.platform == "win32":
        return _processor_of_windows()
    found = re.search(r"^model name\s*:\s*(.{1,100})$", disk.text_of("/proc/cpuinfo"), re.MULTILINE)
    return found[1].strip() if found else platform.processor()


def _processor_of_windows() -> str:
    if sys.platform == "win32":
        import winreg

        place = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
        with suppress(OSError), winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, place) as key:
            return str(winreg.QueryValueEx(key, "ProcessorNameString")[0]).strip()[:100]
    return platform.processor()


def _with_memory_of_windows(computer: Computer) -> Computer:
    if sys.platform == "win32":
        import ctypes

        class Status(ctypes.Structure):
            """MEMORYSTATUSEX."""

            _fields_ = (
                ("length", ctypes.c_ulong),
                ("load", ctypes.c_ulong),
                *((name, ctypes.c_ulonglong) for name in _STATUS),
            )

        status = Status(length=ctypes.sizeof(Status))
        if ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
            # What Windows calls a page file here is the memory and the page files together.
            computer = computer._replace(
                memory_bytes=int(status.total),
                memory_free_bytes=int(status.free),
                swap_bytes=max(0, int(status.commit) - int(status.total)),
            )
    return computer


_STATUS = ("total", "free", "commit", "commit_free", "virtual", "virtual_free", "extended")


def _pages(name: str) -> int | None:
    try:
        return os.sysconf(name) * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None
