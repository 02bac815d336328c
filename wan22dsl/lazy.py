"""Names of a package that are imported when they are first used, so that importing it costs little."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def offered(package: str, homes: Mapping[str, str], name: str) -> Any:
    """The value of a name that a package offers, for its `__getattr__`; it is looked up only once.

    `homes` are the modules of the package, each with the names that it offers, separated by spaces. Raises
    AttributeError for any other name.
    """
    for module, names in homes.items():
        if name in names.split():
            value = getattr(import_module(f"{package}.{module}"), name)
            setattr(sys.modules[package], name, value)
            return value
    raise AttributeError(f"module {package!r} has no attribute {name!r}")
