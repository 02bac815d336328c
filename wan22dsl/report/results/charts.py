"""Charts as data: the Vega-Lite specs of drawings. Foreign strings are values in them, never expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.report.results import batch_drawings
from wan22dsl.report.results.colours import LIGHT
from wan22dsl.report.results.contents import Differences, Growth, Lanes, Points, Stacked, Timeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wan22dsl.report.results.contents import Activity, Band, Drawing, Part

#: Widths of a page for a desk and for a phone, in CSS pixels; each chart is drawn for both.
WIDE_PX, NARROW_PX = 1060, 340

_HUES = 6

#: A letter of DejaVu Sans in 13 px, on the average. Segoe UI, Roboto and Helvetica are narrower.
_LETTER_PX = 7.9

_BANDS = {"excellent": "good", "good": "fair"}

#: Labels of differences: a sign for all but 0.
_SIGNED = "datum.value == 0 ? '0' : format(datum.value, '+~f')"

#: The marks of the rounds.
_SHAPES = ("circle", "diamond")
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_MOST_LABEL_PX = 280

_COLOUR: dict[Activity, str] = {
    "sampling": "hue-0",
    "load": "hue-4",
    "decode": "hue-2",
    "prepare": "hue-5",
    "stage": "hue-3",
}
_ACTIVITIES: dict[Activity, str] = {
    "prepare": "text, image, conditioning",
    "load": "loading",
    "sampling": "sampling, each step",
    "decode": "decoding",
    "stage": "after the passes",
}


def spec(drawing: Drawing, width_px: int) -> dict[str, Any]:
    """The Vega-Lite spec of a drawing, for a place of that width."""
    if isinstance(drawing, Points):
        found = _points(drawing, width_px)
    elif isinstance(drawing, Stacked):
        found = _stacked(drawing, width_px)
    elif isinstance(drawing, Differences):
        found = _differences(drawing, width_px)
    elif isinstance(drawing, Lanes):
        found = batch_drawings.lanes(drawing, width_px)
    elif isinstance(drawing, Growth):
        found = batch_drawings.growth(drawing, width_px)
    else:
        found = _timeline(drawing, width_px)
    return {
        "$schema": _SCHEMA,
        "config": _CONFIG,
        "padding": {"left": 1, "top": 4, "right": 12, "bottom": 2},
    } | found


_CONFIG: dict[str, Any] = {
    "background": None,
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": LIGHT["soft"],
        "labelFontSize": 12,
        "titleColor": LIGHT["soft"],
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titlePadding": 8,
        "gridColor": LIGHT["grid"],
        "domain": False,
        "ticks": False,
        "labelPadding": 6,
    },
    "text": {"font": "sans-serif", "fontSize": 12, "color": LIGHT["ink"]},
}


class _Frame:
    """Where the rows of a chart are: labels to the left of wide charts, above the bars of narrow ones."""

    def __init__(self, labels: Sequence[str], width_px: int) -> None:
        self.labels = list(labels)
        self.is_narrow = width_px < 500
        longest = max(map(len, labels), default=0)
        self._label_px = (
            0 if self.is_narrow else min(_MOST_LABEL_PX, 16 + round(_LETTER_PX * longest))
        )
        self.width_px = width_px - self._label_px - 16
        self.row_px = 46 if self.is_narrow else 32

    def view(self) -> dict[str, Any]:
        """The size of the view."""
        return {"width": self.width_px, "height": {"step": self.row_px}}

    def rows(self) -> dict[str, Any]:
        """The axis of the rows, in their order."""
        axis: dict[str, Any] = {
            "title": None,
            "grid": False,
            "zindex": 1,
            "labelColor": LIGHT["ink"],
            "labelFontSize": 13,
            "labelLimit": 0,
            "labelExpr": _cut(self._label_px or self.width_px),
        }
        if self.is_narrow:
            above = {
                "labelAlign": "left",
                "labelBaseline": "bottom",
                "labelOffset": -11,
                "labelPadding": 0,
            }
            axis |= {**above, "labelFontSize": 12}
        else:
            axis |= {"minExtent": self._label_px, "maxExtent": self._label_px}
        scale = {"domain": self.labels, "paddingInner": 0.45, "paddingOuter": 0.3}
        if self.is_narrow:
            scale |= {"paddingInner": 0.62, "paddingOuter": 0.45}
        return {"field": "label", "type": "nominal", "scale": scale, "axis": axis}


def _cut(width_px: int) -> str:
    """The expression of a label that has room in so many pixels, in the widest font of a reader."""
    most = max(6, round(width_px / _LETTER_PX))
    return f"length(datum.label) > {most} ? slice(datum.label, 0, {most - 1}) + '…' : datum.label"


def _axis(title: str, domain: tuple[float, float], width_px: int, **more: Any) -> dict[str, Any]:
    """The axis of figures."""
    return {
        "type": "quantitative",
        "scale": {"domain": list(domain), "nice": False, "zero": False},
        "axis": {"title": title, "tickCount": max(3, width_px // 110), **more},
    }


def _points(drawing: Points, width_px: int) -> dict[str, Any]:
    frame = _Frame([row.label for row in drawing.rows], width_px)
    values = [
        value
        for row in drawing.rows
        for value in (row.value, *(p.value for p in row.points))
        if value is not None
    ]
    top = max([*values, drawing.limit[0] if drawing.limit else 0.0], default=1.0) * 1.1 or 1.0
    x = _axis(drawing.axis, (0.0, top), frame.width_px)
    layers = _bands(drawing.bands, top, with_names=not frame.is_narrow)
    bars = [
        {"label": row.label, "value": row.value, "of": "baseline" if row.is_baseline else "cell"}
        for row in drawing.rows
        if row.value is not None
    ]
    layers.append(
        _layer(bars, {"type": "bar", "cornerRadiusEnd": 2},
            y=frame.rows(), x=x | {"field": "value"},
            color={
                "field": "of",
                "type": "nominal",
                "scale": {"domain": ["cell", "baseline"], "range": [LIGHT["bar"], LIGHT["pale-5"]]},
                "legend": None,
            },
        )
    )  # fmt: skip
    runs = [
        {"label": row.label, "value": point.value, "round": min(point.round, len(_SHAPES))}
        for row in drawing.rows
        for point in row.points
    ]
    layers.append(
        _layer(
            runs,
            {
                "type": "point",
                "filled": True,
                "size": 52,
                "color": LIGHT["hue-0"],
                "opacity": 1,
                "stroke": LIGHT["paper"],
                "strokeWidth": 0.8,
            },
            y=frame.rows(),
            x=x | {"field": "value"},
            shape={
                "field": "round",
                "type": "nominal",
                "scale": {"domain": [1, 2], "range": list(_SHAPES)},
                "legend": None,
            },
        )
    )
    notes = [{"label": row.label, "text": row.note, "value": 0} for row in drawing.rows if row.note]
    if notes:
        mark = {
            "type": "text",
            "align": "left",
            "dx": 4,
            "fontStyle": "italic",
            "color": LIGHT["soft"],
            "limit": frame.width_px,
        }
        layers.append(
            _layer(notes, mark, y=frame.rows(), x=x | {"field": "value"}, text={"field": "text"})
        )
    if drawing.limit is not None:
        layers += _limit(*drawing.limit, x)
    return {"layer": layers, **frame.view()}


def _bands(bands: Iterable[Band], top: float, *, with_names: bool) -> list[dict[str, Any]]:
    """Stretches of the axis in colour, behind everything, each with its name at its end."""
    found = []
    for band in bands:
        end = min(band.end, top)
        if end <= band.start:
            continue
        values = [{"start": band.start, "end": end, "name": band.name}]
        mark: dict[str, Any] = {
            "type": "rect",
            "color": LIGHT[_BANDS.get(band.name.split()[0], "fair")],
        }
        x = {"field": "start", "type": "quantitative"}
        found.append(_layer(values, mark, x=x, x2={"field": "end"}))
        if with_names:
            mark = {
                "type": "text",
                "align": "right",
                "baseline": "bottom",
                "dx": -2,
                "y": -3,
                "fontSize": 11,
                "color": LIGHT["soft"],
            }
            x = {"field": "end", "type": "quantitative"}
            found.append(_layer(values, mark, x=x, text={"field": "name"}))
    return found


def _limit(value: float, name: str, x: dict[str, Any]) -> list[dict[str, Any]]:
    """A line across all rows."""
    data = [{"value": value, "name": name}]
    at = {"x": x | {"field": "value"}}
    rule = {"type": "rule", "color": LIGHT["limit"], "strokeDash": [5, 3], "strokeWidth": 1.5}
    text = {
        "type": "text",
        "align": "right",
        "baseline": "bottom",
        "y": -3,
        "fontSize": 11,
        "color": LIGHT["limit"],
    }
    return [
        {"data": {"values": data}, "mark": rule, "encoding": at},
        {"data": {"values": data}, "mark": text, "encoding": {**at, "text": {"field": "name"}}},
    ]


def _layer(values: list[dict[str, Any]], mark: dict[str, Any], **encoding: Any) -> dict[str, Any]:
    return {"data": {"values": values}, "mark": mark, "encoding": encoding}


def _stacked(drawing: Stacked, width_px: int) -> dict[str, Any]:
    frame = _Frame([label for label, _ in drawing.rows], width_px)
    names = _parts(drawing)
    top = max((sum(part.value for part in parts) for _, parts in drawing.rows), default=1.0) * 1.02
    values = []
    for label, parts in drawing.rows:
        start = 0.0
        for part in parts:
            end = start + part.value
            values.append(
                {"label": label, "part": part.name, "start": round(start, 4), "end": round(end, 4)}
            )
            start = end
    x = _axis(drawing.axis, (0.0, top or 1.0), frame.width_px)
    color = _series(list(names), [_colour(part) for part in names.values()])
    mark = {"type": "bar", "stroke": LIGHT["paper"], "strokeWidth": 1}
    layer = _layer(
        values, mark, y=frame.rows(), x=x | {"field": "start"}, x2={"field": "end"}, color=color
    )
    return {**layer, **frame.view()}


def _parts(drawing: Stacked) -> dict[str, Part]:
    """The parts of all bars by their names, in the order in which they come."""
    found: dict[str, Part] = {}
    for _, parts in drawing.rows:
        for part in parts:
            found.setdefault(part.name, part)
    return found


def _colour(part: Part) -> str:
    """The name of the colour of a part."""
    return f"{'pale' if part.is_pale else 'hue'}-{part.hue % _HUES}"


def _series(names: list[str], colours: list[str]) -> dict[str, Any]:
    """The colours of parts. The page has the legend: there it wraps, and is read as text."""
    scale = {"domain": names, "range": [LIGHT[colour] for colour in colours]}
    return {"field": "part", "type": "nominal", "scale": scale, "legend": None}


def legend(drawing: Drawing) -> list[tuple[str, str]]:
    """The parts of a drawing, each with the name of its colour; none where colours are not parts."""
    if isinstance(drawing, Stacked):
        return [(name, _colour(part)) for name, part in _parts(drawing).items()]
    if isinstance(drawing, Timeline):
        return [(_ACTIVITIES[each], _COLOUR[each]) for each in _activities(drawing)]
    if isinstance(drawing, Lanes):
        kinds = batch_drawings.kinds(drawing)
        return [(str(kind), batch_drawings.COLOURS[kind]) for kind in kinds]
    if isinstance(drawing, Points):
        return [(band.name, _BANDS.get(band.name.split()[0], "fair")) for band in drawing.bands]
    return []


def _differences(drawing: Differences, width_px: int) -> dict[str, Any]:
    frame = _Frame([row.label for row in drawing.rows], width_px)
    numbers = [number for row in drawing.rows for number in (row.value, *row.points)]
    widest = max([*map(abs, numbers), drawing.band_percent or 0.0, 1.0]) * 1.15
    low = -widest if min([*numbers, -(drawing.band_percent or 0.0)]) < 0 else 0.0
    x = _axis(drawing.axis, (low, widest), frame.width_px, labelExpr=_SIGNED)
    layers: list[dict[str, Any]] = []
    if drawing.band_percent is not None:
        band = [{"start": -drawing.band_percent, "end": drawing.band_percent}]
        mark = {"type": "rect", "color": LIGHT["noise"]}
        layers.append(_layer(band, mark, x=x | {"field": "start"}, x2={"field": "end"}))
    zero = {"type": "rule", "color": LIGHT["soft"]}
    layers.append(_layer([{"value": 0}], zero, x=x | {"field": "value"}))
    colours = {"good": LIGHT["hue-2"], "bad": LIGHT["hue-1"]}
    for row in drawing.rows:
        colour = colours.get(row.tone, LIGHT["hue-5"])
        line = {"type": "rule", "strokeWidth": 3, "color": colour}
        data: list[dict[str, Any]] = [{"label": row.label, "value": row.value, "zero": 0}]
        layers.append(
            _layer(data, line, y=frame.rows(), x=x | {"field": "zero"}, x2={"field": "value"})
        )
        end = {"type": "point", "filled": True, "size": 110, "color": colour, "opacity": 1}
        layers.append(_layer(data, end, y=frame.rows(), x=x | {"field": "value"}))
        single = {
            "type": "point",
            "filled": False,
            "size": 36,
            "color": LIGHT["ink"],
            "opacity": 1,
            "strokeWidth": 1.2,
        }
        sessions: list[dict[str, Any]] = [
            {"label": row.label, "value": point} for point in row.points
        ]
        layers.append(_layer(sessions, single, y=frame.rows(), x=x | {"field": "value"}))
    return {"layer": layers, **frame.view()}


def _timeline(drawing: Timeline, width_px: int) -> dict[str, Any]:
    lanes = list(dict.fromkeys(span.lane for span in drawing.spans))
    frame = _Frame(lanes, width_px)
    x = _axis("seconds", (0.0, drawing.end_s), frame.width_px)
    if drawing.curve:  # the axis is that of the curve below
        x["axis"] |= {"title": None, "labels": False}
    values = [
        {
            "label": span.lane,
            "start": round(span.start_s, 3),
            "end": round(span.end_s, 3),
            "part": _ACTIVITIES[span.activity],
        }
        for span in drawing.spans
    ]
    used = _activities(drawing)
    color = _series([_ACTIVITIES[each] for each in used], [_COLOUR[each] for each in used])
    mark = {"type": "bar", "stroke": LIGHT["paper"], "strokeWidth": 0.8}
    encoding = {
        "y": frame.rows(),
        "x": x | {"field": "start"},
        "x2": {"field": "end"},
        "color": color,
    }
    spans = {"data": {"values": values}, "mark": mark, "encoding": encoding, **frame.view()}
    if not drawing.curve:
        return spans
    return {"vconcat": [spans, _memory(drawing, frame)], "spacing": 26, "bounds": "flush"}


def _activities(drawing: Timeline) -> list[Activity]:
    used = {span.activity for span in drawing.spans}
    return [each for each in _ACTIVITIES if each in used]


def _memory(drawing: Timeline, frame: _Frame) -> dict[str, Any]:
    """The curve of the card's memory: between two measurements it is that of the first."""
    values = [{"s": round(at_s, 2), "gib": gib} for at_s, gib in drawing.curve]
    ends_s = max(span.end_s for span in drawing.spans)
    values.append({"s": round(ends_s, 2), "gib": drawing.curve[-1][1]})
    top = max(*(gib for _, gib in drawing.curve), drawing.limit_gib or 0.0) * 1.08
    x = _axis("seconds", (0.0, drawing.end_s), frame.width_px)
    y = _axis("", (0.0, top), 400, tickCount=3)
    mark = {
        "type": "area",
        "interpolate": "step-after",
        "color": LIGHT["bar"],
        "line": {"color": LIGHT["hue-0"], "strokeWidth": 1.5},
    }
    layers = [_layer(values, mark, x=x | {"field": "s"}, y=y | {"field": "gib"})]
    title = {
        "type": "text",
        "align": "left",
        "baseline": "bottom",
        "x": 0,
        "y": -7,
        "color": LIGHT["soft"],
    }
    layers.append(_layer([{"text": "memory of the card, GiB"}], title, text={"field": "text"}))
    if drawing.limit_gib is not None:
        data = [{"gib": drawing.limit_gib}]
        rule = {"type": "rule", "color": LIGHT["limit"], "strokeDash": [5, 3], "strokeWidth": 1.5}
        layers.append(_layer(data, rule, y=y | {"field": "gib"}))
    return {"layer": layers, "width": frame.width_px, "height": 110}
