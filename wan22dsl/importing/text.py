"""The text of a pipeline that is put together from units."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.importing import naming_passes
from wan22dsl.importing.flow import CannotWriteError, Flows
from wan22dsl.importing.naming_passes import Base
from wan22dsl.importing.namings import name_of, of_title
from wan22dsl.importing.settle import ORDER, settle
from wan22dsl.importing.sight import Absent
from wan22dsl.source import Source
from wan22dsl.syntax import parse, print_file, spelling

if TYPE_CHECKING:
    from wan22dsl.importing.namings import Namings
    from wan22dsl.importing.reader import Reader
    from wan22dsl.importing.settle import Settled
    from wan22dsl.importing.units import PassUnit, Unit


class Candidate(NamedTuple):
    """A text that may mean what a graph does, and what was left open in it: (unit, argument).

    `runs` is the number of elements of flows that run when it is built.
    """

    text: str
    open: list[tuple[str, str]]
    runs: int


class Pipeline:
    """Writes the pipeline that the units of a reader stand for."""

    def __init__(self, reader: Reader, names: Namings, name: str) -> None:
        self._reader = reader
        self._names = names
        self._name = name

    def write(self, comments: Comments) -> Candidate:
        """The text. Raises CannotWriteError where a unit cannot be written."""
        ends = self._reader.ends()
        passes = self._reader.passes
        units = list(self._reader.units.values())
        settled = settle(self._reader, passes, [one for one in units if one.is_stage])
        pass_names = self._pass_names(passes)
        flows = Flows(self._reader, settled, self._names, pass_names)
        flows.follow(ends, list(settled.pipeline.values()))
        lets = flows.lets()
        stages, patches = self._patches(passes, flows)
        shared = self._shared_patches(passes, patches)
        declared = self._passes(passes, settled, flows, pass_names, {} if shared else patches)
        flow = flows.flows(ends)
        for id, name in pass_names.items():
            flow = [one.replace(f"<{id}>", name) for one in flow]
            lets = [one.replace(f"<{id}>", name) for one in lets]
        above, below = self._settings(settled, flows, passes, shared)
        body = [f"    {one}" for one in [*above, *lets, *below]]
        body.append(f"    flow = {flow[0]}" if len(flow) == 1 else _listed(flow))
        used = {name for one in passes for name in _names_in(one.settings)} | flows.assets
        assets = self._reader.assets.declarations(used)
        block = "\n".join([f"pipeline {self._name} {{", *body, "}"])
        parts = [*assets, *stages, *declared, block]
        return Candidate(
            laid_out(comments, self._uses(parts), parts), self._open(units, flows), flows.runs
        )

    def _uses(self, parts: list[str]) -> list[str]:
        whole = "\n".join(parts)
        return [one.line for one in self._reader.words.used if one.line and one.prefix in whole]

    def _open(self, units: list[Unit], flows: Flows) -> list[tuple[str, str]]:
        needed = {one.id for one in flows.units}
        return [
            (unit.id, one.name)
            for unit in units
            for one in unit.arguments
            if one.open and unit.id in needed and unit.is_stage
        ]

    # --- passes ---

    def _pass_names(self, passes: list[PassUnit]) -> dict[str, str]:
        """A mark for each pass, until it is known whether it is one of the library's."""
        return {one.id: f"<{one.id}>" for one in passes}

    def _passes(
        self,
        passes: list[PassUnit],
        settled: Settled,
        flows: Flows,
        names: dict[str, str],
        patches: dict[str, str],
    ) -> list[str]:
        bases = [Base(one.name, one.settings) for one in self._reader.words.passes]
        found = []
        for one in passes:
            settings, local = self._own_settings(one, settled, flows, patches)
            base, different = naming_passes.nearest(settings, bases)
            if base is not None and not different:
                names[one.id] = naming_passes.changed(base.name, local)
                continue
            name = self._pass_name(one, base)
            names[one.id] = naming_passes.changed(name, local)
            found.append(naming_passes.declared(name, base, different))
            bases.append(Base(name, settings))
        return found

    def _pass_name(self, one: PassUnit, base: Base | None) -> str:
        level = one.noise.strip('"') if one.noise in ('"high"', '"low"') else ""
        title = of_title(one.title, self._reader.sight.node(one.id).class_name, one.id)
        tail = base.name.rpartition(".")[2] if base is not None else ""
        wishes = [wish for wish in (level, title, tail, "sampled") if wish]
        return self._names.new(*wishes)

    def _own_settings(
        self, one: PassUnit, settled: Settled, flows: Flows, patches: dict[str, str]
    ) -> tuple[dict[str, str], dict[str, str]]:
        """The settings of a pass: those that can stand anywhere, and those that need a `let`."""
        settings, local = dict(one.settings), {}
        if not settings["model"]:
            assert one.model is not None
            del settings["model"]
            local["model"] = flows.value(one.model, "MODEL", one.id)
        if one.id in patches:
            settings["patches"] = patches[one.id]
        family = one.family or settled.family
        usual = self._reader.words.families.get(family, {}).get("conditioning")
        if one.conditioning != usual or one.given:
            needs = any(flows.is_local(argument.target, argument.kind) for argument in one.given)
            into = local if needs else settings
            into["conditioning"] = flows.call(one.conditioning, one.given, one.id)
        for name, target in settled.passes[one.id].items():
            kind = settled.types[name]
            into = local if flows.is_local(target, kind) else settings
            into[name] = flows.value(target, kind, one.id)
        if one.own_seed:
            settings["seed"] = one.own_seed
        return settings, local

    # --- patches ---

    def _patches(self, passes: list[PassUnit], flows: Flows) -> tuple[list[str], dict[str, str]]:
        """The stages for plain nodes that change a model, and the flow of patches of each pass."""
        stages: dict[str, str] = {}
        texts: dict[str, str] = {}
        for one in passes:
            parts = []
            for patch in one.patches:
                text = flows.element(patch)
                if not patch.is_stage:
                    text = self._patch_stage(patch, flows, stages)
                parts.append(text)
            if parts:
                texts[one.id] = " -> ".join(parts)
        return list(stages.values()), texts

    def _patch_stage(self, patch: Unit, flows: Flows, stages: dict[str, str]) -> str:
        body = flows.element(patch).replace(f"{spelling.key(patch.place)} = _", "", 1)
        inside = (
            f"{spelling.key(patch.place)} = model{body[len(spelling.class_name(patch.call)) + 1 :]}"
        )
        call = f"{spelling.class_name(patch.call)}({inside}{patch.outputs.get(0, '')}"
        if call not in stages:
            node = self._reader.sight.node(patch.id)
            name = self._names.new(of_title(node.title, patch.call, node.id), name_of(patch.call))
            stages[call] = f"stage {name}(in model: MODEL) -> MODEL {{ out = {call} }}"
        return stages[call].removeprefix("stage ").partition("(")[0]

    def _shared_patches(self, passes: list[PassUnit], patches: dict[str, str]) -> str:
        """The patches that all of several passes have: they stand in the pipeline."""
        said = set(patches.values())
        return (
            said.pop() if len(passes) > 1 and len(patches) == len(passes) and len(said) == 1 else ""
        )

    # --- settings ---

    def _settings(
        self, settled: Settled, flows: Flows, passes: list[PassUnit], patches: str
    ) -> tuple[list[str], list[str]]:
        """The settings of the pipeline: those above the `let`s, and those that need one."""
        found = {
            name: flows.value(target, settled.types[name], "")
            for name, target in settled.pipeline.items()
            if not isinstance(target, Absent)
        }
        if settled.family and any(not one.family for one in passes):
            if passes[0].family != settled.family:
                found["family"] = settled.family
        if patches:
            found["patches"] = patches
        place = {name: number for number, name in enumerate(ORDER)}
        ordered = sorted(found, key=lambda one: (place.get(one, 4.5), one))
        below = [
            name
            for name in ordered
            if name in settled.pipeline
            and flows.is_local(settled.pipeline[name], settled.types[name])
        ]
        lines = {name: f"{name} = {found[name]}" for name in ordered}
        return [lines[one] for one in ordered if one not in below], [lines[one] for one in below]


class Comments(NamedTuple):
    """What stands above the declarations of a file, and what below them."""

    above: list[str]
    below: list[str]


def laid_out(comments: Comments, uses: list[str], parts: list[str]) -> str:
    """A whole file in the canonical layout."""
    head = "\n".join(["wan 1", *uses])
    text = "\n\n".join([head, *parts]) + "\n"
    tree, problems = parse(Source(text, "imported"))
    assert not problems, (problems[0].message, text)
    above, below = ("".join(f"# {line}".rstrip() + "\n" for line in lines) for lines in comments)
    return above + print_file(tree) + ("\n" + below if below else "")


def _listed(flows: list[str]) -> str:
    return "\n".join(["    flow = [", *(f"        {one}" for one in flows), "    ]"])


def _names_in(settings: dict[str, str]) -> set[str]:
    """The assets that the settings of a pass name."""
    import re

    text = " ".join(value for name, value in settings.items() if name in ("model", "loras"))
    return set(re.findall(r"[a-z_][A-Za-z0-9_.]*", text))


__all__ = ["Candidate", "CannotWriteError", "Comments", "Pipeline", "laid_out"]
