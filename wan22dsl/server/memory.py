"""What is on the simulated card and in the machine's memory, and what it costs to bring it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.cost.cards import GIB
from wan22dsl.server import log_lines
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.graph.cost.cards import Card
    from wan22dsl.server.dialect import Dialect
    from wan22dsl.server.flow import Model


class DoesNotFit(Exception):
    """More is wanted at once than the card has, whatever is taken off it."""

    def __init__(self, wanted_bytes: int) -> None:
        super().__init__(wanted_bytes)
        self.wanted_bytes = wanted_bytes


class Loaded(NamedTuple):
    """What bringing a model onto the card took, and how much of it stayed off and is streamed."""

    seconds: float
    streamed_bytes: int = 0


class Memory:
    """The card's memory. As ComfyUI does, it takes the models off that are in the way."""

    def __init__(self, card: Card, log: Log, dialect: Dialect) -> None:
        self._card = card
        self._log = log
        self._dialect = dialect
        self._on_card: dict[str, int] = {}
        self._read: set[str] = set()
        self.working_bytes = 0

    @property
    def free_bytes(self) -> int:
        """What /system_stats tells: neither kept, nor full of weights, nor at work."""
        used = self._card.kept_bytes + sum(self._on_card.values()) + self.working_bytes
        return max(self._card.vram_bytes - used, 0)

    @property
    def used_bytes(self) -> int:
        """What of the card is in use."""
        return self._card.vram_bytes - self.free_bytes

    @property
    def loaded_bytes(self) -> int:
        """How much of weights is on the card."""
        return sum(self._on_card.values())

    def read(self, model: Model) -> float:
        """Seconds to read a file: none when it has been read before, since it stays in memory."""
        if model.file in self._read:
            return 0.0
        self._read.add(model.file)
        return model.size_bytes / self._card.disk_bytes_per_s

    def load(self, model: Model, kind: str, working_bytes: int) -> Loaded:
        """Brings a model onto the card beside what its work needs. Raises DoesNotFit."""
        if working_bytes > self._card.limit_bytes:
            raise DoesNotFit(working_bytes)
        room = self._card.room_bytes(working_bytes)
        self.working_bytes = working_bytes
        name = "|".join((model.file, *model.loras))
        wanted = min(model.size_bytes, room)
        have = self._on_card.get(name, 0)
        self._make_room(room - wanted, keep=name)
        self._on_card[name] = wanted
        streamed = model.size_bytes - wanted
        if have != wanted or streamed:
            self._tell(kind, room, wanted, streamed, len(model.loras))
        patching_s = model.lora_bytes / self._card.host_to_device_bytes_per_s if not have else 0.0
        moved = abs(wanted - have)
        return Loaded(moved / self._card.host_to_device_bytes_per_s + patching_s, streamed)

    def work(self, working_bytes: int) -> bool:
        """Makes room for work without a model of its own; False when there is not enough."""
        if working_bytes > self._card.limit_bytes:
            return False
        self._make_room(self._card.room_bytes(working_bytes), keep="")
        self.working_bytes = working_bytes
        return True

    def rest(self) -> None:
        """The work is over; the weights stay."""
        self.working_bytes = 0

    def free(self) -> None:
        """Takes all models off the card."""
        self._on_card.clear()
        self.working_bytes = 0

    def _make_room(self, others_bytes: int, keep: str) -> None:
        """Takes models off, the one that came first before the others, until they fit."""
        for name in [item for item in self._on_card if item != keep]:
            if sum(size for item, size in self._on_card.items() if item != keep) <= others_bytes:
                return
            del self._on_card[name]

    def _tell(self, kind: str, room: int, wanted: int, streamed: int, loras: int) -> None:
        for line in log_lines.loaded(self._dialect, kind, room, wanted, streamed, loras):
            self._log.add(line)


class Log:
    """The server's last lines, as /internal/logs/raw gives them. `added` is called for each new line."""

    MOST = 300

    def __init__(self, added: Callable[[dict[str, str]], None] | None = None) -> None:
        self._added = added
        self.entries: list[dict[str, str]] = []

    def add(self, text: str) -> None:
        """Adds a line with the time of day."""
        from datetime import datetime

        self.entries.append({"t": datetime.now().isoformat(), "m": f"{text}\n"})
        del self.entries[: -self.MOST]
        if self._added is not None:
            self._added(self.entries[-1])


def out_of_memory_text(card: Card, wanted_bytes: int, free_bytes: int) -> str:
    """How torch puts it when a card is full; the wording of the first sentence is what people look for."""
    total, free = card.vram_bytes / GIB, free_bytes / GIB
    return (
        f"CUDA out of memory. Tried to allocate {wanted_bytes / GIB:.2f} GiB. GPU 0 has a total capacity "
        f"of {total:.2f} GiB of which {free:.2f} GiB is free. (simulated)\n"
    )
