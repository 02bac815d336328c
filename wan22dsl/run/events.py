"""What happens while a prompt runs, as frozen data.

Times are seconds of this machine's monotonic clock (`at_s`), or of the card where a simulated server says
these (`timeline`); a `timestamp_ms` is the server's own clock, in
milliseconds since 1970, which only some of its messages carry.
"""

from __future__ import annotations

from typing import Any, Literal, Union

from wan22dsl.tuples import NamedTuple

How = Literal["success", "error", "interrupted"]


class Fault(NamedTuple):
    """Why the server stopped: the node, the kind of exception and what it said."""

    node: str
    class_name: str
    type: str
    message: str
    traceback: tuple[str, ...] = ()


class Submitted(NamedTuple):
    """The server has taken the prompt. `part` names the piece of a staged run; empty for a whole one."""

    at_s: float
    prompt_id: str
    part: str = ""


class Queued(NamedTuple):
    """The prompt waits; `ahead` prompts come before it."""

    at_s: float
    ahead: int


class QueueChanged(NamedTuple):
    """How many prompts the server has, running ones included."""

    at_s: float
    remaining: int


class Started(NamedTuple):
    """The server has begun with the prompt. `queued_s` is how long it waited, where a simulated server says
    it: `at_s` of all that follows is then in seconds of its card.
    """

    at_s: float
    timestamp_ms: int | None
    queued_s: float | None = None


class Cached(NamedTuple):
    """These nodes are not run: the server has what they gave last time."""

    at_s: float
    nodes: tuple[str, ...]
    timestamp_ms: int | None


class NodeStarted(NamedTuple):
    """A node runs. `late`: it began at an unknown time before, while there was no connection."""

    at_s: float
    node: str
    late: bool = False


class Step(NamedTuple):
    """A node has done `value` of `maximum`: a sampler's steps, another node's frames."""

    at_s: float
    node: str
    value: int
    maximum: int


class NodeFinished(NamedTuple):
    """A node has done. `late`: at an unknown time before, while there was no connection."""

    at_s: float
    node: str
    late: bool = False


class NodeOutput(NamedTuple):
    """What a node shows or has saved, in the server's own shape."""

    at_s: float
    node: str
    output: dict[str, Any]


class Ended(NamedTuple):
    """The prompt is over; `fault` says why where it is an error."""

    at_s: float
    how: How
    timestamp_ms: int | None
    fault: Fault | None = None


class Closing(NamedTuple):
    """The last message about a prompt: the server has put it into its history."""

    at_s: float


class Garbled(NamedTuple):
    """A message that cannot be understood; it is left out, and counted."""

    at_s: float
    what: str


class Disconnected(NamedTuple):
    """The socket broke. The prompt may well go on."""

    at_s: float
    reason: str


class Connected(NamedTuple):
    """The socket is there (again)."""

    at_s: float
    again: bool


class Health(NamedTuple):
    """The card at one moment. What is not known is None. Units are in the names."""

    at_s: float
    source: Literal["nvml", "server"]
    device: str
    used_bytes: int | None = None
    total_bytes: int | None = None
    utilisation_percent: int | None = None
    temperature_c: int | None = None
    power_w: float | None = None
    clock_mhz: int | None = None
    throttled: tuple[str, ...] = ()
    others_bytes: int | None = None


class Retry(NamedTuple):
    """What is tried next after an attempt failed, and why."""

    at_s: float
    name: str
    why: str


class Downloaded(NamedTuple):
    """An output file is here, whole."""

    at_s: float
    path: str
    size_bytes: int


Event = Union[
    Submitted, Queued, QueueChanged, Started, Cached, NodeStarted, Step, NodeFinished, NodeOutput,
    Ended, Closing, Garbled, Disconnected, Connected, Health, Retry, Downloaded,
]  # fmt: skip
