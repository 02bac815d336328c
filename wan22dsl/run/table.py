"""A record for people: a table of passes, and the result of the run."""

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
        yield from _times(record.timing, _idle(record))
        yield ""
        yield from _totals(record.timing, record)
    yield from _ratings(record)
    yield from _card(record)
    if len(record.attempts) > 1:
        yield ""
        for attempt in record.attempts:
            after = f" after: {attempt.after}" if attempt.after else ""
            why = f" ({attempt.reason})" if attempt.reason else ""
            yield f"try {attempt.number}{after}: {attempt.how}{why}"
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
        named = ", ".join(remote.path for remote in record.not_fetched[:5])
        more = ", …" if len(record.not_fetched) > 5 else ""
        yield (
            f"not downloaded: {named}{more}; `wan runs fetch {record.id}` downloads what the "
            "server has"
        )
    elif record.result == "unfinished":
        yield f"still running when this was written; `wan runs fetch {record.id}` asks the server"
    if record.left_on_server:
        yield f"left in the server's output folder: {', '.join(record.left_on_server)}"

    yield from _quality(record)


def _quality(record: RunRecord) -> Iterator[str]:
    """What is broken or suspicious in each video, and its figures."""
    if not record.quality:
        return
    from wan22dsl.quality import words

    for output in record.quality:
        yield ""
        if output.quality is None:
            yield f"quality of {output.path}: not measured ({output.not_measured})"
        else:
            yield from words.brief(output.quality)


def _head(record: RunRecord) -> Iterator[str]:
    server = record.server
    device = server.devices[0].name if server.devices else "no device named"
    if record.simulated:
        yield f"SIMULATED: no model was run; times are estimates for {_card_name(device)}"
    yield f"{record.source.pipeline} ({record.source.file}): {record.result}"
    yield f"{server.address}, ComfyUI {server.comfyui or 'of unknown version'}, {device}"
    for reason in record.not_as_set:
        yield f"not as set: {reason}"


def _card_name(device: str) -> str:
    """`cuda:0 NVIDIA RTX 5090 (simulated)` as people call it."""
    name = device.removeprefix("cuda:0 ").removesuffix(" (simulated)").removeprefix("NVIDIA ")
    return f"the {name}" if name else "a card"


def _idle(record: RunRecord) -> str:
    """What it means that a part took no time: a simulation that came to its end has no estimate of it."""
    return "no estimate" if record.simulated and record.result == "success" else "not run"


def _times(timing: Timing, idle: str) -> list[str]:
    rows = [["", "load", "sampling", "steps", "a step", "decode", "rest", "total", "peak", ""]]
    for pass_ in timing.passes:
        if not (pass_.total_s or pass_.cached or pass_.cached_nodes):
            rows.append([pass_.name, *["-"] * 8, idle])
            continue
        if idle == "no estimate" and not _is_estimated(pass_):
            rows.append([pass_.name, *["-"] * 4, f"{pass_.decode_s:.2f}", *["-"] * 3, idle])
            continue
        steps = pass_.steps_s
        rows.append(
            [
                pass_.name,
                f"{pass_.load_s:.2f}",
                f"{pass_.sampling_s:.2f}",
                str(len(steps)),
                f"{sorted(steps)[len(steps) // 2]:.2f}" if steps else "-",
                *(f"{seconds:.2f}" for seconds in (pass_.decode_s, pass_.rest_s, pass_.total_s)),
                size(pass_.memory.peak_bytes) if pass_.memory is not None else "-",
                _state(pass_),
            ]
        )
    for stage in timing.stages:
        state = "cached" if stage.cached else ""
        took = f"{stage.seconds:.2f}"
        if not stage.seconds and not stage.cached:
            took, state = "-", idle
        rows.append([stage.name, *["-"] * 6, took, "-", state])
    return aligned(rows)


def _is_estimated(pass_: Pass) -> bool:
    """Whether a simulation counted what the sampler of a pass does."""
    return bool(pass_.sampling_s or pass_.cached)


def _state(pass_: Pass) -> str:
    if pass_.cached:
        return "from the cache: no measure of speed"
    words = ["cold" if pass_.cold else "warm"]
    if pass_.finished is False:
        done = len(pass_.steps_s)
        words.append(f"ended after step {done}" if done else "ended before its first step")
    if pass_.cached_nodes:
        nodes = "node" if pass_.cached_nodes == 1 else "nodes"
        words.append(f"{pass_.cached_nodes} {nodes} cached")
    if not pass_.complete and pass_.finished is not False:
        words.append("partly observed")
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
    if timing.source == "server":
        parts.append("nodes and steps by the server's own benchmark")
    if record.not_counted:
        named = "; ".join(record.not_counted[:3]) + ("; …" if record.not_counted[3:] else "")
        yield f"no total, because a part has no estimate ({named})"
        parts = [f"the sum of the counted parts is {timing.total_s:.2f} s"]
    if timing.queue_s >= 0.05:
        parts.append(f"before that {timing.queue_s:.2f} s in the queue")
    if timing.between_s:
        parts.append(f"{timing.between_s:.2f} s of it between the parts")
    if timing.server_s >= 0.005:
        parts.append(f"{timing.server_s:.2f} s of it in the server itself")
    yield "; ".join(parts)
    both = [pass_ for pass_ in timing.passes if not pass_.cached and pass_.finished is not False]
    if len(both) == 2 and (not record.simulated or all(map(_is_estimated, both))):
        apart_s = both[1].total_s - both[0].total_s
        word = "more" if apart_s >= 0 else "less"
        yield f"{both[1].name} took {abs(apart_s):.2f} s {word} than {both[0].name}" + _apart(both)
    if not timing.complete:
        yield "the connection broke: times of single nodes are not exact, the total is"
    if record.seed_shift:
        yield f"seeds raised by {record.seed_shift}, to avoid cached results"


def _apart(passes: Sequence[Pass]) -> str:
    peaks = [pass_.memory.peak_bytes for pass_ in passes if pass_.memory is not None]
    if len(peaks) != 2:
        return ""
    apart = peaks[1] - peaks[0]
    if not apart:
        return "; both had the same peak of memory"
    return f" and took {size(abs(apart))} {'more' if apart >= 0 else 'less'} memory at its peak"


def _ratings(record: RunRecord) -> Iterator[str]:
    if record.ratings:
        yield ""
    for rating in record.ratings:
        note = f" ({rating.note})" if rating.note else ""
        yield f"{rating.what}: {_rated(rating)}{rating.verdict}{note}; target {rating.target}"


def _rated(rating: Rating) -> str:
    """What was rated: seconds or memory; empty where it could not be measured."""
    if rating.seconds is not None:
        return f"{rating.seconds:.1f} s, "
    return f"{size(rating.peak_bytes)}, " if rating.peak_bytes is not None else ""


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
        (usage.clock_mhz, " MHz minimum"),
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
