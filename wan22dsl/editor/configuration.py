"""What an editor is told by its user: its settings, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.diagnostics import nearest
from wan22dsl.errors import CatalogueError, CommandError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Hints(NamedTuple):
    """Which hints are shown within a text."""

    frames: bool = True
    handoff: bool = True
    seconds: bool = True
    size: bool = True


class Lenses(NamedTuple):
    """Which lenses are shown above a pipeline or a bench."""

    compile: bool = True
    run: bool = True
    estimate: bool = True
    bench: bool = True
    last_run: bool = True


class Settings(NamedTuple):
    """What an editor is told besides the configuration of a file, which these override. None: not told.

    `server` is the address of a ComfyUI server for runs and for names of model files (`run.server`).
    """

    target: str | None = None
    card: str | None = None
    profile: str | None = None
    server: str | None = None
    lint: bool = True
    hints: Hints = Hints()
    lenses: Lenses = Lenses()

    @property
    def judged_by(self) -> tuple[Any, ...]:
        """What decides the findings of a file."""
        return self.target, self.card, self.profile, self.lint


#: What is told of each setting: for messages, and for the settings page of an editor.
HELP = {
    "target": "ComfyUI to check against: a version such as `0.39`, or an object_info file.",
    "card": "GPU that runs the pipelines, such as `RTX 4090`.",
    "profile": "Profile of `wan.toml` to apply.",
    "run.server": "Address of a ComfyUI server, such as `http://127.0.0.1:8188`.",
    "lint": "Show findings.",
    "hints": "Hints within the text.",
    "hints.frames": "Frames of a length: `5s` is 81 frames.",
    "hints.handoff": "Sigma at the hand-off from the high-noise expert to the low-noise one.",
    "hints.seconds": "Expected seconds of a pass on the card.",
    "hints.size": "Size of the video after a stage.",
    "lenses": "Commands above a pipeline.",
    "lenses.compile": "Compile a pipeline.",
    "lenses.run": "Run a pipeline.",
    "lenses.estimate": "Estimate time and memory of a pipeline.",
    "lenses.bench": "Run a bench.",
    "lenses.last_run": "Time of the last run of a pipeline.",
}


def read(value: Any) -> tuple[Settings, tuple[str, ...]]:
    """The settings that JSON of a client says, and what is wrong with it. A wrong one has its default."""
    if value is None:
        return Settings(), ()
    if not isinstance(value, dict):
        return Settings(), ('the settings `wan` must be an object, such as {"card": "RTX 4090"}',)
    known: dict[str, Any] = {}
    wrong: list[str] = []
    for name, given in _named(value):
        if given is None:
            continue
        problem = _problem(name, given)
        if problem:
            wrong.append(problem)
        elif name in _GROUPS:
            known[name] = _all(name, given)
        else:
            group, _, switch = name.rpartition(".")
            if group == _RUN:
                known["server"] = given.strip() or None
            elif group:
                known[group] = known.get(group, Settings._field_defaults[group])._replace(
                    **{switch: given}
                )
            else:
                known[name] = given.strip() or None if isinstance(given, str) else given
    return Settings(**known), tuple(wrong)


_GROUPS: dict[str, Any] = {"hints": Hints, "lenses": Lenses}

#: The settings about runs; all but the server are for the editor itself.
_RUN = "run"

#: What editors keep among these settings for themselves, and what they say of themselves at the start.
_OF_CLIENTS = frozenset({"server", "graph", "trace", "trusted", "hasGrammar", "libraryScheme"})


def _named(value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each setting with its whole name; `{"hints.frames": false}` is as `{"hints": {"frames": false}}`."""
    for name, given in value.items():
        if name in _OF_CLIENTS:
            continue
        if name in (*_GROUPS, _RUN) and isinstance(given, dict):
            for inner, each in given.items():
                if name != _RUN or inner == "server":
                    yield f"{name}.{inner}", each
        else:
            yield str(name), given


def _all(group: str, is_on: bool) -> Any:
    """A group with all its switches on or off."""
    kind = _GROUPS[group]
    return kind(*[is_on] * len(kind._fields))


def _problem(name: str, given: Any) -> str:
    """What is wrong with a setting; empty where nothing is."""
    if name not in HELP:
        return f"unknown setting `wan.{name}`{_hint(name)}"
    if name in _GROUPS or name.partition(".")[0] in _GROUPS or name == "lint":
        return "" if isinstance(given, bool) else f"`wan.{name}` must be true or false"
    if not isinstance(given, str):
        return f"`wan.{name}` must be a string. {HELP[name]}"
    if not given.strip():
        return ""
    return _unfit(name, given.strip())


def _unfit(name: str, given: str) -> str:
    """Why a text cannot be the target, the card or the server."""
    try:
        if name == "target":
            _check_target(given)
        elif name == "card":
            from wan22dsl.graph.cost.cards import card_named

            card_named(given)
        elif name == "run.server":
            _check_server(given)
    except (CommandError, CatalogueError) as error:
        return f"`wan.{name}`: {error}"
    return ""


def _check_server(given: str) -> None:
    """Raises CommandError for an address that is none, or that must be allowed first."""
    from wan22dsl.network.address import DEFAULT
    from wan22dsl.network.trust import named_by_file

    if given.rstrip("/") != DEFAULT:
        named_by_file(given, "the setting `wan.run.server`", "--server")


def _check_target(given: str) -> None:
    """Raises CommandError or CatalogueError for a target that is none, or that must be allowed first.

    The settings of an editor may come with the folder that is open: a server must be allowed, as in a file.
    """
    from wan22dsl.comfyui.catalogue.open import is_address, open_catalogue

    if is_address(given):
        from wan22dsl.network.trust import named_by_file

        named_by_file(given, "the setting of the editor", "--target")
    else:
        open_catalogue(given)


def _hint(name: str) -> str:
    close = nearest(name, HELP)
    return f"; did you mean `wan.{close}`?" if close else f"; settings: {', '.join(HELP)}"
