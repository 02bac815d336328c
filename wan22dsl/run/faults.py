"""What a server says of an error, as diagnostics on the lines of the .wan file that made the node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.run import messages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph
    from wan22dsl.run.events import Fault
    from wan22dsl.source import Span

_LONGEST = 600


def refused(said: Any, graph: Graph) -> list[Diagnostic]:
    """An answer of /prompt with status 400 or 500."""
    if not isinstance(said, dict):
        reason = _short(str(said)) or "no reason given"
        return [messages.REFUSED_PROMPT.at(graph.span, reason=reason, help="See the server's log.")]
    found = list(of_nodes(said.get("node_errors"), graph, "Nothing was run."))
    if found:
        return found
    error = said.get("error")
    error = error if isinstance(error, dict) else {"message": str(error or "no reason given")}
    reason = ": ".join(_short(str(error[key])) for key in ("message", "details") if error.get(key))
    span = graph.span
    info = error.get("extra_info")
    node = graph.nodes.get(str(info.get("node_id"))) if isinstance(info, dict) else None
    if node is not None:
        span = node.span
    help = ""
    if error.get("type") in {"invalid_prompt", "missing_node_type"}:
        help = "Install the pack that has the class, or restart ComfyUI if it was just installed."
    return [messages.REFUSED_PROMPT.at(span, reason=reason.rstrip("."), help=help)]


def of_nodes(node_errors: Any, graph: Graph, consequence: str) -> Iterator[Diagnostic]:
    """The `node_errors` of an answer. A node that is only behind another one's error is left out."""
    for id, about in sorted(node_errors.items()) if isinstance(node_errors, dict) else ():
        errors = about.get("errors") if isinstance(about, dict) else None
        for item in errors if isinstance(errors, list) else ():
            if not isinstance(item, dict):
                continue
            node = graph.nodes.get(str(id))
            name = _input_of(item)
            said = [_short(str(item[key])) for key in ("message", "details") if item.get(key)]
            yield messages.REFUSED_NODE.at(
                _span(graph, str(id), name),
                node=id,
                class_name=about.get("class_type") or (node.class_name if node else "unknown"),
                reason=": ".join(said).rstrip(".") or "no reason given",
                consequence=consequence,
            )


def _input_of(error: Mapping[str, Any]) -> str:
    info = error.get("extra_info")
    name = info.get("input_name") if isinstance(info, dict) else None
    return name if isinstance(name, str) else ""


def _span(graph: Graph, id: str, name: str = "") -> Span | None:
    node = graph.nodes.get(id)
    if node is None:
        # The nodes of a staged run: `high.sampler.saved` belongs to `high.sampler`.
        node = graph.nodes.get(id.partition(".saved")[0].partition(".loaded")[0])
    if node is None:
        return graph.span
    return node.spans.get(name, node.span)


def failed(fault: Fault, graph: Graph) -> Diagnostic:
    """An error while a node ran."""
    return messages.NODE_FAILED.at(
        _span(graph, fault.node),
        node=fault.node,
        class_name=fault.class_name,
        type=fault.type or "error",
        reason=_short(fault.message) or "no reason given",
        help=_help(fault),
    )


def out_of_memory(fault: Fault, graph: Graph, tried: str, fits: str) -> Diagnostic:
    """An error for want of memory, when everything was tried."""
    return messages.OUT_OF_MEMORY.at(
        _span(graph, fault.node),
        node=fault.node,
        class_name=fault.class_name,
        reason=_short(fault.message.split("\n")[0]) or fault.type,
        tried=tried,
        fits=fits,
    )


def _help(fault: Fault) -> str:
    said = fault.message.lower()
    if "mat1 and mat2" in said or "expected input" in said or "size mismatch" in said:
        return (
            "Model, LoRA, VAE or text encoder belong to different families; check which ones fit "
            "together."
        )
    if "no such file" in said or "filenotfound" in fault.type.lower():
        return "A file is missing on the server; its log names it."
    if "header" in said or "incomplete metadata" in said or "deserializ" in said:
        return "A model file on the server is damaged; download it again."
    return "The server's log has the full traceback."


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
