"""Folders of benches, as `wan bench` leaves them: a plan, its lines, and snapshots of the machine."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from tests.bench import making
from tests.report.results.made import record
from wan22dsl.bench.models import BenchEnded
from wan22dsl.machine.snapshot import Snapshot
from wan22dsl.run import snapshots
from wan22dsl.run import store as records

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.bench.models import Cell, Plan

#: Cells by their profile: the total, and what `high` takes of it.
Totals = dict[str, Any]


def snapshot(**changes: Any) -> Snapshot:
    """The snapshot of a machine of which everything is known."""
    data: dict[str, Any] = {
        "snapshot": 1,
        "wan22dsl": "0.1",
        "taken": making.STAMP,
        "simulated": False,
        "comfyui": {
            "version": "0.38",
            "commit": "c" * 40,
            "dirty": False,
            "frontend": "1.50",
            "extra_model_paths": [],
        },
        "flags": [{"name": "--reserve-vram", "value": 1.0}, {"name": "--port", "value": 8188}],
        "started": None,
        "packs": [
            {"name": "ComfyUI-GGUF", "version": "1.1", "commit": "", "dirty": False, "url": ""}
        ],
        "python": {
            "version": "3.13.1",
            "torch": "2.12",
            "packages": {"sageattention": "2.2.0", "tqdm": "4.1"},
            "freeze_sha256": "f" * 64,
        },
        "environment": {"OMP_NUM_THREADS": "8"},
        "computer": {"os": "linux", "memory_bytes": 64 * 1024**3},
        "driver": {"version": "580.65", "cuda": "13.0"},
        "cards": [
            {
                "name": "RTX 5090",
                "memory_bytes": 32 * 1024**3,
                "power_limit_w": 575.0,
                "pcie_generation_max": 5,
                "pcie_width_max": 16,
            }
        ],
        "idle": None,
        "devices": None,
        "model_disks": None,
        "models": None,
        "missing": [{"part": "started", "reason": "the log has no first lines"}],
    }
    for part, value in changes.items():
        data[part] = {**data[part], **value} if isinstance(value, dict) else value
    return Snapshot(
        {**data, "digest": making.HASH.replace("0", str(len(json.dumps(changes)) % 10))}
    )


def make(
    folder: Path,
    totals: Totals,
    *,
    machine: Snapshot | None = None,
    finished: bool = True,
    failed: dict[str, str] | None = None,
    sessions: int = 1,
    videos: dict[str, bytes] | None = None,
    prompt: str = "a",
    **changes: Any,
) -> Path:
    """A bench: of each profile its total in seconds, or the total and the seconds of `high`.

    `failed`: profile → cause. `videos`: profile → the MP4 that each of its runs has made; runs of other
    profiles have no record. `prompt` is a digit that is in the digest of their prompts. `changes` are those
    of the plan; `recipe`, `workload`, `place` of cells.
    """
    own = {key: changes.pop(key) for key in ("recipe", "workload", "place") if key in changes}
    failed = failed or {}
    cells = {
        name: making.cell(name, baseline=not number, **own)
        for number, name in enumerate([*totals, *failed])
    }
    planned = [
        making.session(number * len(cells) + index + 1, [cell], number + 1)
        for number in range(sessions)
        for index, cell in enumerate(cells.values())
    ]
    plan = making.plan(cells.values(), planned, **changes)
    folder.mkdir(parents=True, exist_ok=True)
    about = machine if machine is not None else snapshot()
    snapshots.keep(about, folder)
    made = {
        (name, number): _record(folder, name, number, data, prompt)
        for name, data in (videos or {}).items()
        for number in range(1, 4)
    }
    _write(folder, plan, cells, totals, failed, about, finished, made)
    return folder


def _record(folder: Path, profile: str, number: int, video: bytes, prompt: str) -> str:
    """The record of a run with its video; its id."""
    id = f"20261201T10000{number}-{profile}-{sha256(video).hexdigest()[:4]}"
    name = f"{profile}-{number:04}.mp4"
    (folder / name).write_bytes(video)
    output = {
        "path": f"/elsewhere/{name}",
        "size_bytes": len(video),
        "sha256": sha256(video).hexdigest(),
        "remote": name,
        "node": "9",
    }
    digest = f"{prompt}{number}" * 32
    found = record(
        id,
        outputs=[output],
        prompt={"json": {}, "sha256": digest},
        seed_shift=number - 1,
    )
    records.write(found, folder)
    return id


def _write(
    folder: Path,
    plan: Plan,
    cells: dict[str, Cell],
    totals: Totals,
    failed: dict[str, str],
    machine: Snapshot,
    finished: bool,
    made: dict[tuple[str, int], str],
) -> None:
    card = (machine.data["cards"] or [{"name": ""}])[0]["name"]
    lines: list[Any] = []
    for session in plan.sessions:
        (name,) = session.cells
        cell = cells[name]
        lines.append(
            making.started(
                session.number,
                session.round,
                place=session.place,
                profile=session.profile,
                snapshot=machine.digest,
                comfyui=machine.data["comfyui"]["version"],
                pytorch=machine.data["python"]["torch"],
                card=card,
            )
        )
        for number in range(1, 4):
            if name in failed:
                lines.append(
                    making.run(session.number, cell, number, None, failed[name], record=None)
                )
            else:
                own = made.get((name, number))
                lines.append(
                    making.run(session.number, cell, number, _figures(totals[name]), record=own)
                )
        lines.append(making.ended(session.number))
    if finished:
        lines.append(BenchEnded(line="end", ended=making.STAMP, how="finished"))
    plan_text = json.dumps(plan.as_json(), indent=2, ensure_ascii=False)
    (folder / "bench.json").write_text(f"{plan_text}\n", "utf-8")
    texts = (json.dumps(line.as_json(), ensure_ascii=False) for line in lines)
    (folder / "bench.jsonl").write_text("".join(f"{text}\n" for text in texts), "utf-8")


def _figures(total: Any) -> Any:
    """Figures of a total, or of a total and the seconds of `high`."""
    if isinstance(total, int | float):
        return making.figures(float(total))
    total_s, high_s = total
    return making.figures(total_s, high=high_s / total_s, low=60.0 / total_s)
