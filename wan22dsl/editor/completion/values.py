"""Values that fit where one is being written: names by their types, then what is usual for the setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.editor.completion import literals, pipelines, typed
from wan22dsl.editor.completion.callee import spelled
from wan22dsl.editor.completion.files import ENDINGS, as_texts, beside
from wan22dsl.editor.completion.fits import CONVERTED, EXACT, NOT, PERHAPS, fit
from wan22dsl.editor.completion.scope import FILE, LOCAL, STANDARD, USED
from wan22dsl.editor.completion.suggestion import About, Suggestion, escaped
from wan22dsl.editor.completion.typed import UNKNOWN, Meaning
from wan22dsl.language.program import kinds, meanings
from wan22dsl.language.syntax import spelling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.editor.completion.place import Place
    from wan22dsl.editor.completion.scope import Scope, Seen
    from wan22dsl.editor.completion.want import Want

#: The kinds of declarations whose names can be of a type; for types that are not here, `let` and `param`.
_VALUES = ("let", "param")

#: Settings that take a stage, by the outputs or parameters that it has to have.
_STAGES = {
    "conditioning": frozenset(kinds.CONDITIONING_OUTPUTS),
    "engine": frozenset(kinds.ENGINE_PARAMETERS),
}


def values(scope: Scope, place: Place, want: Want) -> Iterator[Suggestion]:
    """What fits, the best first."""
    if want.owner == "derived":
        yield from copies(scope, place, want.type)
        return
    kind, setting = want.type, want.setting
    if setting in _STAGES and kind == "flow":
        yield from _stages(scope, want)
        return
    default = want.argument.default if want.argument is not None else ""
    names = list(_names(scope, place, want))
    found = names if _prefers_names(want) else []
    literal = list(_literals(scope, place, want, default))
    if found:
        yield from (*found, *literal)
    else:
        same = [each for each in names if each.label == setting]
        near = _near(scope, names, same)
        yield from (*same, *literal[:2], *near[:3], *literal[2:], *near[3:])
        yield from (each for each in names if each not in same and each not in near)
    if kind and not want.in_list and want.owner not in ("param", "parameter"):
        yield Suggestion("none", "value", detail="not set")


def _near(scope: Scope, names: list[Suggestion], same: list[Suggestion]) -> list[Suggestion]:
    """The names of the block and of the file."""
    own = {*scope.locals, *scope.module.names}
    return [each for each in names if each.label.partition(".")[0] in own and each not in same]


def _prefers_names(want: Want) -> bool:
    """Whether names are what is usual: assets and links; numbers and strings are mostly written out."""
    kind = want.type.strip("[]")
    if want.argument is not None and want.argument.input is not None:
        return want.argument.input.is_socket
    if kind == "IMAGE":
        return want.owner == "stage"
    return kind in kinds.ASSETS or kind == "family" or (kind[:1].isupper() and kind != "IMAGE")


def noise_wanted(scope: Scope, place: Place, want: Want) -> pipelines.Expert:
    """For which expert something is wanted: by the model of the pass, or by how the pass is called."""
    written = want.entries.get("model", "")
    if written:
        found = pipelines.expert_of_text(scope, written)
        if found.noise:
            return found
    copied = want.called
    noise = family = ""
    if (
        copied is not None
        and copied.module is not None
        and copied.kind in ("pass", "model", "lora")
    ):
        expert = pipelines.expert_of(scope, copied.module, copied.name)
        noise, family = expert.noise, expert.family
    for level in kinds.EXPERTS:
        if level in place.name.split("_"):
            noise = level
    return pipelines.Expert(noise, family)


def _names(scope: Scope, place: Place, want: Want) -> Iterator[Suggestion]:
    """Names of values of the type, those that fit and are near first."""
    kind = want.type
    wanted = _kinds_for(want, place.declared)
    expert = (
        noise_wanted(scope, place, want) if kind.strip("[]") in ("MODEL", "model", "lora") else None
    )
    ranked: list[tuple[tuple[int, ...], Seen, Meaning]] = []
    used = " ".join(place.frame.entries.values())
    for number, seen in enumerate(scope.seen(*wanted)):
        meaning = scope.meaning(seen)
        fits = _fit(meaning, want)
        if meaning.outputs or seen.distance == LOCAL:
            for output in _parts(seen, meaning, kind):
                ranked.append(((0, 1, 0, 0, seen.distance, number), output, UNKNOWN))
        if meaning.kind == "pass" and seen.distance > FILE:
            continue
        if fits == NOT or (fits == PERHAPS and seen.distance >= USED):
            continue
        is_same = seen.name.rpartition(".")[2] == want.setting
        rank = (
            _wrong_expert(scope, meaning, expert),
            0 if is_same else 1,
            {EXACT: 0, CONVERTED: 1, PERHAPS: 2}[fits],
            1 if seen.name in used and seen.distance != LOCAL else 0,
            seen.distance,
            number,
        )
        ranked.append((rank, seen, meaning))
    ranked.sort(key=lambda item: item[0])
    yield from _of_copied(place, want)
    in_list = kind.startswith("[")
    for _, seen, meaning in ranked:
        found = of_name(seen, meaning)
        if in_list and meaning.type != kind:
            found = found._replace(
                label=f"[{seen.name}]", insert=f"[{seen.name}$0]", is_snippet=True
            )
        yield found


#: Which fact has which type.
_FACTS = {"fps": "fps", "frames": "length", "size": "size", "VAE": "vae"}


def _parts(seen: Seen, meaning: Meaning, kind: str) -> Iterator[Seen]:
    """The outputs and facts of a value that have the type."""
    if seen.distance > FILE or not kind:
        return
    for name, given in meaning.outputs:
        if given == kind or fit(Meaning(type=given), kind) == EXACT:
            yield seen._replace(name=f"{seen.name}.{spelling.member(name)}")
    fact = _FACTS.get(kind)
    if fact is not None and seen.distance == LOCAL and meaning.type in kinds.WITH_FACTS:
        if fact != "vae" or meaning.type == "LATENT":
            yield seen._replace(name=f"{seen.name}.{fact}")


def _of_copied(place: Place, want: Want) -> Iterator[Suggestion]:
    """The setting of the block that is copied, with something added to it."""
    if want.in_list or want.argument is None or not want.argument.default:
        return
    frame = place.frame
    is_list, is_record = want.type.startswith("["), want.type == "*"
    if frame.kind != "call" or want.owner not in kinds.COPIED or not (is_list or is_record):
        return
    name = f"{frame.head}.{want.setting}"
    if place.behind.startswith("+"):
        yield Suggestion(name, "setting", detail="what the copied block has")
        return
    more = "[$0]" if is_list else "{ $0 }"
    yield Suggestion(
        f"{name} + {more.replace('$0', '…')}",
        "snippet",
        f"{name} + {more}",
        "adds to what the copied block has",
        is_snippet=True,
        again=True,
    )


def _fit(meaning: Meaning, want: Want) -> int:
    kind = want.type
    if kind.startswith("[") and fit(meaning, kind[1:-1]) == EXACT:
        return EXACT
    if want.owner in ("bench", "target") and want.setting in ("of", "profiles"):
        wanted = "pipeline" if want.setting == "of" else "profile"
        return EXACT if meaning.kind == wanted else NOT
    return fit(meaning, kind)


def _kinds_for(want: Want, declared: str) -> tuple[str, ...]:
    kind = want.type.strip("[]")
    if want.owner in ("bench", "target") and want.setting in ("of", "profiles"):
        return ("pipeline", "graph") if want.setting == "of" else ("profile",)
    if kind in kinds.ASSETS or kind == "family":
        return (*_VALUES, kind)
    assets = tuple(name for name, asset in kinds.ASSETS.items() if asset.socket == kind and kind)
    if assets:
        return (*_VALUES, *assets)
    if kind in ("IMAGE", "VIDEO", "LATENT"):
        if declared == "graph":
            return _VALUES
        return (*_VALUES, "pipeline", "pass") if kind != "VIDEO" else (*_VALUES, "pipeline")
    if not kind or kind == "*":
        return (*_VALUES, "pipeline") if want.owner != "node" else _VALUES
    return _VALUES


def _wrong_expert(scope: Scope, meaning: Meaning, expert: pipelines.Expert | None) -> int:
    """How badly a model or a LoRA fits the expert that is wanted."""
    if expert is None or meaning.module is None or meaning.kind not in ("model", "lora"):
        return 0
    own = pipelines.expert_of(scope, meaning.module, meaning.name)
    wrong = 0
    if expert.noise and own.noise != expert.noise:
        wrong += 2 if own.noise else 1
    if expert.family and own.family and own.family != expert.family:
        wrong += 3
    return wrong


def of_name(seen: Seen, meaning: Meaning) -> Suggestion:
    """A name as a suggestion."""
    kind = meaning.kind if meaning.kind not in ("value", "node") else seen.kind
    detail = meaning.type if meaning.type != kind else ""
    return Suggestion(
        seen.name,
        kind,
        detail=f"{kind} {detail}".strip(),
        about=About("declaration", seen.own_name, seen.module.source.path),
    )


def _literals(scope: Scope, place: Place, want: Want, default: str) -> Iterator[Suggestion]:
    kind = want.type
    if want.argument is not None and want.argument.accepts:
        for text in literals.accepted(want.argument.accepts):
            yield Suggestion(text, "choice")
    if default and default not in ("none",) and _is_constant(default):
        yield Suggestion(default, "value", detail="default")
    chosen = literals.choices(want, scope.catalogue)
    for text in chosen:
        quoted = spelling.quote(text)
        if quoted != default:
            yield Suggestion(quoted, "choice")
    noise = noise_wanted(scope, place, want).noise if kind == "steps" else ""
    if kind == "steps":
        yield from _other_steps(scope, noise)
    for each in literals.of_type(want, noise=noise, fps=fps_of(scope, want)):
        if each.label != default:
            yield each
    if kind == "sampler":
        yield from literals.sampler_values(scope.catalogue, "")
    if kind in ENDINGS:
        yield from as_texts(
            beside(scope.view.source.file, ENDINGS[kind]), in_quotes=True, detail="next to the file"
        )
    if kind in ("text", "STRING", *ENDINGS) and not chosen:
        yield Suggestion('"…"', "snippet", insert='"$0"', is_snippet=True, detail="string")
    if kind == "float" and want.setting == "shift":
        yield Suggestion(
            "boundary()", "stage", detail="the shift that fits the family's boundary",
            about=_standard(scope, "boundary"),
        )  # fmt: skip
    if kind.startswith("["):
        yield Suggestion("[…]", "snippet", insert="[$0]", is_snippet=True, again=True, detail=kind)
    if want.setting in ("flags", "env", "vary", "baseline") and not want.in_list:
        yield Suggestion("{ … }", "snippet", insert="{ $0 }", is_snippet=True, again=True)


def _other_steps(scope: Scope, noise: str) -> Iterator[Suggestion]:
    """The parts that the other passes of the file leave of their schedules."""
    known = pipelines.steps_in(scope)
    for start, end, total in dict.fromkeys(known):
        if start == 0 and end < total and noise != "high" and (end, total, total) not in known:
            yield Suggestion(f"{end}..{total} of {total}", "value", detail="the rest")
        if end == total and start and noise != "low" and (0, start, total) not in known:
            yield Suggestion(f"0..{start} of {total}", "value", detail="what comes before")


def _standard(scope: Scope, name: str) -> About | None:
    standard = scope.module.standard
    return About("declaration", name, standard.source.path) if standard is not None else None


def _is_constant(written: str) -> bool:
    meaning = typed.read(written)
    return meaning is not None and type(meaning).__name__ in (
        *("Number", "Text", "Sampler"),
        *(("Name",) if written in ("true", "false") else ()),
    )


def fps_of(scope: Scope, want: Want) -> int:
    """The frame rate of the family that a pipeline uses; Wan's own where that is not known."""
    written = want.entries.get("fps", "")
    if written.removesuffix("fps").isdigit():
        return int(written.removesuffix("fps"))
    if want.owner not in ("pipeline", "pass"):
        return 16
    family = pipelines.family_of(scope, want.entries)
    found = typed.settings_of(*family).get("fps") if family is not None else None
    text = spelled(*found).removesuffix("fps") if found is not None else ""
    return int(text) if text.isdigit() and int(text) else 16


