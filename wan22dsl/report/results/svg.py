"""The SVG of a drawing, to be put into a page.

Its colours are variables of the page, which has a light and a dark set of them, so that one SVG serves both,
and print. Its elements have no names of their own: to a screen reader it is one picture with a title, a
description and a table below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

from wan22dsl.errors import CommandError
from wan22dsl.report.results import charts
from wan22dsl.report.results.colours import LIGHT

if TYPE_CHECKING:
    from wan22dsl.report.results.contents import Drawing

#: What is said where the extra is not installed.
MISSING = (
    'an HTML report needs jinja2 and vl-convert-python: pip install "wan22dsl[report]" '
    "(a Markdown report does not: -o report.md)"
)

_VARIABLES = {colour: f"var(--{name},{colour})" for name, colour in LIGHT.items()}

#: What an SVG of Vega has for programs that read it element by element; here it is one picture with a name.
_DROPPED = {"aria-hidden", "aria-label", "aria-roledescription", "role", "pointer-events", "class"}
_EMPTY = {"", "M0,0h0v0h0Z"}


def svg(drawing: Drawing, width_px: int, id: str, title: str, description: str) -> str:
    """A drawing as an SVG to be put into a page: with a name, a description, and the page's colours.

    Raises CommandError where vl-convert is not installed.
    """
    try:
        import vl_convert
    except ImportError:
        raise CommandError(MISSING) from None
    made = vl_convert.vegalite_to_svg(vl_spec=charts.spec(drawing, width_px), allowed_base_urls=[])
    root = ElementTree.fromstring(made)
    _prune(root)
    _rename(root, id)
    width, height = root.attrib.pop("width"), root.attrib.pop("height")
    root.attrib = {
        "viewBox": f"0 0 {width} {height}",
        "width": width,
        "height": height,
        "role": "img",
        "aria-labelledby": f"{id}-title {id}-desc",
    }
    for number, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = ElementTree.Element(tag, {"id": f"{id}-{tag}"})
        element.text = text
        root.insert(number, element)
    return ElementTree.tostring(root, encoding="unicode")


def _prune(element: ElementTree.Element) -> None:
    """Leaves out what is not seen, and the names of namespaces, which HTML has no use for."""
    element.tag = element.tag.rpartition("}")[2]
    for key in [key for key in element.attrib if key in _DROPPED]:
        del element.attrib[key]
    for key in {"fill", "stroke"} & element.attrib.keys():
        element.attrib[key] = _VARIABLES.get(element.attrib[key], element.attrib[key])
    for child in list(element):
        _prune(child)
        is_hidden = child.get("display") == "none" or child.get("visibility") == "hidden"
        is_empty = child.tag == "path" and child.get("d", "") in _EMPTY
        if is_hidden or is_empty or (child.tag == "g" and not len(child)):
            element.remove(child)


def _rename(root: ElementTree.Element, id: str) -> None:
    """Ids that no other drawing of the page has; Vega counts its own through all that it draws."""
    names = {
        element.attrib["id"]: f"{id}-{number}"
        for number, element in enumerate(each for each in root.iter() if "id" in each.attrib)
    }
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == "id":
                element.attrib[key] = names[value]
            elif value.startswith("url(#"):
                element.attrib[key] = f"url(#{names[value[5:-1]]})"
