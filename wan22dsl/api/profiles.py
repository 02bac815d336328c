"""Launch profiles: those that a file declares and those of the library, judged, and found by name or card.

profiles, findings = profiles_of("launch.wan")
found = find("RTX 4090")
print(found.profile.name, [finding.message for finding in found.findings])
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.api.compiler import catalogue_of, source_of
from wan22dsl.api.targets import DEFAULT_TARGET
from wan22dsl.diagnostics import in_order, nearest
from wan22dsl.errors import CommandError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.comfyui.starting.profile import Profile
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.language.program.program import Program
    from wan22dsl.language.workspace import Workspace
    from wan22dsl.source import Source

#: The file of the library that has its profiles.
LIBRARY = "profiles"


class Found(NamedTuple):
    """A profile that was asked for, and what is wrong with it. With an error ComfyUI would not start."""

    profile: Profile
    findings: tuple[Diagnostic, ...] = ()


def profiles_of(
    file: Source | Path | str | None = None,
    workspace: Workspace | None = None,
    *,
    cores: int | None = None,
) -> tuple[tuple[Profile, ...], list[Diagnostic]]:
    """The profiles that a file declares, and what is wrong with them; without a file the library's.

    A `Source` is taken as text, anything else as a path. What keeps the file from being read is reported
    too, and what is wrong with a value that a profile may use; mistakes in pipelines are not. `cores` are
    those of the machine that ComfyUI will run on, where they are known. Raises UnreadableFile.
    """
    from wan22dsl.graph.build.profiles import of_file
    from wan22dsl.lint.rules.starting.judging import judge

    program, found = _program(file, workspace)
    profiles, of_values = of_file(program, catalogue_of(DEFAULT_TARGET))
    return profiles, in_order(found + of_values + judge(profiles, cores=cores))


def find(
    name: str,
    file: Source | Path | str | None = None,
    workspace: Workspace | None = None,
    *,
    cores: int | None = None,
) -> Found:
    """The profile that a name means, with what is wrong with it.

    A name is that of a profile of the file, of a profile of the library, or of a card (`RTX 4090`, `4090`):
    of several profiles for a card that which is called as the card (`rtx_4090`). A file comes before the
    library. Raises CommandError where nothing or more than one profile is meant, and UnreadableFile.
    """
    from wan22dsl.graph.build.profiles import named, of_file
    from wan22dsl.lint.rules.starting.judging import judge

    catalogue = catalogue_of(DEFAULT_TARGET)
    known: list[str] = []
    cards: list[str] = []
    for place in (file, None) if file is not None else (None,):
        program, of_program = _program(place, workspace)
        profiles, _ = of_file(program, catalogue)
        found = _named(name, profiles) or _for_card(name, profiles)
        if found is not None:
            _, of_values = named(program, catalogue, found.name)
            of_rules = judge([found], cores=cores)
            return Found(found, tuple(in_order(of_program + of_values + of_rules)))
        known += [profile.name for profile in profiles]
        cards += [profile.card for profile in profiles if profile.card]
    close = nearest(name, [*known, *cards])
    help = f"Did you mean `{close}`?" if close else ""
    raise CommandError(
        f"no profile is called `{name}`, and none is for such a card. {help}".rstrip(),
        f"Profiles: {', '.join(dict.fromkeys(known))}",
    )


def _program(
    file: Source | Path | str | None, workspace: Workspace | None
) -> tuple[Program, list[Diagnostic]]:
    """A file or the library's profiles, with what is wrong in it outside of pipelines."""
    from wan22dsl.language.program import load_program
    from wan22dsl.language.program.modules import library_module
    from wan22dsl.language.program.program import Program
    from wan22dsl.language.workspace import Workspace

    if file is None:
        return Program(library_module(LIBRARY), {}, Workspace()), []
    program, diagnostics = load_program(source_of(file, workspace), None, workspace)
    return program, [finding for finding in diagnostics if _concerns(finding, program)]


#: The declarations whose values a profile may use.
_WORDS = frozenset(("profile", "let", "param", "use", "wan"))


def _concerns(finding: Diagnostic, program: Program) -> bool:
    """Whether a finding about a file may matter to its profiles."""
    if finding.span is None or finding.code.startswith("WAN1"):
        return True
    main = program.main
    if finding.span.source is not main.source:
        return True
    for item in main.file.declarations:
        if item.start <= finding.span.start <= item.end:
            return item.word.text in _WORDS
    return True


def _named(name: str, profiles: tuple[Profile, ...]) -> Profile | None:
    return next((profile for profile in profiles if profile.name == name), None)


def _for_card(name: str, profiles: tuple[Profile, ...]) -> Profile | None:
    """The profile for a card. Raises CommandError where there are several, and none is called as the card."""
    wanted = _card(name)
    if wanted is None:
        return None
    found = [profile for profile in profiles if _card(profile.card) == wanted]
    if len(found) < 2:
        return found[0] if found else None
    own = wanted.lower().replace(" ", "_")
    named = _named(own, tuple(found))
    if named is not None:
        return named
    names = ", ".join(f"`{profile.name}`" for profile in found)
    raise CommandError(f"several profiles are for the {wanted}: {names}. Name one of them.")


def _card(name: str) -> str | None:
    """The name of a card as the table of cards has it; None where it has none."""
    from wan22dsl.graph.cost.cards import card_named

    try:
        return card_named(name).name if name else None
    except CommandError:
        return None
