"""Inside of a string: files, choices, names between braces. In a prompt: only names between braces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.editor.completion import literals, words
from wan22dsl.editor.completion.files import ENDINGS, as_texts, beside
from wan22dsl.editor.completion.suggestion import Suggestion, Suggestions, matches
from wan22dsl.editor.completion.values import of_name
from wan22dsl.language.syntax import spelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wan22dsl.editor.completion.place import Place
    from wan22dsl.editor.completion.scope import Scope
    from wan22dsl.editor.completion.want import Want

_BRACE = re.compile(r"(?<!\\)\{([a-z_][A-Za-z0-9_.]*)?\Z")
_TEXT_TYPES = frozenset(
    (
        "text",
        "int",
        "float",
        "bool",
        "size",
        "frames",
        "seconds",
        "fps",
        "sampler",
        "steps",
        "STRING",
    )
)


def suggest(scope: Scope, place: Place, want: Want, trigger: str) -> Suggestions:
    """What fits in the string at the place."""
    quotes = 3 if place.word.text.startswith('"""') else 1
    begin = place.word.start + quotes
    written = place.text[begin : place.offset]
    if place.offset < begin:
        return Suggestions((), place.offset, place.offset)
    brace = _BRACE.search(written)
    if brace is not None:
        start = place.offset - len(brace[1] or "")
        end = place.offset + len(re.match(r"[\w.]*", place.text[place.offset :])[0])  # type: ignore[index]
        return Suggestions(tuple(_placeholders(scope, place, brace[1] or "")), start, end)
    end = place.word.end
    if place.word.text.endswith('"') and len(place.word.text) > quotes:
        end -= quotes
    if quotes == 3 or "\n" in place.word.text or trigger in (" ", ".", "(", ">", "=", "{", "["):
        return Suggestions((), place.offset, place.offset)
    found = tuple(each for each in _inside(scope, place, want) if matches(written, each.label))
    return Suggestions(found[:120], begin, max(end, place.offset))


def _placeholders(scope: Scope, place: Place, written: str) -> Iterator[Suggestion]:
    """The names whose values a string can have between braces."""
    rest = place.text[place.offset :]
    closes = not re.match(r"[\w.]*\}", rest)
    if "." not in written:
        for seen in scope.seen("param", "let"):
            meaning = scope.meaning(seen)
            if meaning.type in _TEXT_TYPES and matches(written, seen.name):
                found = of_name(seen, meaning)
                yield found._replace(insert=seen.name + "}" * closes)
    block = next((frame for frame in place.frames if frame.kind == "block"), None)
    given = block.entries if block is not None and place.declared == "pipeline" else {}
    settings = dict.fromkeys((*given, "seed", "cfg", "size", "length", "steps"))
    for name in settings:
        label = f"pipeline.{name}"
        if name not in ("flow", "prompt") and matches(written, label):
            yield Suggestion(label, "setting", label + "}" * closes, "setting of the pipeline")


def _inside(scope: Scope, place: Place, want: Want) -> Iterable[Suggestion]:
    frame = place.frame
    if frame.kind == "file" and frame.item and frame.item[0].text == "use":
        return _modules(scope)
    chosen = literals.choices(want, scope.catalogue)
    if want.owner == "param" and want.argument is not None:
        chosen = ()
    if chosen:
        return [Suggestion(text, "choice", spelling.escape(text)) for text in chosen]
    if want.type in ENDINGS:
        return as_texts(
            beside(scope.view.source.file, ENDINGS[want.type]),
            in_quotes=False,
            detail="next to the file",
        )
    return _of_input(scope, want)


def _modules(scope: Scope) -> list[Suggestion]:
    return as_texts(words.module_files(scope.view), in_quotes=False)


def _of_input(scope: Scope, want: Want) -> list[Suggestion]:
    """Files for an input of a node that takes one of the user's."""
    argument = want.argument
    if argument is None or argument.input is None or argument.input.files != "input":
        return []
    kind = "VIDEO" if "video" in argument.name else "AUDIO" if "audio" in argument.name else "IMAGE"
    return as_texts(
        beside(scope.view.source.file, ENDINGS[kind]), in_quotes=False, detail="next to the file"
    )
