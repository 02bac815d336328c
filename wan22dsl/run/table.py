"""A record for people: a table of passes, and what came of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from wan22dsl.run.models.record import Rating, RunRecord
    from wan22dsl.run.models.timing import Pass, Timing

_GIB = 1024**3


def lines(record: RunRecord) -> Iterator[str]:
    """The whole account of a run."""
    yield from _head(record)
    if record.timing is not None:
        yield ""
        yield from _times(record.timing)
        yield ""
        yield from _totals(record.timing, record)
    yield from _ratings(record)
    yield from _card(record)
    if len(record.attempts) > 1:
        yield ""
        for one in record.attempts:
            after = f" after: {one.after}" if one.after else ""
            why = f" ({one.reason})" if one.reason else ""
            yield f"try {one.number}{after}: {one.how}{why}"
    if (
        record.outputs
        or record.left_on_server
        or record.not_fetched
        or record.result == "unfinished"
    ):
        yield ""
    for file in record.outputs:
        mark = " (simulated)" if record.simulated else ""
        yield f"output  {file.path}  {size(file.size_bytes)}{mark}"
    if record.not_fetched:
        named = ", ".join(one.path for one in record.not_fetched[:5])
        more = ", …" if len(record.not_fetched) > 5 else ""
        yield f"not fetched: {named}{more}; `wan runs fetch {record.id}` gets what the server has"
    elif record.result == "unfinished":
        yield f"not ended when this was written; `wan runs fetch {record.id}` asks the server"
    if record.left_on_server:
        yield f"left in the server's output folder: {', '.join(record.left_on_server)}"


def _head(record: RunRecord) -> Iterator[str]:
    server = record.server
    device = server.devices[0].name if server.devices else "no device named"
    if record.simulated:
        yield f"SIMULATED: no model was run; times are estimates for {_card_name(device)}"
    yield f"{record.source.pipeline} ({record.source.file}): {record.result}"
    yield f"{server.address}, ComfyUI {server.comfyui or 'of unknown version'}, {device}"


def _card_name(device: str) -> str:
    """`cuda:0 NVIDIA RTX 5090 (simulated)` as people call it."""
    name = device.removeprefix("cuda:0 ").removesuffix(" (simulated)").removeprefix("NVIDIA ")
    return f"the {name}" if name else "a card"


def _times(timing: Timing) -> list[str]:
    rows = [["", "load", "sampling", "steps", "a step", "decode", "rest", "total", "peak", ""]]
    for one in timing.passes:
        if not (one.total_s or one.cached or one.cached_nodes):
            rows.append([one.name, *["-"] * 8, "not run"])
            continue
        steps = one.steps_s
        rows.append(
            [
                one.name,
                f"{one.load_s:.2f}",
                f"{one.sampling_s:.2f}",
                str(len(steps)),
                f"{sorted(steps)[len(steps) // 2]:.2f}" if steps else "-",
                *(f"{seconds:.2f}" for seconds in (one.decode_s, one.rest_s, one.total_s)),
                size(one.memory.peak_bytes) if one.memory is not None else "-",
                _state(one),
            ]
        )
    for stage in timing.stages:
        state = "cached" if stage.cached else ""
        took = f"{stage.seconds:.2f}"
        if not stage.seconds and not stage.cached:
            took, state = "-", "not run"
        rows.append([stage.name, *["-"] * 6, took, "-", state])
    return aligned(rows)


def _state(one: Pass) -> str:
    if one.cached:
        return "cached: says nothing about speed"
    words = ["cold" if one.cold else "warm"]
    if one.finished is False:
        done = len(one.steps_s)
        words.append(f"ended after step {done}" if done else "ended before its first step")
    if one.cached_nodes:
        words.append(f"{one.cached_nodes} nodes cached")
    if not one.complete and one.finished is not False:
        words.append("seen in part")
    return ", ".join(words)


def aligned(rows: Sequence[Sequence[str]], texts: Collection[int] = ()) -> list[str]:
    """Rows as lines: the first and the last column, and `texts`, to the left; numbers to the right."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    found = []
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [
            cell.ljust(width) if column in texts else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row[:-1], widths))
            if column
        ]
        found.append("  ".join([*cells, row[-1]]).rstrip())
    return found


