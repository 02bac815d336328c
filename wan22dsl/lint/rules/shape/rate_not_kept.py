"""WAN817: a rate that an animated picture cannot have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import place
from wan22dsl.lint.rules.wording import named, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN817",
    name="rate-not-kept",
    severity=Severity.WARNING,
    summary="An animated picture cannot keep its frame rate",
    text="{node} writes {kind} that plays at {played} fps, not at {fps}.",
    why=(
        "Animated pictures store the duration of each frame: a GIF in hundredths of a second, "
        "WebP and PNG in thousandths. Browsers show a frame of up to 10 ms for 100 ms, so "
        "anything faster plays at 10 fps."
    ),
    help="Save a video (MP4, WebM), or write at most {most} fps.",
    bad=portrait(
        'wan22.high -> wan22.low -> rife(times = 4) -> combine("demo", format = "image/gif")',
        size="832x480",
    ),
    good=portrait('wan22.high -> wan22.low -> rife(times = 4) -> combine("demo")', size="832x480"),
    source="Kosinkadink/ComfyUI-VideoHelperSuite and Comfy-Org/ComfyUI: the duration that is handed to "
    "Pillow; python-pillow/Pillow, GifImagePlugin; Chromium and Firefox: 10 ms become 100 ms",
)

#: So long a browser shows a frame that has up to 10 ms, in milliseconds.
_LEAST_MS, _INSTEAD_MS = 10, 100

#: Rates nearer than this to each other are taken for the same; up to `_NOTED` it is a note.
_TOLERANCE, _NOTED = 0.1, 0.25

#: What an animated picture is called, and the highest rate that it keeps.
_KINDS = {"gif": ("a GIF", 50), "webp": ("a WebP", 83), "png": ("an animated PNG", 83)}


def check(view: View) -> Iterator[Diagnostic]:
    """Every node that writes an animated picture, where its rate is known."""
    for node in view.needed:
        kind, player = _kind(view, node), record_of(node.class_name).player
        if kind is None or player is None:
            continue
        fps, made = view.value(node, player.rate), view.facts_of(node, player.frames).fps
        if type(fps) not in {int, float} or not 1 <= fps <= 1000:
            continue
        if made is not None and abs(fps / made - 1) > _TOLERANCE:
            continue  # the rate is another one anyway: WAN804
        played = 1000 / _shown_ms(node, kind, fps)
        off = abs(played / fps - 1)
        if off <= _TOLERANCE:
            continue
        words, most = _KINDS[kind]
        yield MESSAGE.at(
            place(node, player.rate),
            severity=Severity.NOTE if off <= _NOTED else Severity.WARNING,
            node=named(node),
            kind=words,
            played=number(round(played, 1)),
            fps=number(fps),
            most=most,
        )


def _kind(view: View, node: Node) -> str | None:
    """What kind of animated picture a node writes; None: none."""
    what = _written(node)
    if what != "combined":
        return {"webp": "webp", "apng": "png"}.get(what)
    format: Any = view.value(node, "format")
    return (
        {"image/gif": "gif", "image/webp": "webp"}.get(format) if isinstance(format, str) else None
    )


def _written(node: Node) -> str:
    saving = record_of(node.class_name).saving
    return "" if saving is None else saving.what


def _shown_ms(node: Node, kind: str, fps: float) -> int:
    """How long a frame is shown: the time that is written, rounded as the format has it."""
    exact = 1000 / fps
    written = round(exact) if _written(node) == "combined" else int(exact)
    if kind == "gif":
        written = written // 10 * 10
    return _INSTEAD_MS if written <= _LEAST_MS else written
