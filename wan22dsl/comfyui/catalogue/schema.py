"""What node classes exist: one shape for bundled facts, a file and a live server.

A `Catalogue` is asked for one class at a time, so that a bundled one need not be read whole.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

#: Widgets that the scripts of packs make: of ComfyUI-Lora-Manager, comfy_mtb, ComfyUI-RMBG, ComfyUI-Easy-Use,
#: ComfyUI-Prompt-Stash, ComfyUI-VideoHelperSuite, ComfyUI_essentials, and the two packs of AnimateDiff.
PACK_WIDGET_TYPES = frozenset(
    {"LORAS", "AUTOCOMPLETE_TEXT_LORAS", "AUTOCOMPLETE_TEXT_PROMPT", "AUTOCOMPLETE_TEXT_EMBEDDINGS"}
    | {"LORA_POOL_CONFIG", "RANDOMIZER_CONFIG", "CYCLER_CONFIG", "MTB_COLOR", "FLOAT_CURVE"}
    | {"COLORCODE", "EASY_COMBO", "EASY_PROMPT_STYLES", "EASY_PROMPT_AWAIT_BAR"}
    | {
        "EASY_TABLE_EDITOR",
        "MULTI_BUTTON",
        "VHSPATH",
        "INT:seed",
        "ADEWARN",
        "ADEAUTOSIZE",
        "ACNAUTOSIZE",
    }
)

#: Types whose inputs hold a value of the prompt itself; every other type is a socket and takes a
#: link. The second row are values that ComfyUI's frontend makes with an editor of its own.
WIDGET_TYPES = frozenset(
    {"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"}
    | {"COLOR", "WEBCAM", "AUDIO_RECORD", "LOAD_3D", "LOAD_3D_ANIMATION"}
    | PACK_WIDGET_TYPES
)

#: The type of a list of rows of inputs.
ROWS = "COMFY_DYNAMICGROUP_V3"

#: Whole numbers that the editor puts a widget behind for what becomes of them after a run, unless the class
#: says otherwise (Comfy-Org/ComfyUI_frontend, useIntWidget).
SEEDS = frozenset({"seed", "noise_seed"})


class Input(NamedTuple):
    """One input of a node class.

    `type` is ComfyUI's name: `MODEL`, `INT`, `STRING`, `COMBO` (a choice), a union such as
    `FLOAT,INT,BOOLEAN`, or `*`. `options` are a choice's values, None where they are not known.

    `files` is set where a choice is one of the user's own files: the folder under `models/`, or
    `input` or `output` for those folders of the server. Bundled catalogues then have no `options`
    but `fixed`, the choices that are always there beside the files (`pixel_space` of VAELoader); a
    live or pulled catalogue has both. For `input` and `output` the options are never all: files in
    folders there, and `name [output]`, are taken too.

    `branches` are the inputs that a dynamic choice adds, by the value chosen: under the choice's
    name (`format.codec`), or beside it where `flat` (`crf` of VHS_VideoCombine). `grows` is set
    for an input that stands for a growing list of inputs; `type` is then that of the items. Inputs
    with the same `template` have one type between them, any of `type`; an output may take it over.

    `sent` tells of an input which is not required that its default is sent all the same where nothing is
    written: a `node` declaration does not say which inputs ComfyUI requires.

    `force_input` and `widget` are what the class says against the rule of its type: only a link
    fits, or a constant fits although the type is none of WIDGET_TYPES. `dynamic_prompts` is set for
    a text that the ComfyUI page changes before it sends it (`formats.page.text`). `control` tells whether
    the editor puts a widget behind it that says what becomes of it after a run; None: its name tells.
    `unchecked` is set where the class checks its values itself, so that the server does not.
    """

    name: str
    type: str
    required: bool = True
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    round: float | None = None
    options: tuple[Any, ...] | None = None
    files: str | None = None
    fixed: tuple[Any, ...] = ()
    branches: Mapping[str, tuple[Input, ...]] | None = None
    flat: bool = False
    grows: Growing | None = None
    template: str = ""
    force_input: bool = False
    widget: bool = False
    dynamic_prompts: bool = False
    sent: bool = False
    control: bool | None = None
    unchecked: bool = False

    @property
    def has_default(self) -> bool:
        """Whether the class names a value for when nothing is written."""
        return self.default is not None

    @property
    def is_socket(self) -> bool:
        """Whether only a link fits, never a constant."""
        if self.force_input:
            return True
        if self.widget or self.grows is not None or self.branches is not None:
            return False
        return not any(part in WIDGET_TYPES or part == "*" for part in self.type.split(","))


class Growing(NamedTuple):
    """The template of a growing input: `values` with names a, b, … gives `values.a`, `values.b`, …

    Exactly one of `names` and `prefix` is set; with a prefix the names are prefix0, prefix1, … Where `row` is
    set, neither is: each item is a row of these inputs (`values.0.name`, `values.1.name`),
    and `item` stands for the row.
    """

    item: Input
    minimum: int
    maximum: int
    names: tuple[str, ...] = ()
    prefix: str = ""
    row: tuple[Input, ...] = ()


class Output(NamedTuple):
    """One output of a node class, in the order of its slots.

    With a `template` it gives the type that is linked to the inputs of that template; `type` says
    which those can be (`catalogue.inputs.output_type` tells the one).
    """

    name: str
    type: str
    is_list: bool = False
    template: str = ""


#: The pack of a class that a simulated server made up from how it is used: no more is known of it than
#: of one that nobody knows.
MADE_UP = "stand-in"


#: The pack of a class that a project declares without saying which pack it is of.
DECLARED = "declared by the project"


class NodeClass(NamedTuple):
    """One node class. `pack` is None for ComfyUI's own nodes.

    `declared_facts` works out what a `node` declaration states of an output, from a `nodes.facts.Reading`;
    it is called, and can be compared. What it leaves open, the record of the class answers.

    `takes_anything` tells that it takes inputs of any name besides its own.
    """

    name: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    is_output: bool = False
    pack: str | None = None
    declared_facts: Any = None
    takes_anything: bool = False


@runtime_checkable
class Catalogue(Protocol):
    """What node classes a target has."""

    @property
    def target(self) -> str:
        """What it describes, for people: `ComfyUI 0.39`, a file, a server."""
        ...

    def get(self, name: str) -> NodeClass | None:
        """The class of that name, or None. Raises CatalogueError when a server does not answer."""
        ...

    def names(self) -> Iterable[str]:
        """The names of all classes, sorted."""
        ...

    def __hash__(self) -> int:
        """Each is itself, so that what has been worked out from it can be kept."""
        ...


class LazyCatalogue:
    """Any catalogue: bundled facts, a file, a server. They differ in how a class is found.

    `find` gives a class by name or None, `list_names` all names; both may raise CatalogueError.
    """

    def __init__(
        self,
        target: str,
        find: Callable[[str], NodeClass | None],
        list_names: Callable[[], Iterable[str]],
    ) -> None:
        self.target = target
        self._find = find
        self._list_names = list_names
        self._known: dict[str, NodeClass | None] = {}

    def get(self, name: str) -> NodeClass | None:
        """The class of that name, or None."""
        try:
            return self._known[name]
        except KeyError:
            return self._known.setdefault(name, self._find(name))

    def names(self) -> tuple[str, ...]:
        """The names of all classes, sorted."""
        return self._names

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(sorted(set(self._list_names())))
