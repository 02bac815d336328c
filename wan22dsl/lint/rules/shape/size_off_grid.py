"""WAN802: a width or height that the model cannot make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.comfyui.nodes.wan_latents import made_px
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import place
from wan22dsl.lint.rules.fixes import in_place
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.nodes.record import LatentShape
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN802",
    name="size-off-grid",
    severity=Severity.WARNING,
    summary="A size is not a multiple of the model's grid",
    text="{node} is set to {asked}{made}.",
    why=(
        "The 14B models work in blocks of 16 pixels, the 5B model in blocks of 32. ComfyUI "
        "silently cuts a size down to whole latent pixels (8, and 16 for the 5B model); partial "
        "blocks are padded inside the model, and rounded as soon as somebody saves the workflow "
        "in the editor. WanVideoWrapper does not pad them, and fails."
    ),
    help="Use {help}: multiples of {grid}.",
    bad=portrait('wan22.high -> wan22.low -> save("demo")', size="833x1217"),
    good=portrait('wan22.high -> wan22.low -> save("demo")'),
    source="Comfy-Org/ComfyUI, comfy_extras/nodes_wan.py and comfy/ldm/wan/model.py; run: 833x1217 "
    "makes 832x1216",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every node that makes the latent of a Wan video, where its size is known."""
    for node in view.needed:
        shape = record_of(node.class_name).latent
        if shape is None or shape.one_picture:
            continue
        width, height = view.value(node, "width"), view.value(node, "height")
        if type(width) is not int or type(height) is not int or min(width, height) < shape.grid_px:
            continue
        if width % shape.grid_px == 0 and height % shape.grid_px == 0:
            continue
        made = (made_px(width, shape.cell_px), made_px(height, shape.cell_px))
        cut = made != (width, height)
        help = f"{_nearest(width, shape.grid_px)}x{_nearest(height, shape.grid_px)}"
        span = place(node, "width" if width % shape.grid_px else "height")
        yield MESSAGE.at(
            span,
            fix=in_place(span, f"{width}x{height}", help),
            severity=_severity(shape, cut=cut),
            node=named(node),
            asked=f"{width}x{height}",
            made=_made(shape, made) if cut or shape.fails_off_grid else _off(shape),
            help=help,
            grid=shape.grid_px,
        )


def _severity(shape: LatentShape, *, cut: bool) -> Severity:
    if shape.fails_off_grid:
        return Severity.ERROR
    return Severity.WARNING if cut else Severity.NOTE


def _made(shape: LatentShape, made: tuple[int, int]) -> str:
    if shape.fails_off_grid:
        return f", which is not a multiple of {shape.grid_px} pixels, so sampling fails"
    return f" and makes {made[0]}x{made[1]}"


def _off(shape: LatentShape) -> str:
    return f", which is not a multiple of {shape.grid_px} pixels"


def _nearest(px: int, grid_px: int) -> int:
    return max(grid_px, (px + grid_px // 2) // grid_px * grid_px)
