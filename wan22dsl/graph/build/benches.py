"""Benches: what is compared, as the `bench` declarations of a file say, and the graph of each case."""

from __future__ import annotations

from itertools import islice, product
from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import nearest
from wan22dsl.graph.build import assets, bench_baselines, declared, messages, profiles, records
from wan22dsl.graph.build.bench_values import Row, scratch, text_of, unique
from wan22dsl.graph.build.making import new_builder
from wan22dsl.graph.build.settings import Settings
from wan22dsl.graph.build.values import Declared, describe
from wan22dsl.language.program import changes, kinds
from wan22dsl.language.program.names import of_kind
from wan22dsl.language.program.values import Broken, Constant, Unknown
from wan22dsl.language.syntax.comments import doc_of
from wan22dsl.language.syntax.tree import Name
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.comfyui.starting.profile import Profile
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.build.bench_baselines import Baseline
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.values import Setting, Value
    from wan22dsl.language.program.program import Given, Program
    from wan22dsl.source import Span

#: So many cases are made; nobody waits for more.
MOST_CASES = 500


class Case(NamedTuple):
    """One set of values of what a bench varies.

    `values` has the name of each with its text, as people write it: `("high.cfg", "3.5")`. No two cases of a
    bench have the same. `changes` has the expressions for them.
    """

    values: tuple[tuple[str, str], ...]
    changes: Mapping[str, Given]

    @property
    def name(self) -> str:
        """The values in one line: `order wan22.high -> wan22.low, high.cfg 3.5`; empty without any."""
        return ", ".join(f"{name} {text}" for name, text in self.values)


class DeclaredBench(NamedTuple):
    """A comparison, as a `bench` declares it. Its cells are every profile with every case.

    `pipeline` is the name of what is run, `of` where it is written. Without `profiles` the server is used as
    it was started. None is what the file leaves open: `repeat` measured runs of each cell and session,
    `warmups` before them that are discarded, `cold` ones with nothing loaded, and `rounds` (1, or 2: each
    session twice, the second time in reverse order). `doc` is the comment above, `spans` where its settings
    are, those of the library where the bench is.
    """

    name: str
    pipeline: str
    of: records.Place
    profiles: tuple[Profile, ...]
    cases: tuple[Case, ...]
    baseline: Baseline
    span: Span
    repeat: int | None = None
    warmups: int | None = None
    cold: int | None = None
    rounds: int | None = None
    quality: bool = False
    doc: str = ""
    spans: Mapping[str, Span] = MappingProxyType({})

    @property
    def cells(self) -> tuple[tuple[str, Case], ...]:
        """The profiles' names (empty without profiles) with the cases, in the order of the file."""
        names = [profile.name for profile in self.profiles] or [""]
        return tuple((name, case) for name in names for case in self.cases)

    def baseline_of(self, profile: str, case: Case) -> tuple[str, Case] | None:
        """The cell that a cell is compared with, which may be itself; None where none is selected."""
        wanted = profile if self.baseline.profile is None else self.baseline.profile
        found = bench_baselines.selected(
            [each.values for each in self.cases], self.baseline.values, case.values
        )
        return None if found is None else (wanted, self.cases[found])


def cell_name(profile: str, case: Case) -> str:
    """A cell in one line, unique in its bench: `sage, high.cfg 3.5`."""
    return ", ".join(part for part in (profile, case.name) if part)


def of_file(
    program: Program, catalogue: Catalogue
) -> tuple[tuple[DeclaredBench, ...], list[Diagnostic]]:
    """The benches that the main file declares, in order, and what is wrong with them.

    Whether their cases can be built is not looked at here.
    """
    b = new_builder(program, catalogue, lenient=True)
    found = [_bench(b, program, name) for name in of_kind(program.main, "bench")]
    benches = tuple(bench for bench in found if bench is not None)
    return benches, list({(each.code, each.span): each for each in b.diagnostics}.values())


def program_of(program: Program, case: Case) -> Program:
    """The program with the values of a case, which win over those from outside."""
    given, changed = dict(program.given), dict(program.changes)
    known = {name: (module, param) for name, module, param in program.parameters()}
    for name, value in case.changes.items():
        if name in known:
            module, param = known[name]
            given[module, param.name.text] = value
        else:
            changed[name] = value
    return program._replace(given=given, changes=changed)


def _bench(b: Builder, program: Program, name: str) -> DeclaredBench | None:
    """A bench; None where it has no pipeline, or a copy is of something else: that has been reported."""
    expression = program.main.names[name]
    try:
        block = declared.value(b, program.main, expression, Settings(b, ()))
        if isinstance(block, Declared) and block.kind == "bench":
            return _read(b, program, block)
    except RecursionError as error:
        span = program.main.span(expression.name.start, expression.name.end)
        b.say_endless(error, span, name)
    return None


