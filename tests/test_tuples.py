"""`wan22dsl.tuples.NamedTuple` makes the classes that `typing.NamedTuple` makes."""

from __future__ import annotations

import ast
import copy
import pickle
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from wan22dsl.api.options import Options
from wan22dsl.diagnostics import Message
from wan22dsl.tuples import NamedTuple

NAMES = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8)
VALUES = st.one_of(
    st.integers(), st.text(max_size=3), st.none(), st.lists(st.integers(), max_size=2)
)


class Ours(NamedTuple):
    """A class with all that a body can have."""

    first: int
    second: str = "b"
    third: list[int] = []  # noqa: RUF012 - as it is written for `typing`

    @property
    def both(self) -> str:
        return f"{self.first}{self.second}"

    @classmethod
    def empty(cls) -> Ours:
        return cls(0)


class Theirs(typing.NamedTuple):
    """A class with all that a body can have."""

    first: int
    second: str = "b"
    third: list[int] = []  # noqa: RUF012

    @property
    def both(self) -> str:
        return f"{self.first}{self.second}"

    @classmethod
    def empty(cls) -> Theirs:
        return cls(0)


class Below(Ours):
    """A class of another, with a method more."""

    def third_of(self) -> list[int]:
        return self.third


def outcome(action):
    """What an action gives, or how it fails."""
    try:
        found = action()
    except Exception as error:
        return type(error), str(error).replace("Theirs", "Ours")
    return repr(found).replace("Theirs", "Ours"), tuple(found)


@given(
    positional=st.lists(VALUES, max_size=4),
    named=st.dictionaries(st.sampled_from(["first", "second", "third", "fourth"]), VALUES),
)
def test_a_call_gives_the_same_or_fails_with_the_same_words(positional, named):
    calls = [outcome(lambda made=made: made(*positional, **named)) for made in (Ours, Theirs)]
    assert calls[0] == calls[1]


@given(
    values=st.tuples(VALUES, VALUES, VALUES),
    changed=st.dictionaries(st.sampled_from(["first", "third", "fourth"]), VALUES),
)
def test_what_a_tuple_does_is_the_same(values, changed):
    ours, theirs = Ours._make(values), Theirs._make(values)
    assert ours == theirs == values
    assert ours._asdict() == theirs._asdict()
    assert (ours.first, ours.second, ours.third) == values
    assert ours.both == theirs.both
    assert outcome(lambda: ours._replace(**changed)) == outcome(lambda: theirs._replace(**changed))
    assert type(copy.copy(ours)) is Ours and copy.deepcopy(ours) == ours
    assert pickle.loads(pickle.dumps(ours)) == ours
    assert type(pickle.loads(pickle.dumps(ours))) is Ours


@given(fields=NAMES, data=st.data())
def test_any_fields_with_any_defaults_make_the_same_class(fields, data):
    defaults = data.draw(st.lists(VALUES, max_size=len(fields)))
    body = dict(zip(fields[len(fields) - len(defaults) :], defaults, strict=True))
    made = []
    for base in (NamedTuple, typing.NamedTuple):
        space = {"__annotations__": dict.fromkeys(fields, "int"), "__module__": __name__, **body}
        made.append(type(base)("Made", (base,), space) if base is NamedTuple else _of_typing(space))
    ours, theirs = made
    for name in ("_fields", "_field_defaults", "__match_args__", "__slots__"):
        assert getattr(ours, name) == getattr(theirs, name)
    values = data.draw(st.lists(VALUES, max_size=len(fields)))
    assert outcome(lambda: ours(*values)) == outcome(lambda: theirs(*values))


def _of_typing(space):
    from types import new_class

    return new_class("Made", (typing.NamedTuple,), {}, lambda body: body.update(space))


def test_a_class_has_no_room_for_anything_else():
    with pytest.raises(AttributeError):
        Ours(1).other = 2
    with pytest.raises(AttributeError):
        Ours(1).first = 2


def test_a_field_without_a_default_cannot_follow_one_that_has_one():
    with pytest.raises(TypeError, match="Wrong: a field without a default"):

        class Wrong(NamedTuple):
            first: int = 1
            second: int


def test_a_class_below_has_the_fields_and_its_methods():
    assert Below(1, third=[2]).third_of() == [2]
    assert repr(Below(1)) == "Below(first=1, second='b', third=[])"
    assert isinstance(Below(1), Ours)


def test_fields_are_matched_by_position():
    match Ours(1, "c"):
        case Ours(number, text):
            assert (number, text) == (1, "c")
        case _:
            pytest.fail("not matched")


def test_the_classes_of_the_package_keep_their_documentation_and_home():
    assert (Message.__module__, Message.__qualname__) == ("wan22dsl.diagnostics", "Message")
    assert Message.__doc__.startswith("What")
    assert Options._field_defaults["jobs"] == 1


def test_no_module_makes_classes_by_typing_or_collections():
    slow = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in sorted((ROOT / "wan22dsl").rglob("*.py"))
        if file.name != "tuples.py"
        for node in ast.walk(ast.parse(file.read_bytes()))
        if isinstance(node, ast.ImportFrom)
        and node.module in {"typing", "collections"}
        and {name.name for name in node.names} & {"NamedTuple", "namedtuple"}
    ]
    assert slow == [], "import NamedTuple from wan22dsl.tuples: importing a module is faster then"
