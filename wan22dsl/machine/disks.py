"""What kind of disk a folder is on, and how much of it is free."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl import disk

if TYPE_CHECKING:
    from collections.abc import Iterable

#: File system → kind, where the system of files says it all.
_BY_SYSTEM = {
    **dict.fromkeys(
        ("nfs", "nfs4", "cifs", "smb3", "smbfs", "ceph", "lustre", "glusterfs"), "network"
    ),
    **dict.fromkeys(("fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.juicefs"), "network"),
    **dict.fromkeys(("9p", "drvfs"), "Windows drive"),
    **dict.fromkeys(("tmpfs", "ramfs"), "memory"),
}


def kind_of(folder: Path) -> str:
    """What a folder is on; empty where that is not known.

    `nvme`, `ssd`, `hard disk`, `virtual disk`, `network`, `Windows drive` (through WSL) or `memory`.
    """
    if not sys.platform.startswith("linux"):
        return ""
    try:
        device = folder.stat().st_dev
        real = str(folder.resolve())
    except OSError:
        return ""
    mounts = disk.text_of("/proc/self/mountinfo").splitlines()
    return kind_by_system(mounts, real) or _by_device(os.major(device), os.minor(device))


def kind_by_system(mounts: Iterable[str], folder: str) -> str:
    """The kind by the file system that is mounted at or above a folder, by the lines of `mountinfo`."""
    found = ("", "")
    for line in mounts:
        fields, _, more = line.partition(" - ")
        parts = fields.split(" ")
        if len(parts) < 5 or not more:
            continue
        place = re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), parts[4])
        if disk.is_within(folder, place) and len(place) >= len(found[0]):
            found = (place, more.split(" ")[0])
    return _BY_SYSTEM.get(found[1], "")


def _by_device(major: int, minor: int) -> str:
    try:
        place = Path(f"/sys/dev/block/{major}:{minor}").resolve()
    except OSError:
        return ""
    # A partition is below its disk.
    for level in (place, place.parent):
        rotates = disk.text_of(str(level / "queue" / "rotational")).strip()
        if rotates:
            return kind_by_device(level.name, rotates == "1")
    return ""


def kind_by_device(name: str, rotates: bool) -> str:
    """The kind by the name of the device. What a virtual disk says of rotating is not about any disk."""
    if name.startswith(("vd", "xvd")):
        return "virtual disk"
    if rotates:
        return "hard disk"
    return "nvme" if name.startswith("nvme") else "ssd"


def free_bytes(folder: Path) -> int | None:
    """The free space where a folder is."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
