"""`NamedTuple` as `typing` has it, whose classes are made ten times as fast.

A command makes more than a hundred of them before it does anything else. `typing` compiles every annotation,
and `collections` a constructor for each class; here it is one for each number of fields.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

__all__ = ["NamedTuple"]

if TYPE_CHECKING:
    from typing import NamedTuple
else:
    from _collections import _tuplegetter as field_at

    _new = tuple.__new__

    #: A constructor for each number of fields, without their names and defaults. Compiling one takes as long
    #: as making the class, so those for usual numbers are written out.
    _constructors = {
        1: lambda _cls, a: _new(_cls, (a,)),
        2: lambda _cls, a, b: _new(_cls, (a, b)),
        3: lambda _cls, a, b, c: _new(_cls, (a, b, c)),
        4: lambda _cls, a, b, c, d: _new(_cls, (a, b, c, d)),
        5: lambda _cls, a, b, c, d, e: _new(_cls, (a, b, c, d, e)),
        6: lambda _cls, a, b, c, d, e, f: _new(_cls, (a, b, c, d, e, f)),
        7: lambda _cls, a, b, c, d, e, f, g: _new(_cls, (a, b, c, d, e, f, g)),
        8: lambda _cls, a, b, c, d, e, f, g, h: _new(_cls, (a, b, c, d, e, f, g, h)),
        9: lambda _cls, a, b, c, d, e, f, g, h, i: _new(_cls, (a, b, c, d, e, f, g, h, i)),
        10: lambda _cls, a, b, c, d, e, f, g, h, i, j: _new(_cls, (a, b, c, d, e, f, g, h, i, j)),
        11: lambda _cls, a, b, c, d, e, f, g, h, i, j, k: _new(
            _cls, (a, b, c, d, e, f, g, h, i, j, k)
        ),
        12: lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m: _new(
            _cls, (a, b, c, d, e, f, g, h, i, j, k, m)
        ),
    }

    class _Class(type):
        """Makes a class of the annotations and the defaults in its body."""

        def __new__(cls, name, bases, body):
            if (
                len(bases) != 1 or bases[0].__base__ is not tuple
            ):  # `NamedTuple`, or a class below one
                return super().__new__(cls, name, bases, body)
            fields = tuple(map(sys.intern, body.get("__annotations__", ())))
            defaults = {field: body[field] for field in fields if field in body}
            if tuple(defaults) != fields[len(fields) - len(defaults) :]:
                raise TypeError(f"{name}: a field without a default follows one that has a default")
            body |= {field: field_at(index, "") for index, field in enumerate(fields)}
            body["__slots__"] = ()
            body["__new__"] = _constructor(name, fields, tuple(defaults.values()))
            body["__match_args__"] = body["_fields"] = fields
            body["_field_defaults"] = defaults
            return super().__new__(cls, name, bases, body)

    def _constructor(name, fields, defaults):
        """`lambda _cls, FIELDS: tuple.__new__(_cls, (FIELDS))`."""
        made = _constructors.get(len(fields))
        if made is None:
            names = "".join(f"_{index}, " for index in range(len(fields)))
            made = eval(f"lambda _cls, {names}: _new(_cls, ({names}))", {"_new": _new})
            _constructors[len(fields)] = made
        code = made.__code__.replace(co_varnames=("_cls", *fields), co_name="__new__")
        constructor = type(made)(code, made.__globals__, "__new__", defaults)
        constructor.__qualname__ = f"{name}.__new__"
        return constructor

    class NamedTuple(tuple, metaclass=_Class):
        """The base of a class with fields; see `typing.NamedTuple`."""

        __slots__ = ()
        _fields = ()

        @classmethod
        def _make(cls, values):
            made = _new(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
            return made

        def _replace(self, /, **changed):
            made = self._make(map(changed.pop, self._fields, self))
            if changed:
                raise ValueError(f"Got unexpected field names: {list(changed)!r}")
            return made

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __getnewargs__(self):
            return tuple(self)

        def __repr__(self):
            fields = zip(self._fields, self, strict=True)
            inner = ", ".join(f"{field}={value!r}" for field, value in fields)
            return f"{type(self).__name__}({inner})"
