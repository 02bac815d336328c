"""The parameters of a text: one for each placeholder of a template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.formats.placeholders import PART, name_in
from wan22dsl.language.syntax import spelling

if TYPE_CHECKING:
    from wan22dsl.importing.namings import Namings

#: The type of a parameter by that of the input; all others are strings.
_TYPES = {"INT": "int", "FLOAT": "float", "BOOLEAN": "bool"}

_STRING = "text"


class Params:
    """Parameters by their placeholders; a placeholder that stands for two types has one for each."""

    def __init__(self, names: Namings) -> None:
        self._names = names
        self._found: dict[tuple[str, str], str] = {}

    def used(self, value: str, type: str) -> str:
        """What is written where a placeholder, or a string with some in it, was."""
        kind = _TYPES.get(type, _STRING)
        places = list(PART.finditer(value)) if kind == _STRING else []
        if not places or places[0][0] == value.strip():
            return self._name(value, kind)
        parts: list[str | spelling.NamePart] = []
        at = 0
        for place in places:
            name = self._name(place[0], _STRING)
            parts += [value[at : place.start()], spelling.NamePart(name, 0, 0)]
            at = place.end()
        return spelling.quoted([*parts, value[at:]])

    def _name(self, placeholder: str, kind: str) -> str:
        key = (placeholder.strip(), kind)
        if key not in self._found:
            name = name_in(placeholder)
            self._found[key] = self._names.new(name, f"{name}_{kind}", "value")
        return self._found[key]

    def declared(self) -> list[str]:
        """The declarations of all that were used; one text, for they stand together."""
        lines = [f"param {name}: {kind}" for (_, kind), name in self._found.items()]
        return ["\n".join(lines)] if lines else []
