"""What can stand behind a dot: members of a module, settings of a block, outputs of a call, facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.editor.completion import nodes, pipelines, typed
from wan22dsl.editor.completion.callee import settings_for, spelled, type_of_setting
from wan22dsl.editor.completion.suggestion import About, Suggestion
from wan22dsl.language.program import kinds, meanings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wan22dsl.editor.completion.scope import Scope
    from wan22dsl.editor.completion.typed import Meaning


def members(scope: Scope, target: Meaning) -> Iterator[Suggestion]:
    """What a dot behind something can read."""
    if target.kind == "settings":
        yield from _of_pipeline(scope)
        return
    if target.kind in kinds.COPIED and target.module is not None:
        yield from _settings(target)
    if target.outputs:
        yield from nodes.members(target)
    if target.type in kinds.MEMBERS:
        for name, kind in kinds.MEMBERS[target.type].items():
            yield Suggestion(name, "fact", detail=str(kind), doc=meanings.MEMBERS.get(name, ""))
    if target.type in kinds.WITH_FACTS and not target.outputs:
        yield from _facts(target.type)


def _facts(kind: str) -> Iterator[Suggestion]:
    for name, what in kinds.FACTS.items():
        if name != "vae" or kind == "LATENT":
            yield Suggestion(name, "fact", detail=what, doc=meanings.MEMBERS.get(name, ""))


def _settings(target: Meaning) -> Iterator[Suggestion]:
    """The settings that a block has, and then those that it could have."""
    assert target.module is not None
    has = typed.settings_of(target.module, target.name)
    for name, value in has.items():
        want = type_of_setting(target.kind, name)
        text = spelled(*value)
        detail = f"{want or ''} {text if len(text) < 50 else ''}".strip()
        yield Suggestion(name, "setting", detail=detail, doc=meanings.of_setting(target.kind, name))
    for name, want in settings_for(target.kind).items():
        if name not in has:
            yield Suggestion(
                name, "setting", detail=str(want), doc=meanings.of_setting(target.kind, name)
            )


def _of_pipeline(scope: Scope) -> Iterator[Suggestion]:
    """The settings that `pipeline.` reads: those of this pipeline, then all that there are."""
    place = scope.place
    own: Iterable[str] = ()
    extra = {}
    if place.declared == "pipeline":
        block = next((frame for frame in place.frames if frame.kind == "block"), None)
        if block is not None:
            own = block.entries
            extra = pipelines.read_settings(scope, block.entries)
    reads = [*scope.module.reads] if place.declared == "stage" else []
    for name in dict.fromkeys((*own, *kinds.PASS_SETTINGS, *extra, *reads)):
        want = kinds.PASS_SETTINGS.get(name)
        kind = str(want) if want is not None else extra[name].type if name in extra else ""
        yield Suggestion(name, "setting", detail=kind, doc=meanings.of_setting("pipeline", name))


def of_module(scope: Scope, target: Meaning) -> Iterator[tuple[str, Meaning, About]]:
    """The names that a used file offers, with what they stand for."""
    module = target.module
    if module is None:
        return
    for name in module.declarations:
        declaration = module.declarations[name]
        if declaration.kind == "use" or name.startswith("_"):
            continue
        meaning = typed.of_declared(module, name, scope.catalogue)
        yield name, meaning, About("declaration", name, module.source.path)
