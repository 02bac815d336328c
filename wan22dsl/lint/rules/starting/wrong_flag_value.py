"""WAN963: a flag with a value that it does not take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.starting.flags import spelled
from wan22dsl.diagnostics import Message, Severity, nearest
from wan22dsl.lint.rules.starting.example import profile
from wan22dsl.lint.rules.starting.fixes import in_words
from wan22dsl.lint.rules.starting.view import place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.starting.flags import FlagInfo
    from wan22dsl.comfyui.starting.profile import Flag
    from wan22dsl.diagnostics import Diagnostic, Fix
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN963",
    name="wrong-flag-value",
    severity=Severity.ERROR,
    summary="A flag has a value that it does not take",
    text="`{flag}` takes {wanted}, not {found}.",
    why="ComfyUI refuses a value that a flag does not take, and exits before it starts.",
    help="{help}",
    bad=profile('fast = ["fp16_acumulation"]'),
    good=profile('fast = ["fp16_accumulation"]'),
    source="Comfy-Org/ComfyUI, comfy/cli_args.py of each version",
)

_ONE = {
    "number": "a number",
    "whole number": "a whole number",
    "text": "a value",
    "words": "a word",
}
_SEVERAL = {
    "number": "numbers",
    "whole number": "whole numbers",
    "text": "values",
    "words": "words",
}


def check(start: Start) -> Iterator[Diagnostic]:
    """Every flag with too many or too few values, with one of the wrong kind, or with no choice."""
    for flag in start.profile.flags:
        info = start.known.get(flag.name)
        if info is None or info.unproven or flag.value is False:
            continue
        finding = _judged(start, flag, info)
        if finding is not None:
            yield finding


def _judged(start: Start, flag: Flag, info: FlagInfo) -> Diagnostic | None:
    values = _values(flag)
    wrong = next((value for value in values if not _fits(value, info)), None)
    most = {"": 0, "one": 1, "optional": 1}.get(info.takes)
    if info.repeats:
        most = None
    if not values and info.takes in ("one", "some"):
        found = "nothing"
    elif most is not None and len(values) > most:
        found = f"`{' '.join(map(spelled, values))}`"
    elif wrong is not None:
        found = f"`{spelled(wrong)}`"
    else:
        return None
    guess = nearest(str(wrong), info.choices) if wrong is not None and info.choices else None
    if start.profile.is_launcher and any(_is_open(value) for value in values):
        return None
    return MESSAGE.at(
        place(flag.span, flag.name_span, start.profile.span),
        fix=_fix(flag, wrong, guess, info),
        flag=flag.name,
        wanted=_wanted(info),
        found=found,
        help=_help(guess, info),
    )


def _is_open(value: object) -> bool:
    """Whether a script fills a value in, or quotes it in a way that is not followed: `$PORT`, `%PORT%`."""
    return isinstance(value, str) and any(sign in value for sign in "$%!{`\n\"'")


def _values(flag: Flag) -> tuple[str | int | float, ...]:
    if isinstance(flag.value, bool):
        return ()
    return flag.value if isinstance(flag.value, tuple) else (flag.value,)


def _fits(value: str | int | float, info: FlagInfo) -> bool:
    if info.choices:
        return value in info.choices
    if info.kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if info.kind == "whole number":
        return isinstance(value, int)
    return True


def _wanted(info: FlagInfo) -> str:
    if info.kind == "switch":
        return "no value"
    if info.choices:
        words = ", ".join(f"`{choice}`" for choice in info.choices)
        return f"one of {words}" if info.takes in ("one", "optional") else f"words out of {words}"
    one, several = _ONE[info.kind], _SEVERAL[info.kind]
    if info.repeats and info.takes == "one":
        return several
    return {
        "one": one,
        "optional": f"at most one value, {one}",
        "any": several,
        "some": f"{one} or more",
    }[info.takes]


def _help(guess: str | None, info: FlagInfo) -> str:
    if guess:
        return f"Did you mean `{guess}`?"
    return "Remove the value." if info.kind == "switch" else f"Give it {_wanted(info)}."


def _fix(flag: Flag, wrong: object, guess: str | None, info: FlagInfo) -> Fix | None:
    if flag.span is None:
        return None
    if info.kind == "switch":
        return in_words(flag.span, flag.span.text, "true", safe=False) if _is_own(flag) else None
    if guess is None:
        return None
    written, meant = flag.span.text, f'"{wrong}"'
    if written.count(str(wrong)) != 1:
        return None
    new = written.replace(
        meant if meant in written else str(wrong), f'"{guess}"' if meant in written else guess
    )
    return in_words(flag.span, written, new, safe=False)


def _is_own(flag: Flag) -> bool:
    """Whether a value is written in the language."""
    return flag.name_span is not None and not flag.name_span.text.startswith("-")
