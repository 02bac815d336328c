"""Live progress on a terminal: one bar for each pass, and a line for each stage behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from wan22dsl.run.events import Event
    from wan22dsl.run.progress import Board, Row

_WIDTH = 24


class Bars:
    """Draws a board while it is the context; every event is also shown by the next drawing."""

    def __init__(self, board: Board, console: Console, title: str) -> None:
        from rich.live import Live

        self._board, self._title = board, title
        self._live = Live(
            get_renderable=self._draw, console=console, refresh_per_second=8, transient=True
        )

    def __enter__(self) -> Bars:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def receive(self, event: Event) -> None:
        """Takes an event in."""
        self._board.receive(event)

    def _draw(self) -> RenderableType:
        from rich.table import Table
        from rich.text import Text

        from wan22dsl.escapes import one_line

        now_s = self._board.now_s()
        table = Table.grid(padding=(0, 2))
        for row in self._board.rows.values():
            if row.is_pass or row.doing:
                table.add_row(
                    *(
                        Text(one_line(cell)) if isinstance(cell, str) else cell
                        for cell in _cells(row, now_s)
                    )
                )
        whole = Table.grid()
        whole.add_row(Text(one_line(self._title), style="bold"))
        whole.add_row(table)
        whole.add_row(Text(one_line(self._board.note), style="dim"))
        return whole


def _cells(row: Row, now_s: float) -> list[Any]:
    from rich.progress_bar import ProgressBar

    share = row.step / row.steps if row.steps else 0.0
    if row.doing == "done":
        share = 1.0
    step = f"{row.step}/{row.steps}" if row.steps else ""
    pace = f"{row.step_s:.2f} s/step" if row.step_s is not None else ""
    left_s = row.expected_s(now_s)
    left = f"{left_s:.0f} s left" if left_s is not None else ""
    peak = f"{row.peak_bytes / 1024**3:.1f} GiB" if row.peak_bytes else ""
    took = f"{row.elapsed_s(now_s):.1f} s" if row.doing else ""
    return [
        row.name,
        ProgressBar(total=1.0, completed=share, width=_WIDTH),
        row.doing,
        step,
        pace,
        took,
        left,
        peak,
    ]
