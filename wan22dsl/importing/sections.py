"""The groups of a workflow: which nodes are in each, and statements in their order, under its title."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.formats.json_text import value_of
from wan22dsl.importing.computed import one_line
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence, Set

#: What the editor calls a group that nobody has named.
_UNNAMED = ("", "Group")

#: More statements are left in their order.
_MOST = 300


class Sections(NamedTuple):
    """The titles of all groups, and that of the group of each node, by its id in the graph."""

    titles: tuple[str, ...] = ()
    of: dict[str, str] = {}  # noqa: RUF012 never changed


def sections(text: str) -> Sections:
    """The groups of a workflow JSON. Those of a text of ours are made anew, and are not read."""
    if '"groups"' not in text:
        return Sections()
    value = value_of(text)
    about = value.get("extra") if isinstance(value, dict) else None
    if not isinstance(value, dict) or (isinstance(about, dict) and "wan" in about):
        return Sections()
    definitions = value.get("definitions")
    inner = definitions.get("subgraphs") if isinstance(definitions, dict) else None
    graphs = {
        item["id"]: item
        for item in (inner if isinstance(inner, list) else ())
        if isinstance(item, dict) and isinstance(item.get("id"), str)
    }
    titles = [title for title, _ in _groups(value)]
    found: dict[str, str] = {}
    _find(value, "", "", graphs, found, 0)
    return Sections(tuple(dict.fromkeys(titles)), found)


#: Subgraphs are in each other no deeper than this.
_DEEPEST = 8


def _find(
    graph: dict[str, Any],
    prefix: str,
    outer: str,
    graphs: dict[str, dict[str, Any]],
    found: dict[str, str],
    depth: int,
) -> None:
    """Notes the group of each node; in a subgraph that of the subgraph's own node where it has none."""
    groups = _groups(graph)
    nodes = graph.get("nodes")
    for node in nodes if isinstance(nodes, list) else ():
        if not isinstance(node, dict):
            continue
        id = f"{prefix}{node.get('id')}"
        inside = [(area, title) for title, area in groups if _is_inside(node, area)]
        title = min(inside, key=lambda each: each[0][2] * each[0][3])[1] if inside else outer
        if title:
            found[id] = title
        subgraph = graphs.get(node.get("type", "")) if isinstance(node.get("type"), str) else None
        if subgraph is not None and depth < _DEEPEST:
            _find(subgraph, f"{id}:", title, graphs, found, depth + 1)


_Area = tuple[float, float, float, float]


def _groups(graph: dict[str, Any]) -> list[tuple[str, _Area]]:
    listed = graph.get("groups")
    found = []
    for item in listed if isinstance(listed, list) else ():
        title, area = (
            (item.get("title"), item.get("bounding")) if isinstance(item, dict) else ("", 0)
        )
        if isinstance(title, str) and one_line(title) not in _UNNAMED:
            found.append((one_line(title), _numbers(area, 4) or (0.0, 0.0, 0.0, 0.0)))
    return found


def _numbers(value: Any, count: int) -> Any:
    """The numbers of a list, or of an object with keys "0", "1", …; None where there are none."""
    if isinstance(value, dict):
        value = [value.get(str(place)) for place in range(count)]
    if not isinstance(value, list) or len(value) < count:
        return None
    found = tuple(value[:count])
    return found if all(type(each) in (int, float) for each in found) else None


def _is_inside(node: dict[str, Any], area: _Area) -> bool:
    place = _numbers(node.get("pos"), 2)
    if place is None:
        return False
    left, top, width, height = area
    return bool(left <= place[0] < left + width and top <= place[1] < top + height)


def in_sections(
    ids: Sequence[str], needs: Callable[[str], Set[str]], of: dict[str, str]
) -> list[str]:
    """The ids, each behind those that it needs, and as far as that goes group by group."""
    if not of or len(ids) > _MOST:
        return list(ids)
    waiting, found, current = dict.fromkeys(ids), list[str](), ""
    missing = {id: set(needs(id)) & waiting.keys() - {id} for id in ids}
    while waiting:
        ready = [id for id in waiting if not missing[id] & waiting.keys()]
        ready = ready or [next(iter(waiting))]
        id = next((id for id in ready if of.get(id, "") == current), ready[0])
        del waiting[id]
        found.append(id)
        current = of.get(id, "")
    return found


def with_titles(statements: Sequence[tuple[str, str]], of: dict[str, str]) -> Iterator[str]:
    """Statements, each with the id of its node, under the titles of their groups."""
    current = ""
    for id, statement in statements:
        title = of.get(id, "")
        if title != current:
            yield f"\n# {title}\n{statement}" if title else f"\n{statement}"
        else:
            yield statement
        current = title
