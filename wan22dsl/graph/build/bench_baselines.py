"""The baseline of a bench: the cell that each of its cells is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import nearest
from wan22dsl.graph.build import messages, records
from wan22dsl.graph.build.bench_values import same, text_of
from wan22dsl.graph.build.settings import Settings
from wan22dsl.graph.build.values import Declared, describe
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.comfyui.starting.profile import Profile
    from wan22dsl.graph.build.bench_values import Row
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.values import Setting

#: The values of a case: names with their texts.
Values = tuple[tuple[str, str], ...]


class Baseline(NamedTuple):
    """What the other cells are compared with. What it leaves out is as in the cell that is compared.

    Without `is_stated` the bench has no `baseline`: it is the first profile with the first case.
    """

    profile: str | None
    values: Values
    is_stated: bool = True


def selected(cases: Sequence[Values], wanted: Values, case: Values) -> int | None:
    """The number of the case that a case is compared with; None where none is meant, or several are.

    It has the wanted values. Of several, that one counts which has all other values of the case.
    """
    fitting = [number for number, each in enumerate(cases) if set(wanted) <= set(each)]
    if len(fitting) > 1:
        names = {name for name, _ in wanted}
        rest = {each for each in case if each[0] not in names}
        fitting = [
            number
            for number in fitting
            if {each for each in cases[number] if each[0] not in names} == rest
        ]
    return fitting[0] if len(fitting) == 1 else None


def of_bench(
    b: Builder, block: Declared, profiles: Sequence[Profile], rows: Sequence[Row] | None
) -> Baseline:
    """The baseline of a bench, with findings on what it does not select; without one, the first cell."""
    setting = block.settings.get("baseline")
    if setting is None:
        first = rows[0].values if rows else ()
        return Baseline(profiles[0].name if profiles else None, first, is_stated=False)
    if not records.is_record(b, setting.value, setting.env):
        value = b.evaluate(setting.value, setting.env, Settings(b, ()))
        b.say(
            messages.WRONG_TYPE,
            setting.env.span(setting.value),
            what="`baseline`",
            wanted="a record",
            found=describe(value),
            help="Write `baseline = { profiles = desktop, high.cfg = 1.0 }`.",
        )
        return Baseline(None, ())
    profile, values, sound = None, [], rows is not None
    for name, (item, env) in records.entries(b, setting.value, setting.env).items():
        place = records.Place(item.value, env)
        if name == "profiles":
            profile = _profile(b, place, profiles)
            sound = sound and profile is not None
        elif rows is not None:
            text = _value(b, name, place, rows, setting)
            values += [] if text is None else [(name, text)]
            sound = sound and text is not None
    found = Baseline(profile, tuple(values))
    if sound and rows is not None:
        _check(b, setting, rows, found)
    return found


def _profile(b: Builder, place: records.Place, profiles: Sequence[Profile]) -> str | None:
    items = records.items(b, place.node, place.env) or [place]
    value = b.evaluate(items[0].node, items[0].env, Settings(b, ()))
    names = [profile.name for profile in profiles]
    if len(items) == 1 and isinstance(value, Declared) and value.name in names:
        return value.name
    listed = ", ".join(f"`{name}`" for name in names)
    span = place.env.span(place.node)
    problem = f"`{text_of(place)}` is not one of its profiles"
    help = f"Use one of {listed}." if names else "Remove it: the bench has no profiles."
    b.say(messages.NO_BASELINE, span, problem=problem, help=help)
    return None


def _value(
    b: Builder, name: str, place: records.Place, rows: Sequence[Row], setting: Setting
) -> str | None:
    """The text of a value among those that are varied; None, with a finding, where it is none of them."""
    known: dict[str, records.Place] = {}
    for row in rows:
        for (each, text), where in zip(row.values, row.places):
            if each == name:
                known.setdefault(text, where)
    if not known:
        names = {each for row in rows for each, _ in row.values}
        guess = nearest(name, {*names, "profiles"})
        listed = ", ".join(f"`{each}`" for each in sorted(names)) or "nothing"
        help = f"Did you mean `{guess}`?" if guess else f"It varies {listed}."
        problem = f"the bench does not vary `{name}`"
        b.say(messages.NO_BASELINE, place.env.span(place.node), problem=problem, help=help)
        return None
    for text, where in known.items():
        if same(b, place, where):
            return text
    listed = ", ".join(f"`{text}`" for text in list(known)[:8])
    problem = f"`{name}` is never `{text_of(place)}` in the bench"
    help = f"Use one of its values: {listed}."
    b.say(messages.NO_BASELINE, place.env.span(place.node), problem=problem, help=help)
    return None


def _check(b: Builder, setting: Setting, rows: Sequence[Row], baseline: Baseline) -> None:
    """Reports a baseline that does not select exactly one case for each."""
    cases = [row.values for row in rows]
    for case in cases:
        if selected(cases, baseline.values, case) is None:
            shown = ", ".join(f"{name} {text}" for name, text in case)
            problem = f"it selects no single case for the case `{shown}`"
            help = "Give it a value for everything that the cases differ in."
            b.say(messages.NO_BASELINE, setting.env.span(setting.value), problem=problem, help=help)
            return
