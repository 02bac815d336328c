"""What ComfyUI's editor, and the scripts of packs, keep for a class beside its inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Rows(NamedTuple):
    """Widgets that are objects, as many as the user makes: an object with the key `key` is an input.

    The first one is the input `prefix` and 1. `before` and `behind` are what else the editor saves; `beside`
    are names that it sends for it, which the server ignores. `not_null` are keys that are sent only where
    they have a value, and saved as null. `text` is the input of the one string among them.
    """

    key: str
    prefix: str
    before: tuple[Any, ...] = ()
    behind: tuple[Any, ...] = ()
    beside: tuple[str, ...] = ()
    not_null: tuple[str, ...] = ()
    text: str = ""


class Number(NamedTuple):
    """A number among the properties of a node: the input for whole numbers, and that for all.

    `flag` is the input that is 1 where the second one counts, `digits` the property with the digits behind
    the point that the editor shows.
    """

    property: str
    whole: str
    any: str
    flag: str
    digits: str


class Widgets(NamedTuple):
    """What ComfyUI's editor has for a class beside its inputs (Comfy-Org/ComfyUI_frontend).

    `upload` is the last widget where that is a button to upload a file: its type, and what stands for its
    value; `buttons` are what stands for other buttons among the values. `seed` is an input that is a seed
    although its name does not say so. `own_words` tells that the number and the words of a choice come
    behind it.

    `order` are the names of its widgets in a list of values, where no catalogue has the class; with
    `old_list` also where one has, since only old versions saved a list. `moved` tells that versions of the
    class have its widgets in different orders, so that no value is named by its place alone.

    `behind` is what the script of the pack saves behind the last widget, such as buttons. `no_control` tells
    that no seed of it has an entry for after a run; `seed_button` that a button is there, saved as null.
    `shows` tells that values are what the node shows after a run: those beyond its inputs ("more"), or all of
    them ("only"). Objects with one of the keys `marks` are notes that the script makes for itself. `beyond`
    are the names of values behind those of the inputs of the class, which its function takes too.

    `rows` are widgets that the user adds. `numbers` are numbers that the script keeps among the properties
    and puts into two inputs when it sends them. `brought_up_to_date` gives, for values of an older version,
    those that the script changes when it loads them; None takes one away.
    """

    upload: tuple[str, str] | None = None
    buttons: tuple[str, ...] = ()
    seed: str | None = None
    own_words: bool = False
    order: tuple[str, ...] = ()
    old_list: bool = False
    moved: bool = False
    behind: tuple[Any, ...] = ()
    no_control: bool = False
    seed_button: bool = False
    shows: Literal["", "more", "only"] = ""
    rows: Rows | None = None
    marks: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    brought_up_to_date: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None
