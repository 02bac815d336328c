"""The report as one HTML page, which asks nothing of any server.

Every string of the contents is escaped by jinja2. What goes in as it is are SVGs, whose strings were escaped
when they were written, and the style and script of the templates. A policy in the page forbids all else.
"""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import CommandError
from wan22dsl.escapes import in_json
from wan22dsl.report.results import charts, colours, svg

if TYPE_CHECKING:
    from wan22dsl.report.results.contents import Block, Chart, Picture, Report


def write(report: Report) -> str:
    """The page. Raises CommandError where the libraries for it are not installed."""
    try:
        import jinja2
    except ImportError:
        raise CommandError(svg.MISSING) from None
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("wan22dsl.report.results"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "kind": _kind,
        "drawn": _drawn,
        "legend": _legend,
        "uri": _uri,
        "json": _json,
    }
    script = environment.get_template("sort.js").render()
    return environment.get_template("page.html").render(
        report=report,
        kinds=_kinds(report),
        light=colours.LIGHT,
        dark=colours.DARK,
        script=script,
        script_hash=b64encode(sha256(script.encode()).digest()).decode(),
        data={result.id: result.data for result in report.results},
    )


def _kind(block: Block) -> str:
    return type(block).__name__


def _kinds(report: Report) -> set[str]:
    """What the page has, so that it has no style for anything else."""
    return {
        _kind(block)
        for result in report.results
        for section in result.sections
        for block in section.blocks
    }


def _drawn(chart: Chart) -> list[tuple[str, Any]]:
    """The SVGs of a chart, each with the kind of page that it is for."""
    from markupsafe import Markup

    found = []
    for kind, width_px in (("wide", charts.WIDE_PX), ("narrow", charts.NARROW_PX)):
        drawn = svg.svg(
            chart.drawing, width_px, f"{chart.id}-{kind}", chart.title, chart.description
        )
        found.append((kind, Markup(drawn)))
    return found


def _legend(chart: Chart) -> list[tuple[str, str]]:
    return charts.legend(chart.drawing)


def _uri(picture: Picture) -> str:
    return f"data:{picture.media_type};base64,{b64encode(picture.data).decode()}"


def _json(value: object) -> Any:
    """JSON within a script: no `<` can end it, and no other character of HTML means anything there."""
    from markupsafe import Markup

    text = in_json(json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)
