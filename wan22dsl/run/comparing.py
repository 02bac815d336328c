"""Several records for people: one line for each, or two side by side."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.machine.command_line import in_words
from wan22dsl.run.table import aligned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.run.models.record import RunRecord
    from wan22dsl.run.models.timing import Pass


def listing(records: Sequence[RunRecord]) -> list[str]:
    """One line for each record."""
    rows = [["id", "result", "total", "passes", "card", "", "parameters"]]
    for run_record in records:
        timing, devices = run_record.timing, run_record.server.devices
        notes = ["simulated"] if run_record.simulated else []
        notes += ["not as set"] if run_record.not_as_set else []
        notes += ["cached"] if timing is not None and timing.all_cached else []
        rows.append(
            [
                run_record.id,
                run_record.result,
                f"{timing.total_s:.1f} s"
                if timing is not None and not run_record.not_counted
                else "-",
                "+".join(map(_took, timing.passes)) if timing and timing.passes else "-",
                card_name(devices[0].name) if devices else "-",
                ", ".join(notes),
                " ".join(f"{key}={value}" for key, value in run_record.parameters.items()),
            ]
        )
    return aligned(rows, texts={1, 3, 4, 5})


def card_name(device: str) -> str:
    """A card as people call it: what ComfyUI puts around its name is left out."""
    name = re.sub(r"^cuda:\d+ | : (native|cudaMallocAsync)$| \(simulated\)$", "", device)
    return name.removeprefix("NVIDIA ")


def _took(pass_: Pass) -> str:
    return f"{pass_.total_s:.1f}" if pass_.total_s and pass_.finished is not False else "-"


def comparison(left: RunRecord, right: RunRecord, machines: Sequence[str] = ()) -> Iterator[str]:
    """Two records side by side: what differs in them, in the machines of the runs, and in their times."""
    yield f"A  {left.id}{'  simulated' if left.simulated else ''}"
    yield f"B  {right.id}{'  simulated' if right.simulated else ''}"
    if left.simulated != right.simulated:
        yield "one of them is simulated: their times are not comparable"
    for name, record in (("A", left), ("B", right)):
        for reason in record.not_as_set:
            yield f"{name} measured something else: {reason}; its times are not comparable"
    yield ""
    with_values = None not in (left.server.flags, right.server.flags)
    older = [name for name, item in (("A", left), ("B", right)) if item.server.flags is None]
    if len(older) == 1 and (left.server.arguments or right.server.arguments):
        yield f"{older[0]} has the names of some flags only: other flags and values are not compared"
    pair = [_flags(item, with_values=with_values) for item in (left, right)]
    only = [
        "  ".join(flag for flag in flags if flag not in pair[1 - side])
        for side, flags in enumerate(pair)
    ]
    theirs = _traits(right, only[1])
    for name, item in _traits(left, only[0]).items():
        if item != theirs[name]:
            yield f"{name}: {item or '-'} | {theirs[name] or '-'}"
    yield from machines
    yield from aligned([["", "A", "B", "B - A", ""], *_rows(left, right)])


def _traits(record: RunRecord, flags: str) -> dict[str, str]:
    """What two runs can differ in, beside their times. `flags` are those that the other does not have."""
    server, log = record.server, record.log
    return {
        "source": record.source.sha256[:12],
        "files used": ", ".join(record.source.uses),
        "prompt": record.prompt.sha256[:12],
        "parameters": ", ".join(f"{key} = {value}" for key, value in record.parameters.items()),
        "wan22dsl": record.wan22dsl,
        "comfyui": server.comfyui,
        "pytorch": server.pytorch,
        "python": server.python,
        "flags": flags,
        "devices": ", ".join(device.name for device in server.devices),
        "weights": "; ".join(log.weight_dtypes) if log else "",
        "converted formats": ", ".join(log.emulated_ops) if log else "",
        "loader": ", ".join(sorted({load.loader for load in record.log.loads}))
        if record.log is not None
        else "",
        "LoRA keys not loaded": str(record.log.lora_keys_not_loaded or "")
        if record.log is not None
        else "",
    }


#: What names of flags had in them that earlier versions recorded.
_RECORDED = "vram mem attention fp bf16 cpu cache fast gpu cuda preview".split()


def _flags(record: RunRecord, *, with_values: bool) -> list[str]:
    """The flags of the server; without values, only those that every version has recorded."""
    server = record.server
    if with_values:
        return [in_words(flag.name, flag.value) for flag in server.flags or ()]
    names = {name for name in server.arguments if any(word in name for word in _RECORDED)}
    return sorted(names)


def _rows(left: RunRecord, right: RunRecord) -> Iterator[list[str]]:
    item, other = (_seconds(each) for each in (left, right))
    for name in {**item, **other}:
        a_s, b_s = item.get(name), other.get(name)
        apart = share = ""
        if a_s is not None and b_s is not None:
            apart = f"{b_s - a_s:+.2f}"
            share = f"{(b_s - a_s) / a_s:+.0%}" if a_s else ""
        yield [name, _shown(a_s), _shown(b_s), apart or "-", share]


def _shown(seconds: float | None) -> str:
    return f"{seconds:.2f}" if seconds is not None else "-"


def _seconds(record: RunRecord) -> dict[str, float]:
    """Everything that can be compared, by name: neither what came from the cache, nor what did not finish."""
    timing, found = record.timing, dict[str, float]()
    if timing is None:
        return found
    for pass_ in timing.passes:
        if pass_.cached or pass_.finished is False:
            continue
        found[f"{pass_.name} load"] = pass_.load_s
        found[f"{pass_.name} sampling"] = pass_.sampling_s
        found[f"{pass_.name} decode"] = pass_.decode_s
        found[f"{pass_.name} rest"] = pass_.rest_s
        found[f"{pass_.name} total"] = pass_.total_s
        if pass_.steps_s:
            found[f"{pass_.name} a step"] = sorted(pass_.steps_s)[len(pass_.steps_s) // 2]
    ran = (stage for stage in timing.stages if not stage.cached and stage.seconds)
    found.update((stage.name, stage.seconds) for stage in ran)
    if not timing.all_cached and record.result == "success" and not record.not_counted:
        found["total"] = timing.total_s
    return found
