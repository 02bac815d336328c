"""What can be written at an offset of a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.editor.completion import (
    callee,
    comments,
    flows,
    keys,
    literals,
    members,
    nodes,
    records,
    strings,
    toml,
    units,
    values,
    words,
)
from wan22dsl.editor.completion.place import Place, place_at
from wan22dsl.editor.completion.scope import Scope
from wan22dsl.editor.completion.suggestion import Suggestion, Suggestions, matches
from wan22dsl.editor.completion.tokens import OPERANDS
from wan22dsl.editor.completion.want import Want, want_of
from wan22dsl.language.program import kinds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wan22dsl.editor.completion.place import Frame
    from wan22dsl.editor.view import View

#: So many are offered at once: a person reads the first ten.
MOST = 120

_LETTERS = re.compile(r"[A-Za-z0-9_]*")

#: Signs at which an editor asks by itself, behind which nothing may have begun yet.
TRIGGERS = ('"', ".", "/", "(", "[", "{", "`", " ", ">", "=", ":")


def suggest(view: View, offset: int, trigger: str = "") -> Suggestions:
    """What can be written at an offset, the best first. `trigger` is the sign that made the editor ask."""
    nothing = Suggestions((), offset, offset)
    if view.source.path.rpartition("/")[2] == "wan.toml":
        return toml.suggest(view, offset)
    if view.module is None or view.catalogue is None:
        return nothing
    place = place_at(view.source.text, offset)
    kind = place.word.kind
    if kind == "comment":
        return comments.suggest(view, place) if trigger in ("", "(", ":", " ") else nothing
    scope = Scope(view, place)
    if kind == "string":
        return strings.suggest(scope, place, want_of(scope, place), trigger)
    if trigger == " " and not _asks_after_space(place):
        return nothing
    if kind == "member" or (kind == "name" and "." in place.written):
        return _members(scope, place)
    complete = True
    found: Iterable[Suggestion]
    if kind == "number":
        found = _units(scope, place)
    elif kind == "sampler":
        found = literals.sampler_values(scope.catalogue, place.written)
    else:
        found, complete = _items(scope, place)
    return _chosen(found, place, complete=complete)


def _chosen(
    found: Iterable[Suggestion], place: Place, start: int = -1, *, complete: bool = True
) -> Suggestions:
    """Those that have the letters of what is written, each once; from `start` to the end of the word."""
    start = place.word.start if start < 0 else start
    written = place.text[start : place.offset]
    chosen: dict[tuple[str, str], Suggestion] = {}
    for each in found:
        if matches(written, each.label):
            chosen.setdefault((each.label, each.insert), each)
    items = _nearest(written, [*chosen.values()])
    complete = complete and len(items) <= MOST
    return Suggestions(tuple(items[:MOST]), start, max(place.word.end, place.offset), complete)


def _nearest(written: str, found: list[Suggestion]) -> list[Suggestion]:
    """Those that begin as it is written, then those of which a part does; in their order otherwise."""
    if not written:
        return found
    begun = written.lower()

    def rank(each: Suggestion) -> int:
        label = each.label.lower().strip("`")
        if label.startswith(begun.strip("`")):
            return 0
        parts = re.split(r"[._/ ]", label)
        return 1 if any(part.startswith(begun) for part in parts) else 2

    return sorted(found, key=rank)


def _asks_after_space(place: Place) -> bool:
    """Whether a space is behind something that waits for a value."""
    last = place.frame.last
    if last is None:
        return False
    return last.kind == "arrow" or (last.kind == "sign" and last.text in "=:") or last.text == "use"


def _units(scope: Scope, place: Place) -> Iterator[Suggestion]:
    if place.word.end == place.offset:
        want = want_of(scope, place)
        yield from units.units(place.written, want, values.fps_of(scope, want))


def _members(scope: Scope, place: Place) -> Suggestions:
    """Behind a dot: the name, or the call, before it says what there is."""
    head, _, begun = place.written.rpartition(".")
    start = place.offset - len(begun)
    end = place.offset + len(_letters(place.text, place.offset))
    if place.word.kind == "member":
        last = place.frame.last
        if last is None or last.kind not in OPERANDS:
            return Suggestions((), start, end)
        head = place.text[last.start : last.end] + head
        target = scope.of_text(head)
    else:
        target = scope.of_name(head)
    if target.kind == "module":
        found = _of_module(scope, place, head)
    else:
        found = members.members(scope, target)
    chosen = _nearest(begun, [each for each in found if matches(begun, each.label)])
    return Suggestions(tuple(chosen[: MOST * 2]), start, end, len(chosen) <= MOST * 2)


def _letters(text: str, at: int) -> str:
    match = _LETTERS.match(text, at)
    return match[0] if match is not None else ""


def _of_module(scope: Scope, place: Place, head: str) -> Iterator[Suggestion]:
    """The members of a used file: those that fit the place first, then the others."""
    prefix = f"{head}."
    seen: set[str] = set()
    fitting, _ = _items(scope, place._replace(word=place.word._replace(kind="none"), written=""))
    for each in fitting:
        if each.label.startswith(prefix):
            name = each.label[len(prefix) :]
            seen.add(name)
            insert = each.insert.removeprefix(prefix) if each.insert else name
            yield each._replace(label=name, insert=insert)
    if place.frame.kind == "file" and place.declared in kinds.COPIED:
        return
    for name, meaning, about in members.of_module(scope, scope.of_name(head)):
        if name not in seen:
            yield Suggestion(name, meaning.kind, detail=meaning.type, about=about)


# --- items ---------------------------------------------------------------------------------------


def _items(scope: Scope, place: Place) -> tuple[Iterable[Suggestion], bool]:
    """What fits where a word is being written, and whether these are all."""
    frame = place.frame
    last = frame.last
    if frame.kind == "file":
        return _of_declaration(scope, place, frame)
    if frame.kind in ("parameters", "outputs"):
        return _of_head(scope, place, frame)
    if frame.kind == "index" or (frame.is_let and not frame.has_equals):
        return (), True
    if last is not None and last.kind == "arrow":
        return _behind_arrow(scope, place)
    if last is not None and last.kind in OPERANDS:
        return _behind_operand(scope, place), True
    if last is not None and last.kind == "op":
        return _operand(scope, place)
    if frame.has_equals or frame.kind in ("list", "group"):
        return _value(scope, place)
    return _of_item(scope, place, frame)


def _of_declaration(scope: Scope, place: Place, frame: Frame) -> tuple[Iterable[Suggestion], bool]:
    """The declaration itself: its word, what `use` brings, a type, a value."""
    item = frame.item
    if not item:
        return words.words(scope.view, place), True
    word = item[0].text
    last = item[-1]
    if word == "use":
        if len(item) == 1:
            return words.used(scope.view, place), True
        done = last.text == "as" or any(token.text == "as" for token in item)
        return (() if done else _as(item[1].text)), True
    if word == "wan":
        return ((Suggestion("1", "value", detail="version"),) if len(item) == 1 else ()), True
    if last.text == ":" and last.kind == "sign":
        return words.types(place), True
    if last.kind == "arrow":
        is_head = word in ("stage", "node") and not frame.has_equals
        return (words.types(place), True) if is_head else _behind_arrow(scope, place)
    if not frame.has_equals:
        if word == "param" and any(token.text == ":" for token in item):
            return (Suggestion("in", "word", "in ", "what it accepts"),), True
        return (), True
    if last.kind in OPERANDS:
        return _behind_operand(scope, place), True
    if last.kind == "op":
        return _operand(scope, place)
    return _value(scope, place)


def _as(written: str) -> Iterator[Suggestion]:
    from wan22dsl.editor.completion.files import alias_of

    alias = alias_of(written.strip('"'))
    yield Suggestion("as", "word", f"as ${{1:{alias}}}", "the name in this file", is_snippet=True)


def _of_head(scope: Scope, place: Place, frame: Frame) -> tuple[Iterable[Suggestion], bool]:
    """The parameters and outputs of a stage."""
    item = frame.item
    last = frame.last
    if last is not None and last.kind == "sign" and last.text == ":":
        return words.types(place), True
    if frame.has_equals:
        if last is not None and last.kind in OPERANDS:
            return (), True
        return _value(scope, place)
    if not item and frame.kind == "parameters" and place.declared == "stage" and not frame.entries:
        return (Suggestion("in", "word", "in ", "what an arrow brings"),), True
    return (), True


def _of_item(scope: Scope, place: Place, frame: Frame) -> tuple[Iterable[Suggestion], bool]:
    """The beginning of an item: a key, or a value without one."""
    if frame.kind == "block":
        return _of_body(scope, place, frame)
    if frame.kind == "about":
        return records.about_node(place, frame), True
    if frame.kind == "record":
        return records.record_keys(scope, place, want_of(scope, place)), True
    called = callee.called_at(scope, frame)
    if called is None:
        found, complete = _value(scope, place)
        return found, complete
    given = [*keys.arguments(scope, place, frame, called)]
    if (
        called.kind == "node"
        or called.first is None
        or frame.plain
        or frame.entries.get(called.first.name)
    ):
        return given, True
    found, complete = _value(scope, place)
    needed = [each for each in given if each.detail.endswith("required")]
    rest = [each for each in given if not each.detail.endswith("required")]
    plain = list(found)
    if called.first.is_needed:
        return [*plain[:4], *needed, *rest, *plain[4:]], complete
    return [*rest, *needed, *plain], complete


def _of_body(scope: Scope, place: Place, frame: Frame) -> tuple[Iterable[Suggestion], bool]:
    """An item in the body of a declaration."""
    kind = place.declared
    let = Suggestion("let", "word", "let ${1:name} = $0", "a named value", is_snippet=True)
    if kind in ("graph", "stage"):
        outputs = list(keys.outputs(scope, place, frame)) if kind == "stage" else []
        found, complete = nodes.classes(scope, place, place.written)
        named: list[Suggestion] = []
        if kind == "stage":
            named = list(values.values(scope, place, Want()))
        if place.word.kind in ("class", "quoted"):
            return found, complete
        return [*outputs, let, *named, *found], complete
    if place.word.kind in ("class", "quoted"):
        return (), True
    if kind == "node":
        return records.facts(place, frame), True
    found_keys = list(keys.settings(scope, place, frame))
    if kind in ("pipeline", "pass"):
        found_keys.append(let)
    return found_keys, True


def _value(scope: Scope, place: Place) -> tuple[Iterable[Suggestion], bool]:
    """A value, by its type."""
    want = want_of(scope, place)
    if want.owner == "record profile":
        flags = records.flag_values(want.setting)
        if flags:
            return [Suggestion(text, "value") for text in flags], True
    if want.owner.startswith("record"):
        want = _in_record(scope, place, want)
    if want.type == "flow" and want.setting not in ("conditioning", "engine"):
        return _flow(scope, place, want)
    found = list(values.values(scope, place, want))
    if not want.type and want.owner in ("let", "pipeline", "stage", "graph", "record bench"):
        found += flows.begins(scope, place)
    is_open = not want.type and want.owner in ("let", "stage", "graph", "pipeline", "about")
    takes_node = is_open or (want.type[:1].isupper() and want.type not in kinds.WIDGETS)
    if place.word.kind in ("class", "quoted") or (takes_node and not want.type.startswith("[")):
        if want.argument is not None and want.argument.input is not None:
            if not want.argument.input.is_socket and place.word.kind == "none":
                return found, True
        more, complete = nodes.classes(scope, place, place.written, gives=want.type)
        if place.word.kind in ("class", "quoted"):
            return more, complete
        return [*found, *more], complete
    return found, True


def _in_record(scope: Scope, place: Place, want: Want) -> Want:
    """What a value in a record has to be: of a bench that of the setting that is varied."""
    key = want.setting
    if want.owner == "record bench":
        if key == "profiles":
            return Want("*", "bench", "profiles")
        setting = key.rpartition(".")[2]
        kind = kinds.PASS_SETTINGS.get(setting)
        meaning = scope.of_name(key) if kind is None else None
        text = str(kind) if kind is not None else meaning.type if meaning is not None else ""
        return want._replace(type=text, setting=setting, owner="record bench")
    return want


def _flow(scope: Scope, place: Place, want: Want) -> tuple[Iterable[Suggestion], bool]:
    patches = want.setting == "patches"
    found = list(flows.begins(scope, place, patches=patches))
    if place.word.kind in ("class", "quoted"):
        return nodes.classes(scope, place, place.written, gives="MODEL" if patches else "IMAGE")
    if not want.in_list and place.frame.kind != "list" and not patches:
        found.append(Suggestion("[…]", "snippet", "[\n    $0\n]", "several flows", is_snippet=True))
    return found, True


def _behind_arrow(scope: Scope, place: Place) -> tuple[Iterable[Suggestion], bool]:
    takes = flows.arrives(scope, place)
    more, complete = nodes.classes(scope, place, place.written, gives="", takes=takes or "IMAGE")
    if place.word.kind in ("class", "quoted"):
        return more, complete
    found = list(flows.follows(scope, place))
    return [*found, *more], complete


def _behind_operand(scope: Scope, place: Place) -> Iterator[Suggestion]:
    """What can follow a value: `of` behind steps, an arrow in a flow."""
    value = place.frame.value
    want = want_of(scope, place)
    texts = [token.text for token in value]
    if ".." in texts and "of" not in texts and want.type in ("steps", ""):
        yield Suggestion("of", "word", "of ", "the steps of the whole schedule")
    if (
        want.type == "flow"
        or "->" in texts
        or (not want.type and place.declared in ("let", "pipeline"))
    ):
        yield Suggestion("->", "word", "-> ", "passes the value to a step", again=True)
    if want.type == "list" or want.type.startswith("["):
        yield Suggestion("+", "word", "+ ", "joins lists")


def _operand(scope: Scope, place: Place) -> tuple[Iterable[Suggestion], bool]:
    """Behind an operator: values of the same type."""
    want = want_of(scope, place)
    texts = [token.text for token in place.frame.value]
    if want.type == "steps":
        steps = Want("int", want.owner, "", entries=want.entries)
        found = [
            each
            for each in values.values(scope, place, steps)
            if each.label not in ("none", "1", "2")
        ]
        numbers = ("4", "20", "8", "10") if "of" in texts else ("2", "4", "10", "20")
        return [*(Suggestion(number, "value") for number in numbers), *found], True
    return values.values(scope, place, want), True