def _totals(timing: Timing, record: RunRecord) -> Iterator[str]:
    until = "" if record.result == "success" else " until it ended"
    clock = "the card's" if record.simulated else "the server's"
    parts = [f"total {timing.total_s:.2f} s{until} by {clock} clock"]
    if record.not_counted:
        named = "; ".join(record.not_counted[:3]) + ("; …" if record.not_counted[3:] else "")
        yield f"no total, because a part is not counted ({named})"
        parts = [f"what is counted comes to {timing.total_s:.2f} s"]
    if timing.queue_s >= 0.05:
        parts.append(f"before that {timing.queue_s:.2f} s in the queue")
    if timing.between_s:
        parts.append(f"{timing.between_s:.2f} s of it between the parts")
    if timing.server_s >= 0.005:
        parts.append(f"{timing.server_s:.2f} s of it the server's own")
    yield "; ".join(parts)
    both = [one for one in timing.passes if not one.cached and one.finished is not False]
    if len(both) == 2:
        apart_s = both[1].total_s - both[0].total_s
        word = "more" if apart_s >= 0 else "less"
        yield f"{both[1].name} took {abs(apart_s):.2f} s {word} than {both[0].name}" + _apart(both)
    if not timing.complete:
        yield "the connection broke meanwhile: times of single nodes are not exact, the total is"
    if record.seed_shift:
        yield f"seeds raised by {record.seed_shift}, so that nothing comes from the cache"


def _apart(passes: Sequence[Pass]) -> str:
    peaks = [one.memory.peak_bytes for one in passes if one.memory is not None]
    if len(peaks) != 2:
        return ""
    apart = peaks[1] - peaks[0]
    if not apart:
        return "; both had the same peak of memory"
    return f" and took {size(abs(apart))} {'more' if apart >= 0 else 'less'} memory at its peak"


def _ratings(record: RunRecord) -> Iterator[str]:
    if record.ratings:
        yield ""
    for one in record.ratings:
        note = f" ({one.note})" if one.note else ""
        yield f"{one.what}: {_rated(one)}{one.verdict}{note}; target {one.target}"


def _rated(one: Rating) -> str:
    """What was rated: seconds or memory; empty where it could not be measured."""
    if one.seconds is not None:
        return f"{one.seconds:.1f} s, "
    return f"{size(one.peak_bytes)}, " if one.peak_bytes is not None else ""


def _card(record: RunRecord) -> Iterator[str]:
    if record.memory.note:
        yield ""
        yield f"memory: {record.memory.note}"
    usage = record.memory.usage
    if usage is None:
        return
    whole = f" of {size(usage.total_bytes)}" if usage.total_bytes else ""
    told = [f"peak {size(usage.peak_bytes)}{whole}"]
    for value, unit in (
        (usage.utilisation_percent, "% busy"),
        (usage.temperature_c, " °C"),
        (usage.power_w, " W"),
        (usage.clock_mhz, " MHz at the least"),
    ):
        if value is not None:
            told.append(f"{value:.0f}{unit}")
    if usage.others_bytes:
        told.append(f"other programs {size(usage.others_bytes)}")
    yield ""
    yield "card: " + ", ".join(told)


def size(size_bytes: int) -> str:
    """A number of bytes for people."""
    if size_bytes >= _GIB:
        return f"{size_bytes / _GIB:.1f} GiB"
    if size_bytes >= 1024**2:
        return f"{size_bytes / 1024**2:.1f} MiB"
    return f"{size_bytes / 1024:.0f} KiB"
