"""A record for people: a table of passes, and what came of the run. Reads records as they are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_GIB = 1024**3


def lines(record: Mapping[str, Any]) -> Iterator[str]:
    """The whole account of a run."""
    yield from _head(record)
    timing = record.get("timing")
    if timing:
        yield ""
        yield from _times(timing)
        yield ""
        yield from _totals(timing, record)
    yield from _ratings(record)
    yield from _card(record)
    if len(record["attempts"]) > 1:
        yield ""
        for one in record["attempts"]:
            after = f" after: {one['after']}" if one["after"] else ""
            why = f" ({one['reason']})" if one["reason"] else ""
            yield f"try {one['number']}{after}: {one['how']}{why}"
    if record["outputs"] or record["left_on_server"]:
        yield ""
    for one in record["outputs"]:
        mark = " (simulated)" if record["simulated"] else ""
        yield f"output  {one['path']}  {_size(one['size_bytes'])}{mark}"
    if record["left_on_server"]:
        yield f"left in the server's output folder: {', '.join(record['left_on_server'])}"


def _head(record: Mapping[str, Any]) -> Iterator[str]:
    server = record["server"]
    device = server["devices"][0]["name"] if server["devices"] else "no device named"
    speed = f", {record['speed']:g} times as long as it took" if record["speed"] != 1 else ""
    mark = f"SIMULATED: no model was run; the times are reckoned for a card{speed}\n"
    yield (
        f"{mark if record['simulated'] else ''}"
        f"{record['source']['pipeline']} ({record['source']['file']}): {record['result']}"
    )
    yield f"{server['address']}, ComfyUI {server['comfyui'] or 'of unknown version'}, {device}"


def _times(timing: Mapping[str, Any]) -> Iterator[str]:
    rows = [["", "load", "sampling", "steps", "a step", "decode", "rest", "total", "peak", ""]]
    for one in timing["passes"]:
        steps = one["steps_s"]
        usual = f"{sorted(steps)[len(steps) // 2]:.2f}" if steps else "-"
        memory = one.get("memory")
        rows.append(
            [
                one["name"],
                *(f"{one[name]:.2f}" for name in ("load_s", "sampling_s")),
                str(len(steps)),
                usual,
                *(f"{one[name]:.2f}" for name in ("decode_s", "rest_s", "total_s")),
                _size(memory["peak_bytes"]) if memory else "-",
                _state(one),
            ]
        )
    for one in timing["stages"]:
        state = "cached" if one["cached"] else ""
        rows.append([one["name"], *["-"] * 6, f"{one['seconds']:.2f}", "-", state])
    return iter(_aligned(rows))


def _state(one: Mapping[str, Any]) -> str:
    if one["cached"]:
        return "cached: says nothing about speed"
    words = ["cold" if one["cold"] else "warm"]
    if one["cached_nodes"]:
        words.append(f"{one['cached_nodes']} nodes cached")
    if not one["complete"]:
        words.append("seen in part")
    return ", ".join(words)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    found = []
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1])]
        found.append("  ".join([*cells, row[-1]]).rstrip())
    return found


def _totals(timing: Mapping[str, Any], record: Mapping[str, Any]) -> Iterator[str]:
    parts = [f"total {timing['total_s']:.2f} s by the server's clock"]
    if timing["queue_s"] >= 0.05:
        parts.append(f"before that {timing['queue_s']:.2f} s in the queue")
    if timing["between_s"]:
        parts.append(f"{timing['between_s']:.2f} s of it between the parts")
    if timing["server_s"] >= 0.005:
        parts.append(f"{timing['server_s']:.2f} s of it the server's own")
    yield "; ".join(parts)
    first = [one for one in timing["passes"] if not one["cached"]]
    if len(first) == 2:
        apart = first[1]["total_s"] - first[0]["total_s"]
        word = "more" if apart >= 0 else "less"
        names = first[1]["name"], first[0]["name"]
        yield f"{names[0]} took {abs(apart):.2f} s {word} than {names[1]}" + _apart(first)
    if not timing["complete"]:
        yield "the connection broke meanwhile: times of single nodes are not exact, the total is"
    if record.get("seed_shift"):
        yield f"seeds raised by {record['seed_shift']}, so that nothing comes from the cache"


def _apart(passes: Sequence[Mapping[str, Any]]) -> str:
    peaks = [one["memory"]["peak_bytes"] for one in passes if one.get("memory")]
    if len(peaks) != 2:
        return ""
    apart = peaks[1] - peaks[0]
    return f" and took {_size(abs(apart))} {'more' if apart >= 0 else 'less'} memory at its peak"


def _ratings(record: Mapping[str, Any]) -> Iterator[str]:
    if record["ratings"]:
        yield ""
    for one in record["ratings"]:
        note = f" ({one['note']})" if one["note"] else ""
        yield f"{one['what']}: {one['seconds']:.1f} s, {one['verdict']}{note}; target {one['target']}"


def _card(record: Mapping[str, Any]) -> Iterator[str]:
    memory = record["memory"]
    if memory.get("note"):
        yield ""
        yield f"memory: {memory['note']}"
    if "peak_bytes" not in memory:
        return
    told = [f"peak {_size(memory['peak_bytes'])}"]
    if memory.get("total_bytes"):
        told[0] += f" of {_size(memory['total_bytes'])}"
    for name, unit in (
        ("utilisation_percent", "% busy"),
        ("temperature_c", " °C"),
        ("power_w", " W"),
        ("clock_mhz", " MHz at the least"),
    ):
        if memory.get(name) is not None:
            told.append(f"{memory[name]:.0f}{unit}")
    if memory.get("others_bytes"):
        told.append(f"other programs {_size(memory['others_bytes'])}")
    yield ""
    yield "card: " + ", ".join(told)


def _size(size_bytes: int) -> str:
    if size_bytes >= _GIB:
        return f"{size_bytes / _GIB:.1f} GiB"
    if size_bytes >= 1024**2:
        return f"{size_bytes / 1024**2:.1f} MiB"
    return f"{size_bytes / 1024:.0f} KiB"


def listing(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """One line for each record."""
    rows = [["id", "result", "total", "passes", "card", ""]]
    for one in records:
        timing = one.get("timing") or {}
        passes = " + ".join(f"{own['total_s']:.1f}" for own in timing.get("passes", ()))
        devices = one["server"]["devices"]
        total = f"{timing['total_s']:.1f} s" if timing else "-"
        notes = ["simulated"] if one["simulated"] else []
        notes += ["cached"] if timing.get("all_cached") else []
        name = devices[0]["name"][:32] if devices else "-"
        rows.append([one["id"], one["result"], total, passes or "-", name, ", ".join(notes)])
    return _aligned(rows)


def comparison(left: Mapping[str, Any], right: Mapping[str, Any]) -> Iterator[str]:
    """Two records side by side: what differs in them, and in their times."""
    yield f"A  {left['id']}{'  simulated' if left['simulated'] else ''}"
    yield f"B  {right['id']}{'  simulated' if right['simulated'] else ''}"
    if left["simulated"] != right["simulated"]:
        yield "one of them is simulated: their times cannot be compared"
    yield ""
    yield from _differences(left, right)
    rows = [["", "A", "B", "B - A", ""]]
    for name, one, other in _pairs(left, right):
        apart = f"{other - one:+.2f}" if one is not None and other is not None else "-"
        share = f"{(other - one) / one:+.0%}" if one and other is not None else ""
        rows.append([name, _seconds(one), _seconds(other), apart, share])
    yield from _aligned(rows)


def _seconds(value: float | None) -> str:
    return f"{value:.2f}" if value is not None else "-"


def _differences(left: Mapping[str, Any], right: Mapping[str, Any]) -> Iterator[str]:
    for what, one, other in (
        ("source", left["source"]["sha256"][:12], right["source"]["sha256"][:12]),
        ("prompt", left["prompt"]["sha256"][:12], right["prompt"]["sha256"][:12]),
        ("parameters", left["parameters"], right["parameters"]),
        ("wan22dsl", left["wan22dsl"], right["wan22dsl"]),
        *(
            (key, left["server"][key], right["server"][key])
            for key in ("comfyui", "pytorch", "python", "arguments", "devices")
        ),
    ):
        if one != other:
            yield f"{what}: {one} | {other}"


def _pairs(
    left: Mapping[str, Any], right: Mapping[str, Any]
) -> Iterator[tuple[str, float | None, float | None]]:
    found = [_numbers(one.get("timing") or {}) for one in (left, right)]
    for name in {**found[0], **found[1]}:
        yield name, found[0].get(name), found[1].get(name)


def _numbers(timing: Mapping[str, Any]) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in timing.get("passes", ()):
        if one["cached"]:
            continue
        for part in ("load_s", "sampling_s", "decode_s", "rest_s", "total_s"):
            found[f"{one['name']} {part.removesuffix('_s')}"] = one[part]
        if one["steps_s"]:
            steps = sorted(one["steps_s"])
            found[f"{one['name']} a step"] = steps[len(steps) // 2]
    for one in timing.get("stages", ()):
        if not one["cached"]:
            found[one["name"]] = one["seconds"]
    if "total_s" in timing and not timing["all_cached"]:
        found["total"] = timing["total_s"]
    return found
