"""What the shapes of files that are written and read again have in common: pydantic models.

Importing pydantic takes longer than compiling a file, so shapes are imported only where such a file is
written or read.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


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
