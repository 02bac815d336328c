"""What we have to say about runs, worded in one place."""

from __future__ import annotations

from wan22dsl.run.messages.before import (
    MISSING_CLASS,
    MISSING_INPUT_FILE,
    MISSING_MODEL_FILE,
    PARTS_FAILED,
    REFUSED_NODE,
    REFUSED_PROMPT,
    STOOD_IN,
    UNUSABLE_INPUT_FILE,
    WOULD_STOP_THE_SERVER,
)
from wan22dsl.run.messages.ending import (
    DAMAGED_OUTPUT,
    DEAD_WORKER,
    GONE,
    INTERRUPTED,
    LOST,
    NO_OUTPUT,
    NODE_FAILED,
    OUT_OF_MEMORY,
    REMOVED,
    STUCK_QUEUE,
)
from wan22dsl.run.messages.remarks import (
    ALL_CACHED,
    LORA_WITHOUT_EFFECT,
    NOT_STAGED,
    OTHER_PROCESSES,
    RECOVERED,
    SLOW,
    STREAMED,
    THROTTLED,
    TOO_MUCH_MEMORY,
)

__all__ = [
    "ALL_CACHED",
    "DAMAGED_OUTPUT",
    "DEAD_WORKER",
    "GONE",
    "INTERRUPTED",
    "LORA_WITHOUT_EFFECT",
    "LOST",
    "MISSING_CLASS",
    "MISSING_INPUT_FILE",
    "MISSING_MODEL_FILE",
    "NODE_FAILED",
    "NOT_STAGED",
    "NO_OUTPUT",
    "OTHER_PROCESSES",
    "OUT_OF_MEMORY",
    "PARTS_FAILED",
    "RECOVERED",
    "REFUSED_NODE",
    "REFUSED_PROMPT",
    "REMOVED",
    "SLOW",
    "STOOD_IN",
    "STREAMED",
    "STUCK_QUEUE",
    "THROTTLED",
    "TOO_MUCH_MEMORY",
    "UNUSABLE_INPUT_FILE",
    "WOULD_STOP_THE_SERVER",
]
