"""What differs between two snapshots, what changes the speed most coming first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.machine import command_line, effects
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from wan22dsl.machine.effects import Effect
    from wan22dsl.machine.snapshot import Snapshot

_GIB = 1024**3


class Difference(NamedTuple):
    """Something that is `before` in the first snapshot and `after` in the second; None: it is not there."""

    name: str
    before: Any
    after: Any
    effect: Effect

    @property
    def line(self) -> str:
        """The difference, in one line."""
        before, after = self.shown
        return f"{self.name}: {before} -> {after}"

    @property
    def shown(self) -> tuple[str, str]:
        """Both values for people."""
        return _shown(self.name, self.before), _shown(self.name, self.after)

    def as_data(self) -> dict[str, Any]:
        """The difference as JSON."""
        return {
            "kind": self.effect.name,
            "name": self.name,
            "before": self.before,
            "after": self.after,
            "why": self.effect.why,
        }


class Compared(NamedTuple):
    """What differs, and which parts could not be compared, each with the reason."""

    differences: tuple[Difference, ...]
    unknown: tuple[tuple[str, str], ...]

    def lines(self) -> list[str]:
        """For people: the kinds in their order, each with why it matters."""
        found: list[str] = []
        kind, why = "", ""
        for difference in self.differences:
            if difference.effect.name != kind:
                kind = difference.effect.name
                found.append(kind)
            if difference.effect.why != why:
                why = difference.effect.why
                found += [f"  ({why})"] if why else []
            found.append(f"  {difference.line}")
        return [*found, *self.unknown_lines()]

    def unknown_lines(self) -> list[str]:
        """What could not be compared."""
        if not self.unknown:
            return []
        return ["not compared", *(f"  {part}: {reason}" for part, reason in self.unknown)]

    def as_data(self) -> dict[str, Any]:
        """The same as JSON."""
        return {
            "differences": [difference.as_data() for difference in self.differences],
            "not_compared": [{"part": part, "reason": reason} for part, reason in self.unknown],
        }


def compare(first: Snapshot, second: Snapshot) -> Compared:
    """All differences of what lasts, and of what was switched on at the start."""
    found = sorted(
        _each(first.data, second.data), key=lambda item: effects.ORDER.index(item.effect)
    )
    return Compared(tuple(found), tuple(_unknown(first, second)))


def _each(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Difference]:
    yield from _started(a["started"], b["started"])
    yield from _tables(_flags(a), _flags(b), "{}", effects.of_flag)
    yield from _facts(a["comfyui"], b["comfyui"], "ComfyUI {}", effects.of_comfyui)
    yield from _packages(a["python"], b["python"])
    yield from _tables(a["environment"], b["environment"], "{}", effects.of_variable)
    yield from _facts(a["driver"], b["driver"], "driver {}", lambda _: effects.DRIVER)
    yield from _cards(a["cards"], b["cards"])
    if a["cards"] is None or b["cards"] is None:
        yield from _devices(a["devices"], b["devices"])
    yield from _facts(a["computer"], b["computer"], "{}", effects.of_computer)
    yield from _tables(_by_name(a["packs"]), _by_name(b["packs"]), "{}", lambda _: effects.PACKS)
    yield from _models(a["models"], b["models"])
    if a["model_disks"] and b["model_disks"] and a["model_disks"] != b["model_disks"]:
        yield Difference("model disks", a["model_disks"], b["model_disks"], effects.DISK)
    if a["simulated"] != b["simulated"]:
        yield Difference("simulated", a["simulated"], b["simulated"], effects.CARD)


def _started(a: Mapping[str, Any] | None, b: Mapping[str, Any] | None) -> Iterator[Difference]:
    """What was switched on. What is not said in a whole start is off, and in another not known."""
    if a is None or b is None:
        return
    is_whole = a["whole"] and b["whole"]
    for found in (_tables if is_whole else _facts)(a, b, "{}", effects.of_started):
        if found.name != "whole":
            yield found


def _tables(
    a: Mapping[str, Any] | None,
    b: Mapping[str, Any] | None,
    name: str,
    effect: Callable[[str], Effect],
) -> Iterator[Difference]:
    """What differs in two tables, where what a table does not have is not there."""
    if a is None or b is None:
        return
    for key in [*a, *(key for key in b if key not in a)]:
        if a.get(key) != b.get(key):
            yield Difference(name.format(key), a.get(key), b.get(key), effect(key))


def _facts(
    a: Mapping[str, Any] | None,
    b: Mapping[str, Any] | None,
    name: str,
    effect: Callable[[str], Effect],
) -> Iterator[Difference]:
    """What differs in facts that each table may not know."""
    for found in _tables(a, b, name, effect):
        if found.before not in (None, "") and found.after not in (None, ""):
            yield found


def _flags(data: Mapping[str, Any]) -> dict[str, Any] | None:
    flags = data["flags"]
    if flags is None:
        return None
    return {
        flag["name"]: flag["value"] for flag in flags if flag["name"] not in command_line.PLACES
    }


def _packages(a: Mapping[str, Any] | None, b: Mapping[str, Any] | None) -> Iterator[Difference]:
    if a is None or b is None:
        return
    if a["version"] and b["version"] and not _same_python(a["version"], b["version"]):
        yield Difference("Python", a["version"], b["version"], effects.REST)
    both_known = a["freeze_sha256"] is not None and b["freeze_sha256"] is not None
    theirs = [table["packages"] or {} for table in (a, b)]
    shared = [key for key in theirs[0] if key in theirs[1]]
    names = list(dict.fromkeys([*theirs[0], *theirs[1]])) if both_known else shared
    if "torch" not in names and a["torch"] and b["torch"] and a["torch"] != b["torch"]:
        yield Difference("torch", a["torch"], b["torch"], effects.TORCH)
    for name in names:
        if theirs[0].get(name) != theirs[1].get(name):
            effect = effects.of_package(name)
            yield Difference(name, theirs[0].get(name), theirs[1].get(name), effect)


def _same_python(a: str, b: str) -> bool:
    """Whether two versions of Python are the same as far as both say it: a folder says only `3.13`."""
    return a == b or a.startswith(f"{b}.") or b.startswith(f"{a}.")


def _cards(a: Sequence[Any] | None, b: Sequence[Any] | None) -> Iterator[Difference]:
    if a is None or b is None:
        return
    for index in range(max(len(a), len(b))):
        pair = [side[index] if index < len(side) else None for side in (a, b)]
        if pair[0] is None or pair[1] is None:
            names = [card["name"] if card is not None else None for card in pair]
            yield Difference(f"card {index}", names[0], names[1], effects.CARD)
        else:
            where = "card {}" if max(len(a), len(b)) == 1 else f"card {index} {{}}"
            yield from _facts(pair[0], pair[1], where, effects.of_card)


def _devices(a: Sequence[Any] | None, b: Sequence[Any] | None) -> Iterator[Difference]:
    if a is None or b is None:
        return
    names = [[device["name"] for device in side] for side in (a, b)]
    if names[0] != names[1]:
        yield Difference("devices", names[0], names[1], effects.CARD)


def _by_name(packs: Sequence[Any] | None) -> dict[str, str] | None:
    """Pack → what of it is known, in one string."""
    if packs is None:
        return None
    return {pack["name"]: _pack(pack) for pack in packs}


def _pack(pack: Mapping[str, Any]) -> str:
    parts = [pack["version"], pack["commit"][:12], "changed" if pack["dirty"] else ""]
    return " ".join(part for part in parts if part) or "there"


def _models(a: Sequence[Any] | None, b: Sequence[Any] | None) -> Iterator[Difference]:
    if a is None or b is None:
        return
    first, second = ({f"{file['folder']}/{file['name']}": file for file in side} for side in (a, b))
    for name in dict.fromkeys([*first, *second]):
        before, after = first.get(name), second.get(name)
        if before is None or after is None or _is_other(before, after):
            yield Difference(name, _model(before), _model(after), _of_model(name))


def _is_other(file: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    keys = ("size_bytes", "header_sha256", "metadata_sha256", "sha256")
    return any(_differs(file, other, key) for key in keys)


def _differs(file: Mapping[str, Any], other: Mapping[str, Any], key: str) -> bool:
    """Whether both know it, and it is not the same."""
    values = file.get(key), other.get(key)
    return all(value not in (None, "") for value in values) and values[0] != values[1]


def _model(file: Mapping[str, Any] | None) -> str | None:
    if file is None:
        return None
    size = f"{file['size_bytes']} bytes" if file["size_bytes"] is not None else "there"
    if file.get("sha256"):
        return f"{size}, sha256 {file['sha256'][:12]}"
    header = file.get("header_sha256") or file.get("metadata_sha256")
    return f"{size}, header {header[:12]}" if header else size


def _of_model(name: str) -> Effect:
    return effects.LORAS if name.startswith("loras/") else effects.MODELS


def _unknown(first: Snapshot, second: Snapshot) -> Iterator[tuple[str, str]]:
    for part in dict.fromkeys([*first.data, *second.data]):
        states = [snapshot.data.get(part) for snapshot in (first, second)]
        if part != "idle" and (states[0] is None) != (states[1] is None):
            side, name = (first, "A") if states[0] is None else (second, "B")
            yield part, f"not known in {name}: {side.missing.get(part, 'no reason is stated')}"
    freezes = [(item.data["python"] or {}).get("freeze_sha256") for item in (first, second)]
    if (
        (freezes[0] is None) != (freezes[1] is None)
        and first.data["python"]
        and second.data["python"]
    ):
        side, name = (first, "A") if freezes[0] is None else (second, "B")
        reason = side.missing.get("python.packages", "no reason is stated")
        yield "python.packages", f"not known in {name}: {reason}"


def _shown(name: str, value: Any) -> str:
    if value is None or value == "" or value == []:
        return "(none)"
    if isinstance(value, bool):
        return "on" if value else "off"
    if name.endswith("_bytes") and isinstance(value, int):
        return f"{value / _GIB:.1f} GiB"
    if isinstance(value, list):
        return " ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
