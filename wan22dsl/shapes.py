"""What the shapes of files that are written and read again have in common: pydantic models.

Importing pydantic takes longer than compiling a file, so shapes are imported only where such a file is
written or read.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter


class Shape(BaseModel):
    """Frozen. What a later version adds is kept, and what it takes away is missed."""

    model_config = ConfigDict(frozen=True, extra="allow", from_attributes=True, allow_inf_nan=False)

    def as_json(self) -> dict[str, Any]:
        """As JSON has it."""
        return self.model_dump(mode="json", by_alias=True)


def _whole(value: Any) -> Any:
    """A text of whole characters: the name of a file on Linux may hold any bytes."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def _rounded(seconds: float) -> float:
    return round(seconds, 4)


Text = Annotated[str, BeforeValidator(_whole)]
Seconds = Annotated[float, AfterValidator(_rounded)]
Count = Annotated[int, Field(ge=0)]
Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schema_of(name: str, title: str, description: str, shape: Any) -> str:
    """The text of the JSON Schema of a shape, for `schemas/NAME.schema.json`."""
    made = _plain(TypeAdapter(shape).json_schema())
    head = {"$schema": _DRAFT, "$id": f"wan22dsl/{name}.schema.json"}
    found = {**head, "title": title, "description": description}
    found |= {key: value for key, value in made.items() if key not in found}
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _plain(value: Any, *, names: bool = False) -> Any:
    """A schema without what pydantic writes in one version and not in another.

    `names`: the keys are names of properties or definitions, and stay as they are.
    """
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if not isinstance(value, dict):
        return value
    dropped = set() if names else {"title", *(["enum"] if "const" in value else [])}
    if not names and value.get("additionalProperties") is True:
        dropped.add("additionalProperties")  # is what a schema means that does not say it
    return {
        key: _plain(part, names=not names and key in {"properties", "$defs", "mapping"})
        for key, part in sorted(value.items(), key=lambda item: _ORDER.get(item[0], 9))
        if key not in dropped
    }


#: What comes first in a schema, whatever the version.
_ORDER = {"$ref": 0, "description": 1, "type": 2, "const": 3, "enum": 3, "default": 4}
