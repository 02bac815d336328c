"""Packs of nodes: which one a class comes from, and the schemas of those that many use.

The data is read only for a class that a version of ComfyUI does not have, and then only in part:

packs.jsonl        the schemas of 4,964 classes of 133 packs, as a ComfyUI 0.33.0 without models described
                   them at the dates that `pack_list` states; a few are from the text of a pack. Choices
                   that depend on the machine are left out
class_packs.jsonl  40,263 names of classes, each with the numbers of the packs that have it, the likeliest
                   first: the packs above, then extension-node-map.json of Comfy-Org/ComfyUI-Manager
                   (2026-08-19), then classes of public workflows that it lacks. The nodes of ComfyUI's
                   partners are there by name
pack_list.jsonl    the packs: name, repository, other names that workflows have for it, date of the schemas
"""

from __future__ import annotations

import json
import os.path
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.comfyui.catalogue.lines import SortedLines, mapped
from wan22dsl.comfyui.catalogue.pack_classes import DATA, pack_classes
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wan22dsl.comfyui.catalogue.schema import NodeClass

#: What stands in the list for ComfyUI itself and for the nodes of its partners, which need an account.
COMFYUI, PARTNERS = "ComfyUI", "partner nodes of ComfyUI"


class Pack(NamedTuple):
    """A pack of nodes. `name` is its folder, `repository` `owner/name` on GitHub where that is known.

    `ids` are other names for it in the properties of nodes in workflow JSON (`cnr_id`, `aux_id`); `date` is
    that of the version whose schemas are bundled, empty where none are.
    """

    name: str
    repository: str = ""
    ids: tuple[str, ...] = ()
    date: str = ""

    @property
    def url(self) -> str:
        """The address of the repository; empty where it is not known."""
        if not self.repository or self.repository.count("/") < 1:
            return ""
        return f"https://github.com/{self.repository}"


def class_of(name: str) -> NodeClass | None:
    """The class of a pack, where its schema is bundled."""
    return pack_classes().get(name)


def class_names() -> Iterator[str]:
    """The names of the classes of packs whose schemas are bundled."""
    return pack_classes().names()


def pack_of(class_name: str) -> Pack | None:
    """The pack that a class most likely comes from; None where nobody knows the name."""
    return next(iter(packs_of(class_name)), None)


def packs_of(class_name: str) -> tuple[Pack, ...]:
    """The packs that have a class of that name, the likeliest first."""
    return tuple(_pack(number) for number in _numbers(class_name))


@lru_cache(maxsize=256)
def pack_with_id(id: str) -> Pack | None:
    """The pack with that name, repository or id, as the properties of a node in workflow JSON state it."""
    wanted = id.strip().rstrip("/").lower()
    if not wanted:
        return None
    for number, line in enumerate(_lines()):
        if wanted.encode() in line.lower():
            pack = _pack(number)
            names = (pack.name, pack.repository, *pack.ids)
            if wanted in (name.rstrip("/").lower() for name in names):
                return pack
    return None


def other_pack(node_class: NodeClass, ids: Iterable[str]) -> Pack | None:
    """The pack that a file names for a class, where that is another one that has a class of this name.

    What is known of the class is then that of another class. Forks that nobody has listed are no others.
    """
    if node_class.pack is None:
        return None
    for id in ids:
        found = pack_with_id(id)
        if (
            found is not None
            and found.name != node_class.pack
            and found in packs_of(node_class.name)
        ):
            return found
    return None


@cache
def _map() -> SortedLines:
    return SortedLines(mapped(os.path.join(DATA, "class_packs.jsonl")))


@cache
def _lines() -> list[bytes]:
    return disk.read(os.path.join(DATA, "pack_list.jsonl")).splitlines()


def _numbers(class_name: str) -> list[int]:
    name = json.dumps(class_name, ensure_ascii=False).encode("utf-8", "surrogatepass")
    found = _map().find(b"[" + name + b",")
    if found is None:
        return []
    return [int(number) for number in json.loads(_map().data[slice(*found)])[1:]]


@cache
def _pack(number: int) -> Pack:
    name, repository, *more = json.loads(_lines()[number])
    return Pack(name, repository, tuple(more[0]) if more else (), *more[1:])
