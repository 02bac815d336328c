"""What a batch will come to, before it begins: a run of the board against its own expectations."""

from __future__ import annotations

from collections import Counter
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from wan22dsl.api.batch_options import Preview, Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.fleet.board import Board

#: So many jobs are placed one by one; for more, the forecast of the board must do.
_MOST = 20_000


def preview(board: Board, labels: Mapping[str, str], due_s: Mapping[str, float]) -> Preview:
    """Places all jobs as they would be placed if each took what is expected of it. The board is used up.

    `labels` are those of the recipes by job, for people; `due_s` are deadlines in seconds from now.
    """
    impossible = board.impossible()
    counts = Counter(labels.get(job, "") for job in board.waiting)
    forecast = board.forecast(0.0)
    late = {each.job: each.end_s - each.due_s for each in forecast.late}
    usages: dict[str, list[float]] = {}
    unknown = len(forecast.unknown)
    if len(board.waiting) > _MOST or unknown:
        return Preview((), impossible, late, forecast.end_s, unknown, dict(counts))
    now_s = 0.0
    running: list[tuple[float, str, str]] = []
    ends: dict[str, float] = {}
    while True:
        for choice in board.choose(now_s):
            seconds = choice.expected.whole_s or choice.expected.seconds or 0.0
            heappush(running, (now_s + seconds, choice.job, choice.server))
            of_server = usages.setdefault(choice.server, [0, 0.0, 0])
            of_server[0] += 1
            of_server[2] += 0 if choice.is_warm else 1
        if not running:
            break
        now_s, job, server = heappop(running)
        ends[job] = usages[server][1] = now_s
        board.ended(job, server, "success", now_s)
    left = sum(job not in impossible for job in board.waiting)
    late = {job: ends[job] - due for job, due in due_s.items() if ends.get(job, 0.0) > due}
    return Preview(
        tuple(
            Usage(name, int(jobs), end, int(loads)) for name, (jobs, end, loads) in usages.items()
        ),
        impossible,
        late,
        max(ends.values(), default=0.0) if not left else None,
        0,
        dict(counts),
    )
