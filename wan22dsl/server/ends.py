"""How a prompt can end other than well, and what is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.server.order import is_link

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.server.calls import NodeFault

#: What the traceback of a simulated error shows; a real one has the lines of ComfyUI and of the node.
_TRACEBACK = ['  File "execution.py", line 0, in execute (simulated)\n']


class Died(Exception):
    """The worker meets what it does not expect: it ends, and nothing tells so."""


class Interrupted(Exception):
    """Someone asked for the running prompt to stop."""


class Restarted(Exception):
    """The server was killed and started again."""


def of_fault(prompt: Mapping[str, Any], node: str, fault: NodeFault) -> dict[str, Any]:
    """What `execution_error` tells of an exception of a node."""
    inputs = prompt[node]["inputs"]
    return {
        "exception_message": str(fault),
        "exception_type": fault.kind,
        "traceback": _TRACEBACK,
        "current_inputs": {name: [_shown(value)] for name, value in inputs.items()},
        "current_outputs": list(prompt),
    }


def of_circle(prompt: Mapping[str, Any]) -> dict[str, Any]:
    """What it tells of nodes that wait for each other."""
    return {
        "exception_message": "Dependency cycle detected",
        "exception_type": "graph.DependencyCycleError",
        "traceback": [],
        "current_inputs": [],
        "current_outputs": list(prompt),
    }


def _shown(value: Any) -> Any:
    return "<simulated>" if is_link(value) else value