def _read(b: Builder, program: Program, block: Declared) -> DeclaredBench | None:
    outer, b.site = b.site, block.span
    try:
        of = _pipeline(b, program, block)
        used = _profiles(b, block)
        rows = _rows(b, program, block)
        baseline = bench_baselines.of_bench(b, block, used, rows)
        numbers = {name: _number(b, block, name, low) for name, low in _LOWEST.items()}
        quality = assets.setting(b, block, "quality", Settings(b, ()))
    finally:
        b.site = outer
    if of is None or rows is None:
        return None
    cases = tuple(Case(row.values, row.changes) for row in rows)
    expression = block.module.names.get(block.name)
    return DeclaredBench(
        block.name,
        of[1],
        of[0],
        tuple(used),
        cases,
        baseline,
        block.span,
        quality=quality == Constant("bool", True),
        doc="" if expression is None else doc_of(block.module.file, expression),
        spans={
            name: block.span if each.env.module.is_library else each.env.span(each.key)
            for name, each in block.settings.items()
        },
        **numbers,
    )


# --- what is run, and how ComfyUI is started ---


def _pipeline(b: Builder, program: Program, block: Declared) -> tuple[records.Place, str] | None:
    """Where the pipeline is written, and its name; None, with a finding, where there is none."""
    setting = block.settings.get("of")
    if setting is None:
        misspelt = any(name not in kinds.BENCH_SETTINGS for name in block.settings)
        if not program.main.is_library and not misspelt:
            b.say(
                messages.MISSING_SETTING,
                block.span,
                kind="bench",
                name=block.name,
                setting="of",
                needed="",
                why="It names the pipeline that is measured.",
                help=f"Write `{_of_help(program)}`.",
            )
        return None
    place = records.Place(setting.value, setting.env)
    with b.within("", ""), b.about(f"`of` of `{block.name}`"):
        found = b.evaluate(place.node, place.env, Settings(b, ()))
    if isinstance(found, Declared) and found.kind in ("pipeline", "graph"):
        return place, found.name
    if not isinstance(found, (Broken, Unknown)):
        _refuse(b, setting, "`of`", "a pipeline", found, f"Write `{_of_help(program)}`.")
    return None


def _of_help(program: Program) -> str:
    name = next((each.name.text for each in program.pipelines()), "portrait")
    return f"of = {name}"


def _profiles(b: Builder, block: Declared) -> list[Profile]:
    """The profiles, each once; what is none, or is there twice, is reported."""
    setting = block.settings.get("profiles")
    if setting is None:
        return []
    places = records.items(b, setting.value, setting.env)
    if places is None:
        places = [records.Place(setting.value, setting.env)]
    found: dict[str, Profile] = {}
    for place in places:
        with b.within("", ""), b.about(f"`profiles` of `{block.name}`"):
            value = b.evaluate(place.node, place.env, Settings(b, ()))
        span = place.env.span(place.node)
        if isinstance(value, (Broken, Unknown)):
            continue
        if not isinstance(value, Declared) or value.kind != "profile":
            help = "Name profiles: `profiles = [desktop, sage]`."
            _refuse(b, setting, "`profiles`", "a profile", value, help, span)
        elif value.name in found:
            help = f"Declare a copy with a name of its own, `profile … = {value.name}(…)`."
            help = "Remove it." if isinstance(place.node, Name) else help
            b.say(messages.PROFILE_TWICE, span, profile=value.name, bench=block.name, help=help)
        else:
            found[value.name] = profiles.read(b, value)
    return list(found.values())


def _refuse(
    b: Builder,
    setting: Setting,
    what: str,
    wanted: str,
    found: Value,
    help: str,
    span: Span | None = None,
) -> None:
    b.say(
        messages.WRONG_TYPE,
        span or setting.env.span(setting.value),
        what=what,
        wanted=wanted,
        found=describe(found),
        help=help,
    )


#: The numbers of a bench, with the lowest that each may be.
_LOWEST = {"repeat": 1, "warmups": 0, "cold": 0, "rounds": 1}

#: The highest: more runs would only cost time.
_HIGHEST = {"repeat": 100, "warmups": 20, "cold": 10, "rounds": 2}


def _number(b: Builder, block: Declared, name: str, lowest: int) -> int | None:
    setting = block.settings.get(name)
    found = assets.setting(b, block, name, Settings(b, ()))
    if setting is None or not isinstance(found, Constant):
        return None
    highest = _HIGHEST[name]
    if lowest <= found.data <= highest:
        return int(found.data)
    b.say(
        messages.BENCH_NUMBER,
        setting.env.span(setting.value),
        what=name,
        found=found.data,
        lowest=lowest,
        highest=highest,
        meaning=_MEANINGS[name],
    )
    return None


_MEANINGS = {
    "repeat": "measured runs of each cell in each session",
    "warmups": "discarded runs in front of the measured ones",
    "cold": "runs of each cell with nothing loaded",
    "rounds": "times that each profile is started: once, or again in reverse order",
}


# --- what is varied ---


