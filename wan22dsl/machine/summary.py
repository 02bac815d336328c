"""A snapshot for people: what matters of it, on less than a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.machine import effects
from wan22dsl.machine.command_line import KeptFlag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wan22dsl.machine.snapshot import Snapshot

_GIB = 1024**3
_MOST_NAMES = 6


def lines(snapshot: Snapshot) -> list[str]:
    """One line for each part, then what could not be seen, with the reason."""
    named = rows(snapshot)
    width = max(len(name) for name, _ in named)
    found = [f"{name:<{width}}  {text}" for name, text in named]
    missing = not_seen(snapshot)
    return [*found, "not seen", *(f"  {line}" for line in missing)] if missing else found


def rows(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Each part that is known, by its name."""
    return [row for row in _rows(snapshot) if row[1]]


def not_seen(snapshot: Snapshot) -> list[str]:
    """What could not be seen: a line for each reason."""
    reasons: dict[str, list[str]] = {}
    for part, reason in snapshot.missing.items():
        reasons.setdefault(reason, []).append(part)
    return [f"{', '.join(parts)}: {reason}" for reason, parts in reasons.items()]


def _rows(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    data = snapshot.data
    yield (
        "snapshot",
        snapshot.digest[:16] + (", of a simulated server" if data["simulated"] else ""),
    )
    yield "ComfyUI", _comfyui(data["comfyui"] or {})
    yield "flags", _flags(data["flags"])
    yield "started with", _started(data["started"] or {})
    yield "Python", _python(data["python"] or {})
    yield "packs", _packs(data["packs"])
    for card in data["cards"] or ():
        yield "card", _card(card)
    for device in data["devices"] or () if data["cards"] is None else ():
        yield "device", f"{device['name']}{_size(', ', device['memory_bytes'])}"
    driver = data["driver"]
    yield "driver", f"{driver['version']}, CUDA up to {driver['cuda']}" if driver else ""
    yield "computer", _computer(data["computer"] or {})
    yield (
        "environment",
        " ".join(f"{key}={text}" for key, text in (data["environment"] or {}).items()),
    )
    yield "models", _models(data["models"], data["model_disks"])


def _comfyui(about: Mapping[str, Any]) -> str:
    commit = about.get("commit")
    changed = ", with changed files" if about.get("dirty") else ""
    return str(about.get("version", "")) + (f", commit {commit[:12]}{changed}" if commit else "")


def _flags(flags: list[Any] | None) -> str:
    if flags is None:
        return ""
    kept = (KeptFlag(flag["name"], _value(flag["value"])) for flag in flags)
    return "  ".join(flag.in_words for flag in kept) or "none"


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _started(about: Mapping[str, Any]) -> str:
    parts = []
    if about.get("attention"):
        parts.append(f"{about['attention']} attention")
    if about.get("dynamic_vram"):
        parts.append("DynamicVRAM")
    elif about and about["whole"]:
        parts.append("no DynamicVRAM")
    parts += [str(about[key]) for key in ("allocator", "vram_state") if about.get(key)]
    if about.get("fp16_accumulation"):
        parts.append("fp16 accumulation")
    if about.get("failed_packs"):
        parts.append(f"packs that failed: {_names(about['failed_packs'])}")
    return ", ".join(parts)


def _python(about: Mapping[str, Any]) -> str:
    packages = about.get("packages") or {}
    parts = [str(about["version"])] if about.get("version") else []
    parts += [f"torch {about['torch']}"] if about.get("torch") else []
    of_attention = (name for name in packages if effects.of_package(name) is effects.ATTENTION)
    parts += [
        f"{name} {packages[name]}"
        for name in (*of_attention, "triton", "comfy-aimdo")
        if name in packages
    ]
    parts += [f"{len(packages)} packages"] if about.get("freeze_sha256") else []
    return ", ".join(parts)


def _packs(packs: list[Any] | None) -> str:
    if packs is None:
        return ""
    return f"{len(packs)}: {_names([pack['name'] for pack in packs])}" if packs else "none"


def _names(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more


def _card(card: Mapping[str, Any]) -> str:
    parts = [card["name"] + _size(", ", card.get("memory_bytes"))]
    generation, width = card.get("pcie_generation_max"), card.get("pcie_width_max")
    if generation and width:
        parts.append(f"PCIe {generation}.0 x{width}")
    limit, default = card.get("power_limit_w"), card.get("power_limit_default_w")
    if limit is not None:
        parts.append(
            f"{limit:g} W" + (f" of {default:g} W" if default not in (None, limit) else "")
        )
    parts += [name for name, key in (("MIG", "mig"), ("ECC", "ecc")) if card.get(key)]
    parts += [card["driver_model"]] if card.get("driver_model") else []
    return ", ".join(parts)


def _computer(about: Mapping[str, Any]) -> str:
    parts = [str(about[key]) for key in ("os", "processor") if about.get(key)]
    parts += ["WSL"] if about.get("is_wsl") else []
    parts += [f"in {about['container']}"] if about.get("container") else []
    parts += (
        [f"{about['memory_bytes'] / _GIB:.0f} GiB of memory"] if about.get("memory_bytes") else []
    )
    if about.get("memory_limit_bytes"):
        parts.append(f"of which {about['memory_limit_bytes'] / _GIB:.0f} GiB may be used")
    if about.get("swap_bytes") is not None:
        parts.append(
            f"{about['swap_bytes'] / _GIB:.0f} GiB of swap" if about["swap_bytes"] else "no swap"
        )
    return ", ".join(parts)


def _models(models: list[Any] | None, disks: list[str] | None) -> str:
    if models is None:
        return ""
    total = sum(file["size_bytes"] or 0 for file in models)
    where = f", on {' and '.join(disks)}" if disks and disks != ["unknown"] else ""
    return f"{len(models)} files{_size(', ', total)}{where}"


def _size(before: str, size_bytes: int | None) -> str:
    return f"{before}{size_bytes / _GIB:.1f} GiB" if size_bytes else ""
