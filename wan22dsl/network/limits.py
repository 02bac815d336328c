"""How long each exchange with a server may take, and how many bytes its answer may have.

A limit covers the whole exchange: connecting, the request, every header and the last byte of the answer.
"""

from __future__ import annotations

from wan22dsl.tuples import NamedTuple

MIB = 1024 * 1024


class Limit(NamedTuple):
    """The limits of one exchange."""

    seconds: float
    most_bytes: int


#: Versions, memory and devices: some hundred bytes, and as much again for each card.
SYSTEM_STATS = Limit(10.0, MIB)

#: One node class. A loader lists the files of a folder: 100,000 names of 60 bytes are 6 MB.
NODE_CLASS = Limit(15.0, 16 * MIB)

#: All node classes. A server with 2,700 of them has been seen to answer with 100 MB.
ALL_CLASSES = Limit(120.0, 192 * MIB)

#: What a server says to a prompt. It names the nodes that it refuses.
PROMPT = Limit(30.0, 4 * MIB)

#: The history of one prompt holds the prompt, the workflow and the names of all outputs.
HISTORY = Limit(15.0, 32 * MIB)

#: The queue holds every waiting prompt as a whole.
QUEUE = Limit(10.0, 64 * MIB)

#: The last lines of the server's log: ComfyUI keeps 300 entries.
LOGS = Limit(5.0, 4 * MIB)

#: An order to the server that it answers with nothing.
ORDER = Limit(15.0, MIB)

#: Whether the server has a file.
HEAD = Limit(15.0, MIB)

#: Handshake of the WebSocket, headers included.
HANDSHAKE = Limit(10.0, 64 * 1024)

#: All outputs of a run together. 1,000 frames of 1280x720 without loss have about 1 GB.
OUTPUTS_BYTES = 16 * 1024 * MIB

#: How many outputs a run may have: a video that is saved as single frames has hundreds.
OUTPUTS = 10_000

#: What comes before the first byte of a file. The file may take as long as it moves on (`run.client`).
FILE = Limit(60.0, OUTPUTS_BYTES)

#: What is read of the body of an error.
ERROR_BYTES = 4 * MIB

#: A slower connection than this is not waited for, upload or download.
LEAST_BYTES_PER_S = 16 * 1024


def upload(size_bytes: int) -> Limit:
    """The limits of sending a file of that size."""
    return Limit(60.0 + size_bytes / LEAST_BYTES_PER_S, MIB)
