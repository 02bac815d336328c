"""What is known of a pipeline without building it: its passes, its conditioning, what is read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wan22dsl.editor.completion import typed
from wan22dsl.editor.completion.callee import Argument, Called, of_stage, spelled
from wan22dsl.editor.completion.tokens import tokens_of
from wan22dsl.language.program import kinds, names
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import Name, Stage
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wan22dsl.editor.completion.scope import Scope
    from wan22dsl.editor.completion.typed import Meaning
    from wan22dsl.language.program.module import Module

_READ = re.compile(r"\bpipeline\.([a-z_]\w*)")

_STEPS = re.compile(r"\bsteps\s*=\s*(\d{1,4})\.\.(\d{1,4}) of (\d{1,4})\b")

Settings = dict[str, "tuple[Module, Any]"]


class Expert(NamedTuple):
    """The noise level and the family of a model or a LoRA, empty where they are unknown."""

    noise: str = ""
    family: str = ""


def elements(written: str) -> list[str]:
    """The names in a flow, in order, also of what is called."""
    found = tokens_of(written, 0, len(written))
    return [token.text for token in found if token.kind == "name" and token.text != "_"]


def passes_in(scope: Scope, flow: str) -> Iterator[Meaning]:
    """The passes that a flow names, in order, also by a `let` or a parameter."""
    waiting = elements(flow)
    for _ in range(50):
        if not waiting:
            return
        meaning = scope.of_name(waiting.pop(0))
        if meaning.kind == "pass":
            yield meaning
        elif meaning.kind in ("let", "param") and meaning.module is not None:
            declared = meaning.module.names.get(meaning.name)
            value = getattr(declared, "value", None) or getattr(declared, "default", None)
            if value is not None and meaning.module is scope.module:
                waiting = elements(spelled(meaning.module, value)) + waiting
        else:
            local = next(
                (frame.lets for frame in scope.place.frames if frame.kind == "block"), {}
            ).get(meaning.name)
            if local:
                waiting = elements(local) + waiting


def text_of(settings: Settings, key: str) -> str:
    """A setting as it is written; empty where it is not set."""
    return spelled(*settings[key]) if key in settings else ""


def _follow(scope: Scope, module: Module, value: Any) -> tuple[Module, str] | None:
    """The declaration that a name, or a call that copies it, means."""
    node = getattr(value, "callee", value)
    if not isinstance(node, Name):
        return None
    parts = spelling.name_parts(node.text)
    known, rest = names.declared(module, parts[0], list(parts[1:]))
    return (known[0], known[1].name.text) if known is not None and not rest else None


def expert_of(scope: Scope, module: Module, name: str) -> Expert:
    """The noise level and the family of a model, a LoRA, or of the model of a pass."""
    settings = typed.settings_of(module, name)
    if "model" in settings:
        found = _follow(scope, *settings["model"])
        if found is None:
            return Expert()
        settings = typed.settings_of(*found)
    family = settings.get("family")
    followed = _follow(scope, *family) if family is not None else None
    return Expert(
        text_of(settings, "noise").strip('"'),
        f"{followed[0].name}:{followed[1]}" if followed is not None else "",
    )


def expert_of_text(scope: Scope, written: str) -> Expert:
    """The same of a model as it is written."""
    tree = typed.read(written)
    found = _follow(scope, scope.module, tree) if tree is not None else None
    return expert_of(scope, *found) if found is not None else Expert()


def conditioning_of(scope: Scope, entries: Mapping[str, str]) -> Called | None:
    """The conditioning of a pipeline or a pass with these settings, as far as it can be told."""
    value: tuple[Module, Any] | None = None
    if entries.get("conditioning"):
        value = (scope.module, typed.read(entries["conditioning"]))
    else:
        family = family_of(scope, entries)
        if family is not None:
            value = typed.settings_of(*family).get("conditioning")
    if value is None or value[1] is None:
        return None
    found = _follow(scope, *value)
    stage = found[0].names.get(found[1]) if found is not None else None
    return of_stage(found[0], stage) if found is not None and isinstance(stage, Stage) else None


def family_of(scope: Scope, entries: Mapping[str, str]) -> tuple[Module, str] | None:
    if entries.get("family"):
        return _follow(scope, scope.module, typed.read(entries["family"]))
    model: tuple[Module, Any] | None = None
    if entries.get("model"):
        model = (scope.module, typed.read(entries["model"]))
    for meaning in passes_in(scope, entries.get("flow", "")) if model is None else ():
        assert meaning.module is not None
        model = typed.settings_of(meaning.module, meaning.name).get("model")
        break
    found = _follow(scope, *model) if model is not None and model[1] is not None else None
    if found is None:
        return None
    family = typed.settings_of(*found).get("family")
    return _follow(scope, *family) if family is not None else None


def read_settings(scope: Scope, entries: Mapping[str, str]) -> dict[str, Argument]:
    """The settings that the conditioning and the stages of a pipeline read, by name."""
    found: dict[str, Argument] = {}
    called = conditioning_of(scope, entries)
    if called is not None:
        _note(called, found)
    for name in elements(entries.get("flow", "")):
        meaning = scope.of_name(name)
        stage = meaning.module.names.get(meaning.name) if meaning.module is not None else None
        if isinstance(stage, Stage) and meaning.module is not None:
            _note(of_stage(meaning.module, stage), found)
    return found


def read_by_pass(scope: Scope, module: Module, name: str) -> frozenset[str] | None:
    """The settings that the conditioning of a pass reads; None where it is not known."""
    key = ("reads", name)
    if key not in module.kept:
        found = typed.settings_of(module, name)
        value = found.get("conditioning")
        model = found.get("model") if value is None else None
        followed = _follow(scope, *model) if model is not None else None
        family = typed.settings_of(*followed).get("family") if followed is not None else None
        followed = _follow(scope, *family) if family is not None else None
        if followed is not None:
            value = typed.settings_of(*followed).get("conditioning")
        home = _follow(scope, *value) if value is not None else None
        stage = home[0].names.get(home[1]) if home is not None else None
        reads: dict[str, Argument] = {}
        if home is not None and isinstance(stage, Stage):
            _note(of_stage(home[0], stage), reads)
        module.kept[key] = frozenset(reads) if reads else None
    kept: frozenset[str] | None = module.kept[key]
    return kept


def steps_in(scope: Scope) -> list[tuple[int, int, int]]:
    """The parts of schedules that the passes of the file sample: start, end, total."""
    return [
        (int(match[1]), int(match[2]), int(match[3]))
        for match in _STEPS.finditer(scope.module.source.text)
    ]


def _note(called: Called, found: dict[str, Argument]) -> None:
    for argument in called.arguments:
        for name in _READ.findall(argument.default):
            if argument.default == f"pipeline.{name}":
                found.setdefault(name, argument._replace(name=name, default=""))
            else:
                want = kinds.PASS_SETTINGS.get(name)
                kind = str(want) if want is not None else ""
                found.setdefault(name, Argument(name, kind))
