"""The cohort of a cell: everything that must be equal before two of its times may be compared.

What is not known is not equal: it is listed with the reason, and with how to get it. Facts without which
nothing can be compared (`_ESSENTIAL`) must be known on both sides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.machine import command_line, effects
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from wan22dsl.bench.models import Cell, SessionStarted
    from wan22dsl.machine.effects import Effect
    from wan22dsl.machine.snapshot import Snapshot
    from wan22dsl.run.models.record import Server

Value = bool | int | float | str | tuple[Any, ...] | None

#: Kind → its tables. The kinds are the words of `--may-differ`, except `simulated`, which may never differ.
KINDS: Mapping[str, tuple[str, ...]] = {
    "simulated": ("simulated",),
    "bench": ("bench",),
    "workload": ("workload",),
    "card": ("card",),
    "power": ("power",),
    "flags": ("flags", "environment", "started"),
    "software": ("comfyui", "python", "driver", "packages", "packs"),
    "design": ("design",),
    "recipe": ("recipe",),
}

#: What the user may name.
MAY_DIFFER = tuple(kind for kind in KINDS if kind != "simulated")

#: Tables that list all there is: a name that one of two does not have is not there.
_LISTS = {"packages", "packs", "flags", "environment"}

#: What must be known: table and name; an empty name is the whole table.
_ESSENTIAL = {
    ("workload", "workload"),
    ("recipe", "recipe"),
    ("card", "name"),
    ("comfyui", "version"),
    ("python", "torch"),
    ("flags", ""),
}

#: Packages without a known effect on speed are left out.
_NO_EFFECT = (effects.PACKAGES, effects.REST)

_ON_THE_COMPUTER = "measure on the computer with the card, with `wan bench --comfyui`"
_HOW = {
    "workload": "use a pipeline whose size and length are known when it is compiled",
    "recipe": "fix the errors of the cell: `wan lint`",
    "card": "the server does not name its card: `wan snapshot --server URL` shows what it says",
    "comfyui": _ON_THE_COMPUTER,
    "flags": "the server does not state its flags: start it with `wan bench --comfyui`",
}


class Fact(NamedTuple):
    """Something that differs, or that cannot be compared: then `reason` says why, and `how` to get it."""

    kind: str
    name: str
    before: Value
    after: Value
    effect: Effect
    reason: str = ""
    how: str = ""
    is_essential: bool = False

    @property
    def line(self) -> str:
        """One line for people."""
        if self.reason:
            return f"{self.name}: {self.reason}"
        return (
            f"{self.name}: {in_words(self.name, self.before)} -> {in_words(self.name, self.after)}"
        )


class Cohort(NamedTuple):
    """Tables of facts. A table that is None is not known; so is a fact that is None.

    `missing` has the reasons, by `table` or `table.name`. `partial` tables do not list all there is.
    """

    tables: Mapping[str, Mapping[str, Value] | None]
    missing: Mapping[str, str]
    partial: frozenset[str] = frozenset()

    def why(self, table: str, name: str) -> str:
        """Why something is not known."""
        for key in (f"{table}.{name}", table):
            if key in self.missing:
                return self.missing[key]
        return "no reason is stated"


class Compared(NamedTuple):
    """What differs between two cohorts, and what could not be compared, by the known effect on speed."""

    differences: tuple[Fact, ...]
    unknown: tuple[Fact, ...]

    def forbidden(self, may_differ: Sequence[str]) -> list[Fact]:
        """What forbids a comparison: differences of other kinds, and essential facts that are unknown."""
        return [
            *(fact for fact in self.differences if fact.kind not in may_differ),
            *(fact for fact in self.unknown if fact.is_essential and fact.kind not in may_differ),
        ]


def compare(before: Cohort, after: Cohort) -> Compared:
    """Compares all tables of all kinds."""
    found = [
        fact
        for kind, tables in KINDS.items()
        for table in tables
        for fact in _compare_table(kind, table, before, after)
    ]
    found.sort(
        key=lambda fact: (list(KINDS).index(fact.kind) > 1, effects.ORDER.index(fact.effect))
    )
    return Compared(
        tuple(fact for fact in found if not fact.reason),
        tuple(fact for fact in found if fact.reason),
    )


def lacking(own: Cohort) -> Fact | None:
    """An essential fact that is not known, so that nothing can be compared with it; None where all are."""
    return next((fact for fact in compare(own, own).unknown if fact.is_essential), None)


def _compare_table(kind: str, table: str, before: Cohort, after: Cohort) -> Iterator[Fact]:
    first, second = before.tables.get(table), after.tables.get(table)
    if first is None or second is None:
        yield _unknown(kind, table, "", before, after, (first is None, second is None))
        return
    is_list = table in _LISTS and not {table} & (before.partial | after.partial)
    for name in [*first, *(name for name in second if name not in first)]:
        values = first.get(name), second.get(name)
        lacks = tuple(
            value is None and not (is_list and name not in facts)
            for value, facts in zip(values, (first, second))
        )
        if any(lacks):
            yield _unknown(kind, table, name, before, after, (lacks[0], lacks[1]))
        elif not _equal(table, name, *values):
            yield Fact(kind, _shown_name(table, name), *values, _effect(table, name))


def _equal(table: str, name: str, first: Value, second: Value) -> bool:
    if first == second:
        return type(first) is type(second) or not isinstance(first, bool | str)
    if (
        table == "python"
        and name == "version"
        and isinstance(first, str)
        and isinstance(second, str)
    ):
        return first.startswith(f"{second}.") or second.startswith(f"{first}.")
    return False


def _unknown(
    kind: str, table: str, name: str, before: Cohort, after: Cohort, lacks: tuple[bool, bool]
) -> Fact:
    """A fact that the one, the other or neither has."""
    side = before if lacks[0] else after
    when = "" if all(lacks) else " before" if lacks[0] else " now"
    reason = f"not known{when}: {side.why(table, name)}"
    # Of a table that is not known nothing is: neither what is essential of it.
    essential = any(table == its and (not name or own in ("", name)) for its, own in _ESSENTIAL)
    how = _HOW.get(table, _ON_THE_COMPUTER)
    shown = _shown_name(table, name)
    return Fact(kind, shown, None, None, _effect(table, name), reason, how, essential)


_NAMES = {
    "comfyui": "ComfyUI {}",
    "driver": "driver {}",
    "card": "card {}",
    "power": "card {}",
    "packs": "pack {}",
}
_PLAIN = {("python", "version"): "Python", ("card", "name"): "card"}
_TABLES = {"packs": "node packs", "flags": "launch flags", "packages": "Python packages"}


def _shown_name(table: str, name: str) -> str:
    if not name:
        return _TABLES.get(table, table)
    return _PLAIN.get((table, name)) or _NAMES.get(table, "{}").format(name)


def _effect(table: str, name: str) -> Effect:
    """What is known of how it changes the speed."""
    if table == "python":
        return effects.TORCH if name == "torch" else effects.REST
    if not name:
        return {"packs": effects.PACKS, "driver": effects.DRIVER}.get(table, effects.REST)
    ways: dict[str, Callable[[str], Effect]] = {
        "card": effects.of_card,
        "power": effects.of_card,
        "comfyui": effects.of_comfyui,
        "packages": effects.of_package,
        "flags": effects.of_flag,
        "environment": effects.of_variable,
        "started": effects.of_started,
        "driver": lambda _: effects.DRIVER,
        "packs": lambda _: effects.PACKS,
    }
    return ways[table](name) if table in ways else effects.REST


def in_words(name: str, value: Value) -> str:
    """A fact for people."""
    if value is None or value == "" or value == ():
        return "(none)"
    if isinstance(value, bool):
        return "on" if value else "off"
    if name.endswith("_bytes") and isinstance(value, int):
        return f"{value / 1024**3:.1f} GiB"
    if name == "recipe" and isinstance(value, str):
        return value[:12]
    if isinstance(value, tuple | list):
        return " ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


# --- from what a bench has written ---


def of_cell(cell: Cell, machine: Cohort, head: Mapping[str, Mapping[str, Value]]) -> Cohort:
    """The cohort of a cell on a machine. `head` is what all cells of a bench share."""
    missing = dict(machine.missing)
    if not cell.workload:
        missing["workload"] = "size or length is known only when the pipeline runs"
    if cell.recipe is None:
        missing["recipe"] = "the cell does not compile"
    tables: dict[str, Mapping[str, Value] | None] = {
        **head,
        **machine.tables,
        "workload": {"workload": cell.workload or None},
        "recipe": {"recipe": cell.recipe},
    }
    return Cohort(tables, missing, machine.partial)


class Start(NamedTuple):
    """A start of ComfyUI: its line, its snapshot, and what a record of its runs says of the server."""

    line: SessionStarted
    snapshot: Snapshot | None = None
    server: Server | None = None


def of_sessions(starts: Sequence[Start], *, simulated: bool, wan22dsl: str) -> Cohort:
    """The machine that a place with a profile is. What differs between its sessions is not known."""
    found = [_of_session(start, simulated, wan22dsl) for start in starts]
    if not found:
        nothing = "no session of it was started"
        tables = [table for kind in ("card", "power", "flags", "software") for table in KINDS[kind]]
        return Cohort(dict.fromkeys(tables), dict.fromkeys(tables, nothing))
    merged = found[0]
    for other in found[1:]:
        merged = _merged(merged, other)
    return merged


def _merged(first: Cohort, second: Cohort) -> Cohort:
    """What both sessions say; one of them may know more than the other."""
    tables: dict[str, Mapping[str, Value] | None] = {}
    missing = dict(first.missing)
    for table, facts in first.tables.items():
        others = second.tables.get(table)
        if facts is None or others is None:
            tables[table] = facts if others is None else others
            continue
        together: dict[str, Value] = {}
        for name in [*facts, *(name for name in others if name not in facts)]:
            pair = facts.get(name), others.get(name)
            if pair[0] != pair[1] and (None not in pair or table in _LISTS):
                together[name] = None
                shown = " and ".join(in_words(name, value) for value in pair)
                missing[f"{table}.{name}"] = f"the sessions of the bench have {shown}"
            else:
                together[name] = pair[0] if pair[0] is not None else pair[1]
        tables[table] = together
    return Cohort(tables, missing, first.partial | second.partial)


def _of_session(start: Start, simulated: bool, wan22dsl: str) -> Cohort:
    """What one start of ComfyUI was: by its snapshot, else by what the server said."""
    line, snapshot, server = start
    data: Mapping[str, Any] = snapshot.data if snapshot is not None else {}
    missing = _missing(snapshot)
    comfyui, python, driver = (data.get(part) or {} for part in ("comfyui", "python", "driver"))
    card = _first(data.get("cards")) or {}
    device = _first(data.get("devices")) or {}
    commit, dirty = comfyui.get("commit"), comfyui.get("dirty")
    if dirty:
        missing["comfyui.changed files"] = "ComfyUI has changed files, which no snapshot contains"
    tables: dict[str, Mapping[str, Value] | None] = {
        "card": {
            "name": line.card or card.get("name") or device.get("name") or None,
            "memory_bytes": card.get("memory_bytes")
            or device.get("memory_bytes")
            or (server.devices[0].memory_bytes if server and server.devices else None),
        },
        "power": {
            name: card.get(name)
            for name in ("power_limit_w", "pcie_generation_max", "pcie_width_max")
        },
        "comfyui": {
            "version": line.comfyui or comfyui.get("version") or None,
            "commit": commit,
            "changed files": None if dirty else dirty,
        },
        "python": {
            "version": python.get("version")
            or (server.python.partition(" ")[0] or None if server else None),
            "torch": line.pytorch or python.get("torch") or None,
        },
        "driver": {"version": driver.get("version"), "CUDA": driver.get("cuda")},
        "packages": _packages(python.get("packages")),
        "packs": _packs(data.get("packs")),
        "flags": _flags(start, data.get("flags")),
        "environment": data.get("environment"),
        "started": _started(data.get("started")),
    }
    partial = frozenset() if python.get("freeze_sha256") else frozenset({"packages"})
    if simulated:
        return _simulated(tables, wan22dsl)
    return Cohort(tables, missing, partial)


def _simulated(tables: Mapping[str, Any], wan22dsl: str) -> Cohort:
    """Of a simulation: the cost model is part of wan22dsl, and no driver, Python or pack plays a part."""
    flags = tables["flags"] or {}
    comfyui = {"version": tables["comfyui"]["version"]}
    return Cohort(
        {
            "card": tables["card"],
            "power": {},
            "comfyui": comfyui,
            "python": {"torch": "simulated"},
            "driver": {"cost model of wan22dsl": wan22dsl},
            "packages": {},
            "packs": {},
            "flags": {name: value for name, value in flags.items() if name != "--simulate"},
            "environment": {},
            "started": {},
        },
        {},
    )


def _missing(snapshot: Snapshot | None) -> dict[str, str]:
    """The reasons of a snapshot, by our tables."""
    if snapshot is None:
        tables = [table for kind in ("power", "flags", "software") for table in KINDS[kind]]
        return dict.fromkeys(tables, "the session has no snapshot")
    reasons = dict(snapshot.missing)
    found = {
        table: reasons[table]
        for table in ("packs", "flags", "environment", "started")
        if table in reasons
    }
    ways = {
        "power": "cards",
        "driver": "driver",
        "packages": "python.packages",
        "comfyui.commit": "comfyui.commit",
        "comfyui.changed files": "comfyui.dirty",
        "packs": "packs.commit",
    }
    for ours, theirs in ways.items():
        if theirs in reasons:
            found.setdefault(ours, reasons[theirs])
    if "comfyui.commit" in found:
        found.setdefault("comfyui.changed files", found["comfyui.commit"])
    found.setdefault("power", "the driver does not state it")
    return found


def _first(items: Any) -> Mapping[str, Any] | None:
    return items[0] if items else None


def _packages(found: Mapping[str, str] | None) -> dict[str, Value] | None:
    if found is None:
        return None
    return {
        name: found[name]
        for name in sorted(found)
        if effects.of_package(name) not in _NO_EFFECT and name != "torch"
    }


def _packs(found: Sequence[Mapping[str, Any]] | None) -> dict[str, Value] | None:
    """Pack → version and commit; None where only its name is known, or its files were changed."""
    if found is None:
        return None
    return {
        pack["name"]: " ".join(filter(None, (pack["version"], pack["commit"][:12]))) or None
        if not pack["dirty"]
        else None
        for pack in sorted(found, key=lambda pack: str(pack["name"]))
    }


def _flags(start: Start, listed: Sequence[Any] | None) -> dict[str, Value] | None:
    """Flag → value; those of the start line are words such as `--reserve-vram 2`."""
    line, _, server = start
    if listed is not None:
        pairs = [(flag["name"], flag["value"]) for flag in listed]
    elif server is not None and server.flags is not None:
        pairs = [(flag.name, flag.value) for flag in server.flags]
    elif line.flags:
        parts = (text.partition(" ") for text in line.flags)
        pairs = [(name, value or True) for name, _, value in parts]
    else:
        return None
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in sorted(pairs, key=lambda pair: str(pair[0]))
        if name not in command_line.PLACES and name.startswith("-")
    }


#: Of a start: what decides about speed.
_STARTED = ("attention", "dynamic_vram", "allocator", "vram_state", "fp16_accumulation")


def _started(found: Mapping[str, Any] | None) -> dict[str, Value] | None:
    if found is None or not found.get("whole"):
        return None
    return {name: "" if found.get(name) is None else found.get(name) for name in _STARTED}