def _rows(b: Builder, program: Program, block: Declared) -> list[Row] | None:
    """The cases; None where they cannot be told, which has been reported."""
    setting = block.settings.get("vary")
    if setting is None:
        return [Row((), {})]
    if records.is_record(b, setting.value, setting.env):
        return _combinations(b, program, block, setting)
    places = records.items(b, setting.value, setting.env)
    if places is None:
        value = b.evaluate(setting.value, setting.env, Settings(b, ()))
        if not isinstance(value, (Broken, Unknown)):
            _refuse(b, setting, "`vary`", _VARY, value, f"Write `vary = {_EXAMPLE}`.")
        return None
    rows = []
    for place in places[:MOST_CASES]:
        if not records.is_record(b, place.node, place.env):
            value = b.evaluate(place.node, place.env, Settings(b, ()))
            span = place.env.span(place.node)
            help = "Write each case as a record: `{ high.cfg = 1.0 }`."
            _refuse(b, setting, "a case of `vary`", "a record", value, help, span)
            return None
        entries = records.entries(b, place.node, place.env)
        _check_names(b, program, block, entries)
        rows.append(
            [(name, records.Place(item.value, env), item) for name, (item, env) in entries.items()]
        )
    _check_count(b, block, setting, len(places))
    return unique(b, rows)


_VARY = "a record of lists, or a list of records"
_EXAMPLE = "{ high.cfg = [1.0, 3.5] }"


def _as_list(value: str) -> dict[str, str]:
    """How a value that is no list is written as one; a range has ends, and no values between them."""
    first, dots, last = value.partition("..")
    if dots and first and last:
        otherwise = ", with the values between that are to be measured: a range has no steps"
        return {"example": f"[{first}, …, {last}]", "otherwise": otherwise}
    return {"example": f"[{value}, …]", "otherwise": ", or set it in the pipeline"}


def _combinations(
    b: Builder, program: Program, block: Declared, setting: Setting
) -> list[Row] | None:
    entries = records.entries(b, setting.value, setting.env)
    _check_names(b, program, block, entries)
    lists, sound = [], True
    for name, (item, env) in entries.items():
        places = records.items(b, item.value, env)
        if places is None:
            span = env.span(item.value)
            value = text_of(records.Place(item.value, env))
            b.say(messages.VARY_NO_LIST, span, name=name, **_as_list(value))
            sound = False
        elif not places:
            b.say(messages.VARY_EMPTY, env.span(item.value), name=name)
            sound = False
        else:
            lists.append([(name, place, item) for place in places])
    if not sound:
        return None
    _check_count(b, block, setting, prod(map(len, lists)))
    return unique(b, [list(each) for each in islice(product(*lists), MOST_CASES)])


def _check_count(b: Builder, block: Declared, setting: Setting, count: int) -> None:
    if count > MOST_CASES:
        span = setting.env.span(setting.key.key)
        b.say(messages.TOO_MANY_CASES, span, name=block.name, count=f"{count:,}", most=MOST_CASES)


def _check_names(
    b: Builder, program: Program, block: Declared, entries: Mapping[str, records.Entry]
) -> None:
    """Reports the keys that are no parameter of the main file and no setting."""
    main = program.main
    if main.is_library:
        return  # it is for the files that copy it
    known = [name for name, _, _ in program.parameters()]
    for name, (item, env) in entries.items():
        if name in known or changes.is_change(name, main):
            continue
        places = records.items(b, item.value, env) or [records.Place(item.value, env)]
        problem, help = _unknown(name, known, program, _declaration(b, name, places[:1]))
        span = env.span(item.key)
        b.say(messages.CHANGES_NOTHING, span, name=name, problem=problem, help=help)


def _declaration(b: Builder, name: str, places: Sequence[records.Place]) -> str:
    """How a parameter for values such as these is declared."""
    for place in places:
        found = scratch(b, place)
        kind = found.type if isinstance(found, Constant) else "flow"
        return f"param {name}: {kind} = {text_of(place)}"
    return f"param {name}: type = value"


def _unknown(
    name: str, known: Sequence[str], program: Program, declaration: str
) -> tuple[str, str]:
    """What is wrong with a key that names nothing, and what it may mean."""
    owner, setting = changes.parts(name)
    main = program.main
    if owner in main.uses:
        guess = nearest(name, [each for each in known if each.startswith(f"{owner}.")])
        help = f"Did you mean `{guess}`?" if guess else "Remove it, or declare it there."
        return f"`{owner}` has no parameter `{setting}`", help
    if owner:
        owners = changes.owners(main)
        if owner not in owners:
            close = nearest(owner, owners) or nearest(owner.rpartition(".")[2], owners)
            help = f"Did you mean `{close}.{setting}`?" if close else "Name a pass of the pipeline."
            return f"no pass is called `{owner}`", help
        guess = nearest(setting, changes.settings(main))
        help = f"Did you mean `{owner}.{guess}`?" if guess else "Remove it."
        return f"a pass has no setting `{setting}`", help
    guess = nearest(name, known) or changes.close_setting(name, main)
    declare = f"eclare `{declaration}`, and use `{name}` in the pipeline."
    help = f"Did you mean `{guess}`? If not, d{declare}" if guess else f"D{declare}"
    return "the file has no parameter of this name, and a pipeline no such setting", help
