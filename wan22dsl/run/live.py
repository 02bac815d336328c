"""The node classes of the server that will run the prompt, and which it lacks.

What the server does not have is taken from the bundled facts, so that a pipeline can still be built and all
that is missing can be said at once. The server's own model files are not part of the classes here: whether
they are there is asked by `preflight`, which can say in which folder one belongs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.catalogue import packs
from wan22dsl.comfyui.catalogue.object_info import read_class
from wan22dsl.comfyui.catalogue.open import BUNDLED, open_catalogue
from wan22dsl.errors import CatalogueError
from wan22dsl.run import request_retry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.comfyui.catalogue.schema import NodeClass
    from wan22dsl.run.client import Client


#: What the classes of ComfyUI itself, and those of its partners, are listed under.
_OWN = frozenset({packs.COMFYUI, packs.PARTNERS})


class LiveCatalogue:
    """A `Catalogue` for `compile`. Every class is asked for once, when it is needed.

    `target` is what it is called where the server is our own: it has the classes of a bundled version.
    """

    def __init__(self, client: Client, target: str = "") -> None:
        self._client, self._target = client, target
        self._bundled = open_catalogue(BUNDLED[0])
        self._with_files: dict[str, NodeClass | None] = {}
        self._found: dict[str, NodeClass | None] = {}

    @property
    def target(self) -> str:
        """What it describes, for people."""
        return self._target or f"the server {self._client.shown}"

    def get(self, name: str) -> NodeClass | None:
        """The class, without the server's files; the bundled one where the server has none."""
        if name not in self._found:
            answer = request_retry.again(lambda: self._client.object_info(name))
            info = answer.get(name)
            if not isinstance(info, dict):
                self._with_files[name] = None
                self._found[name] = self._bundled.get(name)
            else:
                self._with_files[name] = read_class(name, info)
                self._found[name] = read_class(name, info, files=False)
        return self._found[name]

    def names(self) -> Iterable[str]:
        """The names that are bundled: enough to guess what a misspelt one was meant to be."""
        return self._bundled.names()

    def on_server(self, name: str) -> NodeClass | None:
        """The class as the server has it, with the files that it offers; None where it lacks it."""
        self.get(name)
        return self._with_files[name]

    def pack_of(self, name: str) -> str | None:
        """The pack that a class comes from, as far as the bundled facts know."""
        try:
            found = self._bundled.get(name)
        except CatalogueError:
            return None
        if found is not None:
            return found.pack
        pack = packs.pack_of(name)
        return pack.name if pack is not None and pack.name not in _OWN else None

    def is_own(self, name: str) -> bool:
        """Whether a class belongs to ComfyUI itself."""
        found = self._bundled.get(name)
        if found is not None:
            return found.pack is None
        pack = packs.pack_of(name)
        return pack is not None and pack.name in _OWN
