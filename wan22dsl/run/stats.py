"""What `/system_stats` says of a server, whatever was sent in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def system_of(stats: Mapping[str, Any]) -> Mapping[str, Any]:
    """Its versions and its command line; empty where it does not say them."""
    found = stats.get("system")
    return found if isinstance(found, dict) else {}


def device_of(stats: Mapping[str, Any]) -> Mapping[str, Any]:
    """Its first card, or the CPU; empty where it does not say it."""
    devices = stats.get("devices")
    first = devices[0] if isinstance(devices, list) and devices else None
    return first if isinstance(first, dict) else {}
