"""What can stand behind an arrow, or begin a flow: passes, stages, flows by name, plain nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.editor.completion import pipelines
from wan22dsl.editor.completion.callee import of_stage
from wan22dsl.editor.completion.fits import CONVERTED, EXACT, NOT, PERHAPS, brings
from wan22dsl.editor.completion.scope import FILE, LOCAL, STANDARD, Seen
from wan22dsl.editor.completion.suggestion import Suggestion, escaped
from wan22dsl.editor.completion.tokens import OPERANDS
from wan22dsl.editor.completion.values import of_name
from wan22dsl.language.program import kinds
from wan22dsl.language.syntax.tree import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.editor.completion.place import Place
    from wan22dsl.editor.completion.scope import Scope
    from wan22dsl.editor.completion.typed import Meaning

#: Stages that are used most, the first of them most often.
_USUAL = (
    *("save", "rife", "upscale", "decode", "skip", "save_webp", "scale", "join", "last_frame"),
    *("interpolate", "take", "resize", "film", "preview", "combine", "save_frames"),
)

#: Patches of models that are used most.
_USUAL_PATCHES = (
    *("sage", "nag", "fp16_accumulation", "compile_blocks", "context_windows", "torch_compile"),
    *("easy_cache", "cfg_zero_star", "skip_layers"),
)


#: Declarations in which a flow may wait for its first value.
_OPEN = ("param", "let", "bench")


def begins(scope: Scope, place: Place, *, patches: bool = False) -> Iterator[Suggestion]:
    """What can begin a flow."""
    yield from _ranked(scope, place, "MODEL" if patches else "", is_first=True)


def follows(scope: Scope, place: Place) -> Iterator[Suggestion]:
    """What can stand behind the arrow before the place, those that take what it brings first."""
    yield from _ranked(scope, place, arrives(scope, place), is_first=False)


def arrives(scope: Scope, place: Place) -> str:
    """The type of what the arrow before the place brings; empty where it is unknown."""
    before = [token for token in place.frame.value if token.kind in OPERANDS]
    if not before:
        return _from_outside(scope, place)
    written = place.text[before[0].start : before[-1].end]
    found = _given_type(scope.of_text(written).type)
    if not found and place.frame.key == "patches":
        return "MODEL"
    return found


def _given_type(found: str) -> str:
    """What an arrow brings of a value of a type: an asset is loaded; what a flow gives is not known."""
    asset = kinds.ASSETS.get(found)
    if asset is not None:
        return asset.socket
    return "" if found == "flow" else found


def _from_outside(scope: Scope, place: Place) -> str:
    """In a list, what the arrow before the list brings."""
    for frame in reversed(place.frames[:-1]):
        value = [token for token in frame.value if token.kind in (*OPERANDS, "arrow")]
        if value and value[-1].kind == "arrow":
            operands = [token for token in value if token.kind in OPERANDS]
            written = place.text[operands[0].start : operands[-1].end]
            return _given_type(scope.of_text(written).type)
        if frame.key == "patches":
            return "MODEL"
    return ""


def _ranked(scope: Scope, place: Place, arrives: str, *, is_first: bool) -> Iterator[Suggestion]:
    written = "".join(token.text for token in place.frame.value)
    flow = pipelines.elements(written)
    last = _last_pass(scope, flow)
    given = _given(scope, place)
    wanted = ""
    if place.frame.key == "image":
        wanted = "last_frame"
    elif flow and scope.of_name(flow[0]).kind == "pipeline":
        wanted = "join"
    ranked: list[tuple[tuple[int, ...], Seen, Meaning]] = []
    for number, seen in enumerate(scope.seen("pass", "stage", "pipeline", "let", "param")):
        meaning = scope.meaning(seen)
        if meaning.kind == "pass":
            rank = _rank_of_pass(scope, seen, meaning, arrives, last, given, is_first=is_first)
        elif meaning.kind == "stage":
            begins = is_first and place.declared not in _OPEN
            rank = _rank_of_stage(seen, meaning, arrives, is_first=begins)
        else:
            rank = _rank_of_value(seen, meaning, arrives, given, is_first=is_first)
        if rank is None:
            continue
        if meaning.kind == "stage" and seen.name == wanted and not is_first:
            rank = (0, 0)
        used = 1 if seen.name in flow and meaning.kind in ("pass", "stage") else 0
        ranked.append(((used, *rank, seen.distance, number), seen, meaning))
    ranked.sort(key=lambda item: item[0])
    for _, seen, meaning in ranked:
        yield element(scope, place, seen, meaning)


def _given(scope: Scope, place: Place) -> dict[str, str]:
    """The settings of the pipeline around the place, also of the one that it is a copy of."""
    found: dict[str, str] = {}
    for frame in place.frames:
        if frame.kind == "call":
            copied = scope.copied(frame.head)
            if copied is not None and copied[0] == "pipeline":
                found |= {key: pipelines.text_of(copied[1], key) for key in copied[1]}
        if frame.kind in ("block", "call"):
            found |= frame.entries
    return found


def _rank_of_stage(
    seen: Seen, meaning: Meaning, arrives: str, *, is_first: bool
) -> tuple[int, ...] | None:
    """How well a stage fits; None where it does not."""
    if set(kinds.CONDITIONING_OUTPUTS) <= {name for name, _ in meaning.outputs}:
        return None
    if is_first and arrives != "MODEL":
        return (5, 0) if not meaning.takes and meaning.type in ("IMAGE", "LATENT") else None
    fits = brings(arrives, meaning.takes)
    if fits == NOT:
        return None
    if fits == CONVERTED and arrives == "LATENT":
        fits = EXACT  # most stages of the library take frames
    usual = _USUAL_PATCHES if arrives == "MODEL" else _USUAL
    is_own = not seen.module.is_library
    at = -1 if is_own else usual.index(seen.name) if seen.name in usual else 99
    if seen.distance != STANDARD and not is_own:
        at = 99
    return {EXACT: 1, CONVERTED: 2, PERHAPS: 3}[fits] if arrives else 2, at


def _rank_of_value(
    seen: Seen, meaning: Meaning, arrives: str, given: dict[str, str], *, is_first: bool
) -> tuple[int, ...] | None:
    """How well a `let`, a parameter or a pipeline fits; None where it does not."""
    if meaning.kind == "pipeline":
        if not is_first or arrives == "MODEL" or seen.module.is_library:
            return None
        return (0 if "prompt" not in given else 2, 0)
    if meaning.type not in ("flow", "", "IMAGE", "LATENT", "MODEL"):
        return None
    if meaning.type == "MODEL" and arrives != "MODEL":
        return None
    if not is_first and not meaning.takes and meaning.type != "flow":
        return None
    return (0 if seen.distance == LOCAL or meaning.type == "flow" else 1, 0)


def _rank_of_pass(
    scope: Scope,
    seen: Seen,
    meaning: Meaning,
    arrives: str,
    last: tuple[str, pipelines.Expert] | None,
    given: dict[str, str],
    *,
    is_first: bool,
) -> tuple[int, ...] | None:
    if arrives == "MODEL" or meaning.module is None:
        return None
    own = pipelines.expert_of(scope, meaning.module, meaning.name)
    if is_first:
        wrong = _unread(scope, meaning, given)
        group = seen.distance - FILE if not seen.module.is_library else 2 if not wrong else 3
        return (group, wrong, 0 if own.noise != "low" else 1)
    if last is None:
        return (4, 0)
    name, expert = last
    if expert.noise == "low" or own.noise == "high" or not own.noise:
        return (1, -2) if seen.distance == FILE else (4, 0)
    wrong = 0 if own.family == expert.family else 2
    stem = name.replace("high", "")
    return (0 if not wrong else 3, 0 if seen.name.replace("low", "") == stem else 1)


def _unread(scope: Scope, meaning: Meaning, given: dict[str, str]) -> int:
    """How many settings of a pipeline the conditioning of a pass would leave unread, or lacks."""
    module = meaning.module
    assert module is not None
    reads = pipelines.read_by_pass(scope, module, meaning.name)
    if reads is None or given.get("conditioning"):
        return 0
    known = {*kinds.PASS_SETTINGS, "flow", "family"}
    unread = sum(1 for name in given if name not in known and name not in reads)
    if "prompt" in given:
        unread += ("image" in given) != ("image" in reads)
    return unread


def _last_pass(scope: Scope, flow: list[str]) -> tuple[str, pipelines.Expert] | None:
    """The pass that the flow ends with so far."""
    if not flow:
        return None
    meaning = scope.of_name(flow[-1])
    if meaning.kind != "pass" or meaning.module is None:
        return None
    return flow[-1], pipelines.expert_of(scope, meaning.module, meaning.name)


def element(scope: Scope, place: Place, seen: Seen, meaning: Meaning) -> Suggestion:
    """An element of a flow; a stage with what it needs as places to fill in."""
    found = of_name(seen, meaning)
    if meaning.kind != "stage" or meaning.module is None or place.behind.startswith("("):
        return found
    stage = meaning.module.names.get(meaning.name)
    if not isinstance(stage, Stage):
        return found
    called = of_stage(meaning.module, stage)
    needed = [each for each in called.arguments if each.is_needed]
    heads = ", ".join(
        f"{each.name}: {each.type}" + (f" = {each.default}" if each.default else "")
        for each in called.arguments
        if not each.is_brought
    )
    detail = f"({heads})" + (f" -> {called.gives}" if called.gives else "")
    if not needed:
        if seen.name in ("rife", "film", "interpolate"):
            insert = f"{seen.name}(times = ${{1:2}})"
            return found._replace(detail=detail, insert=insert, is_snippet=True)
        return found._replace(detail=detail)
    parts = [
        _filled(each.name if number or each is not called.first else "", each.type, number + 1)
        for number, each in enumerate(needed)
    ]
    insert = f"{escaped(seen.name)}({', '.join(parts)})"
    return found._replace(detail=detail, insert=insert, is_snippet=True)


def _filled(name: str, kind: str, number: int) -> str:
    """A place to fill in for an argument."""
    inner = (
        f'"${{{number}:name}}"'
        if kind == "text"
        else f"${{{number}:{kind.strip('[]`*') or 'value'}}}"
    )
    return f"{name} = {inner}" if name else inner
