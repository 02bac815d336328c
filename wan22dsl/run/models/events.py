"""The shape of the lines of `wan run --json`: one event each, the record as the last of a run."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Union, get_args

from pydantic import Field

from wan22dsl.run import events
from wan22dsl.shapes import Count, Seconds, Shape, Text


class Told(Shape):
    """An event. `at_s` counts from the first one of the command; in seconds of the card where the server is
    simulated."""

    at_s: Seconds


class Submitted(Told):
    """The server has taken the prompt; `part` names the piece of a staged run."""

    event: Literal["submitted"]
    prompt_id: Text
    part: Text


class Queued(Told):
    """The prompt waits; so many come before it."""

    event: Literal["queued"]
    ahead: Count


class Started(Told):
    """The server has begun; its own clock in milliseconds."""

    event: Literal["started"]
    timestamp_ms: int | None
    queued_s: Annotated[
        float | None,
        Field(description="Queue time, where a simulated server reports it."),
    ] = None


class Cached(Told):
    """These nodes are not run: their results are there."""

    event: Literal["cached"]
    nodes: tuple[Text, ...]
    timestamp_ms: int | None


class NodeStarted(Told):
    """A node runs. `late`: since an unknown time, while the connection was gone."""

    event: Literal["node_started"]
    node: Text
    late: bool


class Step(Told):
    """A node has done so many of its steps."""

    event: Literal["step"]
    node: Text
    value: int
    maximum: int


class NodeFinished(Told):
    """A node is done. `late`: since an unknown time, while the connection was gone."""

    event: Literal["node_finished"]
    node: Text
    late: bool


class NodeOutput(Told):
    """What a node shows or has saved, in ComfyUI's shape."""

    event: Literal["output"]
    node: Text
    output: dict[str, Any]


class Fault(Shape):
    """Why the server stopped."""

    node: Text
    class_name: Text
    type: Text
    message: Text
    traceback: tuple[Text, ...]


class Ended(Told):
    """The prompt is over. After an error other tries may follow."""

    event: Literal["ended"]
    how: Literal["success", "error", "interrupted"]
    timestamp_ms: int | None
    fault: Fault | None


class Disconnected(Told):
    """The socket broke; the prompt may well go on."""

    event: Literal["disconnected"]
    reason: Text


class Connected(Told):
    """The socket is there, or there again."""

    event: Literal["connected"]
    again: bool


class Health(Told):
    """The card at one moment; null is not known."""

    event: Literal["health"]
    source: Literal["nvml", "server"]
    device: Text
    used_bytes: int | None
    total_bytes: int | None
    utilisation_percent: float | None = None
    temperature_c: float | None = None
    power_w: float | None = None
    clock_mhz: float | None = None
    throttled: tuple[Text, ...] = ()
    others_bytes: int | None = None


class Retry(Told):
    """An attempt failed; what is tried next, and why."""

    event: Literal["retry"]
    name: Literal["free", "staged", "tiled decode", "submit again"]
    why: Text


class Downloaded(Told):
    """An output file is here, whole."""

    event: Literal["downloaded"]
    path: Text
    size_bytes: Count


class RecordTold(Shape):
    """The record of the run, by run_record.schema.json. The last line of each run."""

    event: Literal["record"]
    record: dict[str, Any]


#: The shape of each event; what is not here is told to nobody.
SHAPES: dict[type, type[Told]] = {
    events.Submitted: Submitted,
    events.Queued: Queued,
    events.Started: Started,
    events.Cached: Cached,
    events.NodeStarted: NodeStarted,
    events.Step: Step,
    events.NodeFinished: NodeFinished,
    events.NodeOutput: NodeOutput,
    events.Ended: Ended,
    events.Disconnected: Disconnected,
    events.Connected: Connected,
    events.Health: Health,
    events.Retry: Retry,
    events.Downloaded: Downloaded,
}

Line = Annotated[
    Union[
        Submitted, Queued, Started, Cached, NodeStarted, Step, NodeFinished, NodeOutput, Ended,
        Disconnected, Connected, Health, Retry, Downloaded, RecordTold,
    ],
    Field(discriminator="event"),
]  # fmt: skip


def told(event: events.Event, zero_s: float) -> Told | None:
    """An event for `--json`, its time counted from `zero_s`; None for what is told to nobody."""
    shape = SHAPES.get(type(event))
    if shape is None:
        return None
    (name,) = get_args(shape.model_fields["event"].annotation)
    return shape.model_validate({"event": name, **event._asdict(), "at_s": event.at_s - zero_s})
