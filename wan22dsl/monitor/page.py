"""The page: what `/data.json` has, for people. It is whole without its script, which only keeps it fresh."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from wan22dsl.report.results import colours, shown

if TYPE_CHECKING:
    from wan22dsl.fleet.models_page import PageBatch, PageData, PageServer
    from wan22dsl.fleet.models_status import ServerStatus

#: The width of a timeline in units of its drawing.
_UNITS = 1000

#: The names of colours of kinds of stretches; what is known of a server is a thin bar.
COLOURS = {
    "done": "hue-0", "running": "pale-0", "failed": "hue-1", "lost": "hue-3", "taken back": "hue-5",
    "not known": "pale-3", "away": "limit", "not free": "pale-4",
}  # fmt: skip
_THIN = ("away", "not free")

#: States in which a server that has a job of the batch works on it.
_FREE = ("ready", "not known")

_TONES = {
    "running": "good", "complete": "good", "silent": "bad", "lost": "bad", "no servers": "bad",
    "stopped": "warn", "not begun": "warn",
}  # fmt: skip


def write(page: PageData) -> str:
    """The page."""
    batch = page.batch
    found: str = (
        _environment()
        .get_template("page.html")
        .render(
            page=page,
            batch=batch,
            tone=_TONES.get(batch.state, "") if batch is not None else "",
            title=title(page),
            rows=_rows(page),
            kinds=_kinds(batch),
            ends=_ends(batch),
        )
    )
    return found


def title(page: PageData) -> str:
    """What the tab of a browser says: how far it is comes first."""
    batch = page.batch
    if batch is None:
        return "wan fleet"
    total = sum(batch.jobs.model_dump().values())
    return f"{batch.jobs.done:,} of {total:,}: {shown.name(batch.name, 60)}"


def script() -> str:
    """What keeps the page fresh."""
    return _part("page.js")


def style() -> str:
    """The style, with the colours of reports."""
    lines = [f"--{name}: {colour};" for name, colour in colours.LIGHT.items()]
    dark = [f"--{name}: {colour};" for name, colour in colours.DARK.items()]
    kinds = [
        f".k-{_word(kind)} {{ fill: var(--{name}); background: var(--{name}); }}"
        for kind, name in COLOURS.items()
    ]
    return "\n".join(
        (
            f":root {{ {' '.join(lines)} }}",
            f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {' '.join(dark)} }} }}",
            *kinds,
            _part("page.css"),
        )
    )


def _part(name: str) -> str:
    found: str = _environment().get_template(name).render()
    return found


@lru_cache(maxsize=1)
def _environment() -> Any:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("wan22dsl.monitor"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "name": shown.name,
        "sentence": shown.sentence,
        "duration": shown.duration,
        "word": _word,
        "moment": _moment,
        "number": lambda value: f"{value:,}",
    }
    return environment


def _word(kind: str) -> str:
    return kind.replace(" ", "-")


def _moment(text: str | None) -> str:
    """`2026-12-01 18:20 UTC`."""
    return f"{text[:16].replace('T', ' ')} UTC" if text else "not known"


def _kinds(batch: PageBatch | None) -> list[str]:
    """The kinds of stretches that there are, in the order of the legend."""
    if batch is None:
        return []
    used = {stretch.kind for server in batch.servers for stretch in server.timeline}
    return [kind for kind in COLOURS if kind in used]


def _ends(batch: PageBatch | None) -> str:
    """When all will be done, and what that rests on."""
    if batch is None or batch.expected_end is None:
        return ""
    basis = {"driver": "by the driver's plan", "rate": "at the rate of the last half hour"}
    return f"{_moment(batch.expected_end)}, {basis.get(batch.expected_by, '')}"


def _rows(page: PageData) -> list[dict[str, Any]]:
    """A row for each server: as the batch has seen it, and as it says now."""
    batch, fleet = page.batch, page.fleet
    told = {server.name: server for server in fleet.servers} if fleet is not None else {}
    seen = {server.name: server for server in batch.servers} if batch is not None else {}
    running = {job.server: job for job in batch.running} if batch is not None else {}
    rows = []
    for name in dict.fromkeys((*seen, *told)):
        now, before = told.get(name), seen.get(name)
        state, reason = _state(now, before)
        rows.append(
            {
                "name": name,
                "card": (now.card or now.configured_card if now else "")
                or (before.card if before else ""),
                "state": "working" if name in running and state in _FREE else state,
                "reason": reason,
                "free": _free(now),
                "queue": _queue(now),
                "job": running.get(name),
                "seen": before,
                "bars": _bars(before, batch.span_s)
                if before is not None and batch is not None
                else [],
                "slower": _slower(before),
            }
        )
    return rows


def _state(now: ServerStatus | None, before: PageServer | None) -> tuple[str, str]:
    """What it is: as it says now, else as the driver saw it last."""
    if now is not None:
        if not now.reachable:
            return "away", now.reason
        if now.drained:
            return "drained", now.drain_reason
        if now.queue is not None and now.queue.others:
            return "busy", f"{shown.count(now.queue.others, 'prompt')} of others in its queue"
        return "ready", now.reason
    if before is not None and before.state:
        return before.state, before.reason
    return "not known", ""


def _free(now: ServerStatus | None) -> str:
    if now is None or now.vram_free_bytes is None:
        return ""
    of = f" of {shown.size(now.vram_bytes)}" if now.vram_bytes else ""
    return f"{shown.size(now.vram_free_bytes)}{of}"


def _queue(now: ServerStatus | None) -> str:
    if now is None or now.queue is None:
        return ""
    parts = [(now.queue.ours, "ours"), (now.queue.others, "others")]
    return ", ".join(f"{number} {whose}" for number, whose in parts if number) or "empty"


def _slower(before: PageServer | None) -> str:
    ratio = before.against_equals if before is not None else None
    return "" if ratio is None else shown.percent((ratio - 1) * 100, 0)


def _bars(server: PageServer, span_s: float) -> list[tuple[str, str, str, bool]]:
    """The bars of a timeline: class, begin, width, and whether it is thin."""
    found = []
    for stretch in server.timeline:
        begin = max(0.0, stretch.from_s / span_s * _UNITS)
        width = max(1.0, (stretch.to_s - stretch.from_s) / span_s * _UNITS - 0.8)
        found.append((_word(stretch.kind), f"{begin:.1f}", f"{width:.1f}", stretch.kind in _THIN))
    return found
