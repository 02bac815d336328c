"""A bench file for a card: its profiles in the library, sizes that fit its memory, and how long it takes."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING

from wan22dsl.api.compiler import compile, format
from wan22dsl.errors import CommandError
from wan22dsl.source import Source
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.comfyui.starting.profile import Profile
    from wan22dsl.graph.cost.cards import Card

#: The sizes that are offered, the largest first, with five seconds each.
_SIZES = ("832x1216", "832x480", "480x480")

#: No run of the bench takes longer, if a smaller size fits too.
_LONGEST_S = 900.0

#: Runs of a cell in a session: one to warm up, three that are measured.
_RUNS = 4

#: What starting ComfyUI takes, with its first loading of models.
_START_S = 90.0

_PIPELINE = """\
pipeline portrait {{
    image  = "portrait.png"
    prompt = "She turns to the camera and smiles, soft window light"
    size   = {size}
    length = 5s
    seed   = 42
    flow   = wan22.high -> wan22.low -> save("bench/portrait")
}}
"""


class Subject(NamedTuple):
    """The pipeline of a bench: how it is named there, what brings it, and the seconds of a run.

    `sizes` are those that are compared, each with its seconds; None where the model cannot tell them.
    """

    name: str
    uses: str
    body: str
    sizes: tuple[tuple[str, float | None], ...]


def text_for(card: Card, pipeline: tuple[Source, str] | None = None) -> str:
    """The text of a bench file for a card.

    `pipeline` is a file with the one that is to be measured, and its path from the bench file. Raises
    CommandError where it has no pipeline, several, or one that does not compile or fit the card.
    """
    subject = _own(card) if pipeline is None else _given(card, *pipeline)
    names, declared = _profiles(card)
    seconds = [each for _, each in subject.sizes]
    cells = len(names) * len(subject.sizes)
    vary = ""
    if len(subject.sizes) > 1:
        vary = f"    vary     = {{ size = [{', '.join(size for size, _ in subject.sizes)}] }}\n"
    uses = "use profiles\n" if "profiles." in "".join((*names, declared)) else ""
    text = (
        f"# Which way to start ComfyUI is the fastest on the {card.name}?\n#\n"
        f"{_plan(card, cells, len(names), seconds, subject)}"
        f"#\n# `wan bench FILE --dry-run` shows the plan, `wan bench FILE --comfyui NAME` measures.\n"
        f"wan 1\n{uses}{subject.uses}\n"
        f"{declared}{subject.body}"
        f"bench start {{\n    of       = {subject.name}\n    profiles = [{', '.join(names)}]\n{vary}"
        f"    baseline = {{ profiles = {names[0]} }}\n    repeat   = 3\n}}\n"
    )
    formatted, found = format(Source(text, "bench.wan"))
    assert formatted is not None, found  # what is written here has no mistakes of syntax
    return formatted


def _plan(
    card: Card, cells: int, profiles: int, seconds: list[float | None], subject: Subject
) -> str:
    known = [each for each in seconds if each is not None]
    lines = [f"# {cells} cells: {profiles} profiles"]
    if len(subject.sizes) > 1:
        lines[0] += (
            f" with {len(subject.sizes)} sizes that fit its {card.vram_bytes / 2**30:.0f} GiB"
        )
    lines[0] += ".\n"
    if len(known) < len(seconds):
        lines.append(
            "# How long a run takes cannot be estimated: a part of the pipeline is not known.\n"
        )
    else:
        whole = profiles * (_RUNS * fsum(known) + _START_S)
        runs = " and ".join(f"{each:.0f} s" for each in known)
        lines.append(
            f"# About {max(round(whole / 60), 1)} minutes: a run takes {runs} by the cost model, once to "
            "warm up and\n# three times to measure, and what looks suspicious is measured again.\n"
        )
    lines.append(
        "# That one of the profiles is faster is a hypothesis: this bench is how you find out.\n"
    )
    return "".join(lines)


# --- the pipeline ---


def _own(card: Card) -> Subject:
    """A pipeline of our own, in the sizes that fit the card."""
    found: list[tuple[str, float | None]] = []
    for size in _SIZES:
        text = f"wan 1\nuse wan22\n\n{_PIPELINE.format(size=size)}"
        fits, seconds = _run_s(card, Source(text, "bench.wan"), "portrait")
        if fits:
            found.append((size, seconds))
    quick = [each for each in found if each[1] is not None and each[1] <= _LONGEST_S] or found[-1:]
    if not quick:
        raise CommandError(f"no Wan 2.2 pipeline of the library fits the {card.name}")
    sizes = tuple(quick[:2])
    body = f"{_PIPELINE.format(size=sizes[0][0])}\n"
    return Subject("portrait", "use wan22\n", body, sizes)


def _given(card: Card, source: Source, path: str) -> Subject:
    from wan22dsl.api.pipelines import chosen, to_compile
    from wan22dsl.language.program import load_program

    program, _ = load_program(source)
    name = chosen(to_compile(program), None, "measure")
    fits, seconds = _run_s(card, source, name)
    if not fits:
        raise CommandError(f"`{name}` of {source.path} does not fit the {card.name}")
    uses = f'use "{path}" as measured\n'
    return Subject(f"measured.{name}", uses, "", (("", seconds),))


def _run_s(card: Card, source: Source, name: str) -> tuple[bool, float | None]:
    """Whether a pipeline fits a card, and how long a warm run takes; None where that is not known."""
    from wan22dsl.graph.cost.estimate import estimate

    compiled = compile(source, pipeline=name)
    if compiled.graph is None:
        wrong = next((each for each in compiled.diagnostics if each.is_error), None)
        reason = f": {wrong.message}" if wrong is not None else ""
        raise CommandError(f"`{name}` of {source.path} does not compile{reason}")
    found = estimate(compiled.graph.graph, card)
    return all(each.fit != "fails" for each in found.passes), found.seconds


# --- the profiles ---


def _profiles(card: Card) -> tuple[list[str], str]:
    """The names of the profiles to compare, and the declarations of those that are not the library's."""
    from wan22dsl.api.profiles import profiles_of

    of_library = [each for each in profiles_of()[0] if _is_for(each, card)]
    names = [f"profiles.{each.name}" for each in of_library]
    declared = ""
    if not names:
        names = ["plain"]
        declared = f'profile plain {{\n    card    = "{card.name}"\n    comfyui = "0.39"\n}}\n\n'
    first = names[0]
    if len(names) < 2 and (card.compute_capability or (0, 0)) >= (8, 0):
        names.append("with_sage")
        declared += (
            "# ComfyUI does not start without the package.\n"
            f"profile with_sage = {first}(\n"
            f"    flags = {_flags(first, of_library)}{{ use_sage_attention = true }}\n"
            '    packages = ["sageattention"]\n)\n\n'
        )
    if len(names) < 2:
        names.append("old_loader")
        declared += (
            f"profile old_loader = {first}(flags = {_flags(first, of_library)}"
            "{ disable_dynamic_vram = true })\n\n"
        )
    return names, declared


def _flags(first: str, of_library: list[Profile]) -> str:
    return f"{first}.flags + " if of_library and of_library[0].flags else ""


def _is_for(profile: Profile, card: Card) -> bool:
    from wan22dsl.graph.cost.cards import card_named

    try:
        return bool(profile.card) and card_named(profile.card).name == card.name
    except CommandError:
        return False
