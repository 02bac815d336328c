"""The Vega-Lite specs of the drawings of a batch: servers over time, and jobs done over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.report.results.colours import LIGHT

if TYPE_CHECKING:
    from wan22dsl.report.results.contents import Growth, Lanes, StretchKind

#: The names of colours, and the height of the bar in its lane: what is known of a server is a thin one.
COLOURS: dict[StretchKind, str] = {
    "done": "hue-0",
    "running": "pale-0",
    "failed": "hue-1",
    "lost": "hue-3",
    "taken back": "hue-5",
    "not known": "pale-3",
    "away": "limit",
    "not free": "pale-4",
}
_THIN = ("away", "not free")

_LANE_PX, _LANE_NARROW_PX = 20, 30
_LETTER_PX = 7.2


def kinds(drawing: Lanes) -> list[StretchKind]:
    """The kinds of stretches that it has, in the order of legends."""
    used = {stretch.kind for stretch in drawing.stretches}
    return [kind for kind in COLOURS if kind in used]


def lanes(drawing: Lanes, width_px: int) -> dict[str, Any]:
    """Servers over time."""
    is_narrow = width_px < 500
    longest = max(map(len, drawing.lanes), default=0)
    label_px = 0 if is_narrow else min(220, 16 + round(_LETTER_PX * longest))
    inner_px = width_px - label_px - 16
    most = max(6, round((label_px or inner_px) / _LETTER_PX))
    axis: dict[str, Any] = {
        "title": None,
        "grid": False,
        "labelColor": LIGHT["ink"],
        "labelFontSize": 12,
        "labelLimit": 0,
        "labelExpr": f"length(datum.label) > {most} ? slice(datum.label, 0, {most - 1}) + '…' : datum.label",
    }
    if is_narrow:
        axis |= {
            "labelAlign": "left", "labelBaseline": "bottom", "labelOffset": -8, "labelPadding": 0,
            "labelFontSize": 11, "zindex": 1,
        }  # fmt: skip
    else:
        axis |= {"minExtent": label_px, "maxExtent": label_px}
    padding = {"paddingInner": 0.62, "paddingOuter": 0.5} if is_narrow else {"paddingInner": 0.3}
    y = {
        "field": "label",
        "type": "nominal",
        "scale": {"domain": list(drawing.lanes), **padding},
        "axis": axis,
    }
    x = {
        "field": "start",
        "type": "quantitative",
        "scale": {"domain": [0.0, drawing.end], "nice": False},
        "axis": {"title": drawing.axis, "tickCount": max(3, inner_px // 110)},
    }
    used = kinds(drawing)
    color = {
        "field": "kind",
        "type": "nominal",
        "scale": {"domain": used, "range": [LIGHT[COLOURS[kind]] for kind in used]},
        "legend": None,
    }
    layers = []
    for is_thin in (True, False):
        values = [
            {
                "label": each.lane,
                "start": round(each.start, 4),
                "end": round(each.end, 4),
                "kind": each.kind,
            }
            for each in drawing.stretches
            if (each.kind in _THIN) == is_thin
        ]
        mark = {"type": "bar", "height": 4} if is_thin else {"type": "bar"}
        if not is_thin:
            mark |= {"stroke": LIGHT["paper"], "strokeWidth": 0.5}
        if values:
            layers.append(
                {
                    "data": {"values": values},
                    "mark": mark,
                    "encoding": {"y": y, "x": x, "x2": {"field": "end"}, "color": color},
                }
            )
    step = _LANE_NARROW_PX if is_narrow else _LANE_PX
    return {"layer": layers, "width": inner_px, "height": {"step": step}}


def growth(drawing: Growth, width_px: int) -> dict[str, Any]:
    """A number that grows over time."""
    inner_px = width_px - 64
    values = [{"at": at, "number": number} for at, number in drawing.points]
    end = max(at for at, _ in drawing.points)
    x = {
        "field": "at",
        "type": "quantitative",
        "scale": {"domain": [0.0, end or 1.0], "nice": False},
        "axis": {"title": drawing.axis, "tickCount": max(3, inner_px // 110), "grid": False},
    }
    y = {
        "field": "number",
        "type": "quantitative",
        "stack": None,
        "scale": {"domain": [0, drawing.limit * 1.05 or 1]},
        "axis": {"title": drawing.what, "tickCount": 4},
    }
    area = {
        "type": "area",
        "interpolate": "step-after",
        "color": LIGHT["bar"],
        "line": {"color": LIGHT["hue-0"], "strokeWidth": 1.5},
    }
    rule = {"type": "rule", "color": LIGHT["limit"], "strokeDash": [5, 3], "strokeWidth": 1.5}
    return {
        "layer": [
            {"data": {"values": values}, "mark": area, "encoding": {"x": x, "y": y}},
            {"data": {"values": [{"number": drawing.limit}]}, "mark": rule, "encoding": {"y": y}},
        ],
        "width": inner_px,
        "height": 160,
    }