def _stages(scope: Scope, want: Want) -> Iterator[Suggestion]:
    """Stages that can be a conditioning, or an engine."""
    needed = _STAGES[want.setting]
    for seen in scope.seen("stage", "let", "param"):
        meaning = scope.meaning(seen)
        if meaning.kind != "stage" or meaning.module is None:
            continue
        stage = meaning.module.names.get(meaning.name)
        have = (
            {each.name.text for each in getattr(stage, "parameters", ())}
            if want.setting == "engine"
            else {name for name, _ in meaning.outputs}
        )
        if needed <= have:
            yield of_name(seen, meaning)
    yield Suggestion("none", "value", detail="not set")


def copies(scope: Scope, place: Place, kind: str) -> Iterator[Suggestion]:
    """The declarations of a kind, as calls that copy one with other settings."""
    expert = pipelines.Expert()
    for level in kinds.EXPERTS:
        if level in place.name.split("_"):
            expert = pipelines.Expert(level)
    found = []
    for number, seen in enumerate(scope.seen(kind, "module")):
        meaning = scope.meaning(seen)
        if meaning.kind != kind or meaning.module is None:
            continue
        rank = (seen.distance if seen.distance != LOCAL else FILE, 0)
        if kind in ("pass", "model", "lora") and expert.noise:
            own = pipelines.expert_of(scope, meaning.module, meaning.name)
            rank = (rank[0], 0 if own.noise == expert.noise else 1)
        if seen.own_name == place.name:
            rank = (rank[0], -1)
        found.append((*rank, number, seen, meaning))
    found.sort(key=lambda item: item[:3])
    for _, _, _, seen, meaning in found:
        yield called(of_name(seen, meaning), place)


def called(found: Suggestion, place: Place) -> Suggestion:
    """A name with the parentheses of a call behind it, unless they are there already."""
    if place.behind.startswith("("):
        return found
    return found._replace(
        insert=f"{escaped(found.insert or found.label)}($0)", is_snippet=True, again=True
    )


def documentation(want: Want) -> str:
    """What a setting does."""
    return meanings.of_setting(want.owner, want.setting)


__all__ = ["STANDARD", "called", "copies", "documentation", "fps_of", "of_name", "values"]
