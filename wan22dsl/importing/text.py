"""The text of a pipeline that is put together from units, with its notes and its muted nodes."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes.editor import NOTES
from wan22dsl.formats.json_text import value_of
from wan22dsl.importing.comments import (
    WIDTH,
    Remarks,
    Sections,
    Statement,
    with_titles,
)
from wan22dsl.importing.expressions import SizeOf
from wan22dsl.importing.flow import CannotWriteError, Flows
from wan22dsl.importing.settings import (
    PIPELINE_ORDER,
    Base,
    boundary_of,
    changed,
    declaration_of,
    family_in_name,
    nearest,
    on_merged,
    settle,
    without_shift,
)
from wan22dsl.importing.spellings import name_of, of_title
from wan22dsl.importing.units import IN_PLACE, Absent, Value
from wan22dsl.language.syntax import parse, print_file, spelling
from wan22dsl.source import Source
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wan22dsl.importing.comments import Origins
    from wan22dsl.importing.reader import Reader
    from wan22dsl.importing.settings import Settled
    from wan22dsl.importing.spellings import Namings
    from wan22dsl.importing.units import PassUnit, Target, Unit


#: Longer notes are cut off: nobody reads a page of links above a pipeline.
_MOST_LINES = 12

#: Settings without a default: what reads one of them needs it.
_NEEDED = {"prompt", "size", "length"}


def notes(text: str) -> list[str]:
    """The notes of a workflow JSON, one behind the other."""
    if not any(f'"{class_name}"' in text for class_name in NOTES):
        return []
    try:
        found = list(_notes(value_of(text)))
    except RecursionError:
        return []
    lines: list[str] = []
    for note in dict.fromkeys(found):
        lines += ["", *_wrapped(note)]
    return lines


def _notes(value: Any) -> Iterator[str]:
    if not isinstance(value, dict):
        return
    for key in ("input", "workflow", "extra_pnginfo", "extra_data"):
        yield from _notes(value.get(key))
    nodes = value.get("nodes")
    for node in nodes if isinstance(nodes, list) else ():
        if isinstance(node, dict) and node.get("type") in NOTES and not _is_ours(node):
            values = node.get("widgets_values")
            said = values[0] if isinstance(values, list) and values else ""
            if isinstance(said, str) and said.strip():
                yield said
    definitions = value.get("definitions")
    inner = definitions.get("subgraphs") if isinstance(definitions, dict) else None
    for item in inner if isinstance(inner, list) else ():
        yield from _notes(item)


def _is_ours(note: dict[str, Any]) -> bool:
    """Whether it is the note that shows the text of which the workflow was made."""
    about = note.get("properties")
    return isinstance(about, dict) and about.get("wan note") is True


def groups(titles: Iterable[str]) -> list[str]:
    """The titles of groups that are above nothing: the passes and stages of the text stand for them."""
    line = f"Groups: {', '.join(dict.fromkeys(titles))}"
    return ["", *textwrap.wrap(line, WIDTH, break_long_words=False)] if titles else []


def _wrapped(note: str) -> list[str]:
    lines: list[str] = []
    for line in note.strip().splitlines():
        said = "".join(sign for sign in line if sign.isprintable()).rstrip()
        lines += textwrap.wrap(said, WIDTH, break_long_words=False) or [""]
    if len(lines) > _MOST_LINES:
        rest = len(lines) - _MOST_LINES + 1
        lines = [*lines[: _MOST_LINES - 1], f"… ({rest} more lines in the original)"]
    return [f"Note: {line}" if number == 0 else line for number, line in enumerate(lines)]


class Candidate(NamedTuple):
    """A text that may mean what a graph does, and what was left open in it: (unit, argument).

    `runs` is the number of elements of flows that run when it is built.
    """

    text: str
    open: list[tuple[str, str]]
    runs: int


class Own(NamedTuple):
    """The settings of a pass, those of them that need a `let`, and what a comment says of them."""

    settings: dict[str, str]
    local: dict[str, str]
    remarks: list[str]


class Pipeline:
    """Writes the pipeline that the units of a reader stand for."""

    def __init__(self, reader: Reader, names: Namings, name: str, origins: Origins) -> None:
        self._reader = reader
        self._origins = origins
        self._remarks = Remarks(origins)
        self._names = names
        self._name = name

    def write(self, comments: Comments) -> Candidate:
        """The text. Raises CannotWriteError where a unit cannot be written."""
        ends = self._reader.ends()
        passes = self._reader.passes
        units = list(self._reader.units.values())
        settled = settle(self._reader, passes, [unit for unit in units if unit.is_stage])
        pass_names = self._pass_names(passes)
        flows = Flows(self._reader, settled, self._names, pass_names, self._remarks)
        flows.follow(ends, list(settled.pipeline.values()))
        for unit in flows.units:
            if unit.is_stage and unit.reads & _NEEDED - settled.pipeline.keys():
                raise CannotWriteError(unit.id)
        of_settings = self._remarks_of_settings(settled, units)
        of_passes = {unit.id: self._remarks.of_nodes(sorted(unit.nodes)) for unit in passes}
        lets = flows.lets(comments.sections.of)
        stages, patches = self._patches(passes, flows)
        if any(_is_local(unit, flows) for unit in passes):
            shared = ""
        else:
            shared = self._shared_patches(passes, patches)
        _with_latents(passes)
        own = {
            unit.id: self._own(unit, settled, flows, {} if shared else patches) for unit in passes
        }
        conditioning, is_local = self._shared("conditioning", list(own.values()))
        loras_by, _ = self._shared("loras_by", list(own.values()))
        lets = self._with_conditionings(own, lets)
        declared = self._passes(passes, own, pass_names, of_passes, settled.family)
        flow = flows.flows(ends)
        for id, name in pass_names.items():
            lets = [_with_pass(let, id, name, of_passes) for let in lets]
            flow = [_with_pass(item, id, name, of_passes) for item in flow]
        above, below = self._settings(settled, flows, passes, shared, of_settings)
        if loras_by is not None:
            above.append(loras_by.shown)
        if conditioning is not None:
            (below if is_local else above).append(conditioning.shown)
        shown = {comments.sections.of.get(let.id) for let in lets}
        untitled = [title for title in comments.sections.titles if title not in shown]
        rest = [*groups(untitled), *self._remarks.rest(self._reader.sight.graph)]
        comments = comments._replace(below=joined(comments.below, rest))
        placed = [(let.id, let.shown) for let in lets]
        body = [*above, *with_titles(placed, comments.sections.of)]
        if lets:
            body += [f"\n{item}" if place == 0 else item for place, item in enumerate(below)]
        else:
            body += below
        if lets and not below:
            body.append("")
        if len(flow) == 1:
            body.append(flow[0].behind("flow = ").shown)
        else:
            body.append("\n".join(["flow = [", *(item.shown for item in flow), "]"]))
        used = {name for unit in passes for name in _names_in(unit.settings)} | flows.assets
        assets = self._reader.assets.declarations(used)
        block = "\n".join([f"pipeline {self._name} {{", *body, "}"])
        parts = [*assets, *stages, *declared, block]
        return Candidate(
            laid_out(comments, self._uses(parts), parts), self._open(units, flows), flows.runs
        )

    @property
    def _library(self) -> tuple[str, ...]:
        """How the names of the library begin."""
        used = self._reader.words.used
        return tuple(each.prefix for each in used if each.prefix and each.module.is_library)

    def _uses(self, parts: list[str]) -> list[str]:
        whole = "\n".join(parts)
        return [used.line for used in self._reader.words.used if used.line and used.prefix in whole]

    def _open(self, units: list[Unit], flows: Flows) -> list[tuple[str, str]]:
        needed = {written.id for written in flows.units}
        return [
            (unit.id, argument.name)
            for unit in units
            for argument in unit.arguments
            if argument.open and unit.id in needed and unit.is_stage
        ]

    # --- passes ---

    def _pass_names(self, passes: list[PassUnit]) -> dict[str, str]:
        """A mark for each pass, until it is known whether it is one of the library's."""
        return {unit.id: f"<{unit.id}>" for unit in passes}

    def _passes(
        self,
        passes: list[PassUnit],
        own: dict[str, Own],
        names: dict[str, str],
        remarks: dict[str, list[str]],
        usual_family: str,
    ) -> list[str]:
        bases = [
            Base(pass_word.name, pass_word.settings) for pass_word in self._reader.words.passes
        ]
        distilled = frozenset(
            asset.name
            for asset in self._reader.words.assets
            if asset.kind == "lora" and "distilled" in asset.settings
        )
        families = {
            asset.name: asset.settings.get("family", "") for asset in self._reader.words.assets
        }
        found = []
        for unit in passes:
            settings, local, said = own[unit.id]
            model = None if unit.model is None else self._reader.assets.of(unit.model)
            known = bases
            if model is not None and "distilled" in model.settings:
                known = [on_merged(base, settings, distilled) for base in bases]
            if "shift" not in settings and any(patch.call == "shift" for patch in unit.patches):
                known = [without_shift(base, self._library) for base in known]
            own_family = unit.family or usual_family or family_in_name(self._reader, unit)
            known = [base for base in known if self._may_copy(base, own_family, families)]
            level = unit.noise.strip('"')
            of_level = [base for base in known if level in base.name]
            others = [base for base in known if level not in base.name]
            base, different = nearest(settings, [*of_level, *others])
            if base is not None and not different:
                names[unit.id] = changed(base.name, local)
                continue
            name = self._pass_name(unit, base)
            names[unit.id] = changed(name, local)
            declared = declaration_of(name, base, different)
            more = [*remarks.pop(unit.id, ()), *said]
            found.append(Statement(declared, more).shown)
            bases.append(Base(name, settings))
        return found

    def _may_copy(self, base: Base, family: str, families: dict[str, str]) -> bool:
        """Whether a pass of a family may be a copy of another pass; `families` are those of the models.

        A pass of the library for a family with one model is named after what that model is for.
        """
        of_base = families.get(base.settings.get("model", ""), "")
        settings = self._reader.words.families.get(of_base)
        if settings is None or "boundary" in settings or not base.name.startswith(self._library):
            return True
        return family in {"", of_base}

    def _shared(self, name: str, own: list[Own]) -> tuple[Statement | None, bool]:
        """A setting that all passes have, which is the pipeline's then, and whether it needs a `let`."""
        said = {pass_.settings.get(name) or pass_.local.get(name, "") for pass_ in own}
        if len(said) != 1 or not (text := said.pop()):
            return None, False
        is_local = any(name in pass_.local for pass_ in own)
        remarks = []
        for pass_ in own:
            pass_.settings.pop(name, None)
            pass_.local.pop(name, None)
            remarks += pass_.remarks
            pass_.remarks.clear()
        return Statement(f"{name} = {text}", list(dict.fromkeys(remarks))), is_local

    def _with_conditionings(self, own: dict[str, Own], lets: list[Statement]) -> list[Statement]:
        """The `let`s with one for each conditioning that several passes have, before the first of them."""
        passes: dict[str, list[str]] = {}
        for id, pass_ in own.items():
            if "conditioning" in pass_.local:
                passes.setdefault(pass_.local["conditioning"], []).append(id)
        for text, ids in passes.items():
            if len(ids) < 2:
                continue
            name = self._names.new("conditioned")
            for id in ids:
                own[id].local["conditioning"] = name
            first = (
                place for place, let in enumerate(lets) if any(f"<{id}>" in let.text for id in ids)
            )
            place = next(first, len(lets))
            lets = [*lets[:place], Statement(f"let {name} = {text}", [], ids[0]), *lets[place:]]
        return lets

    def _pass_name(self, unit: PassUnit, base: Base | None) -> str:
        level = unit.noise.strip('"') if unit.noise in ('"high"', '"low"') else ""
        title = of_title(unit.title, self._reader.sight.node(unit.id).class_name, unit.id)
        tail = base.name.rpartition(".")[2] if base is not None else ""
        wishes = [wish for wish in (level, title, tail) if wish] or ["sampled"]
        return self._names.new(*wishes)

    def _own(self, unit: PassUnit, settled: Settled, flows: Flows, patches: dict[str, str]) -> Own:
        """The settings of a pass: those that can be anywhere, and those that need a `let`."""
        settings, local = dict(unit.settings), {}
        if not settings["model"]:
            assert unit.model is not None
            del settings["model"]
            local["model"] = flows.value(unit.model, "MODEL", unit.id)
        family = unit.family or settled.family
        of_family = self._reader.words.families.get(family, {})
        computed_shift = boundary_of(unit, self._origins, of_family.get("boundary", ""))
        if computed_shift:
            settings["shift"] = computed_shift
        if unit.id in patches:
            into = local if _is_local(unit, flows) else settings
            into["patches"] = patches[unit.id]
        usual = of_family.get("conditioning")
        if unit.conditioning != usual or unit.given or unit.node:
            needs = any(flows.is_local(argument.target, argument.kind) for argument in unit.given)
            into = local if needs else settings
            into["conditioning"] = flows.call(unit.conditioning, unit.given, unit.id, unit.node)
        for name, target in settled.passes[unit.id].items():
            kind = settled.types[name]
            into = local if flows.is_local(target, kind) else settings
            into[name] = flows.value(target, kind, unit.id)
        if unit.engine is not None:
            into = local if flows.is_local(unit.engine, "") else settings
            into["engine"] = flows.value(unit.engine, "", unit.id)
        if unit.own_seed is not None:
            into = local if flows.is_local(unit.own_seed, "INT") else settings
            into["seed"] = flows.value(unit.own_seed, "INT", unit.id)
        return Own(settings, local, flows.remarks_now())

    # --- patches ---

    def _patches(self, passes: list[PassUnit], flows: Flows) -> tuple[list[str], dict[str, str]]:
        """The stages for plain nodes that change a model, and the flow of patches of each pass."""
        stages: dict[str, str] = {}
        texts: dict[str, str] = {}
        for unit in passes:
            parts = []
            for patch in unit.patches:
                text = flows.element(patch)
                if not patch.is_stage:
                    text = self._patch_stage(patch, flows, stages)
                parts.append(text)
            if parts:
                texts[unit.id] = " -> ".join(parts)
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
        """The patches that all of several passes have: they are in the pipeline."""
        said = set(patches.values())
        return (
            said.pop() if len(passes) > 1 and len(patches) == len(passes) and len(said) == 1 else ""
        )

    # --- settings ---

    def _remarks_of_settings(self, settled: Settled, units: list[Unit]) -> dict[str, str]:
        """The comment behind each setting of the pipeline whose value was computed."""
        found = {}
        for name, target in settled.pipeline.items():
            if isinstance(target, Value):
                values = target.json if isinstance(target.json, SizeOf) else (target.json,)
                nodes = [
                    node for unit in units if _wants(unit, name, target) for node in unit.nodes
                ]
                found[name] = self._remarks.of_setting(name, values, nodes)
        return found

    def _settings(
        self,
        settled: Settled,
        flows: Flows,
        passes: list[PassUnit],
        patches: str,
        remarks: dict[str, str],
    ) -> tuple[list[str], list[str]]:
        """The settings of the pipeline: those above the `let`s, and those that need one."""
        found, more = {}, {}
        for name, target in settled.pipeline.items():
            if not isinstance(target, Absent):
                found[name] = flows.value(target, settled.types[name], "") + remarks.get(name, "")
                more[name] = flows.remarks_now()
        if settled.family and any(not unit.family for unit in passes):
            if passes[0].family != settled.family:
                found["family"] = settled.family
        if patches:
            found["patches"] = patches
        place = {name: number for number, name in enumerate(PIPELINE_ORDER)}
        ordered = sorted(found, key=lambda text: (place.get(text, 4.5), text))
        below = [
            name
            for name in ordered
            if name in settled.pipeline
            and flows.is_local(settled.pipeline[name], settled.types[name])
        ]
        lines = {
            name: Statement(f"{name} = {found[name]}", more.get(name, [])).shown for name in ordered
        }
        return [lines[item] for item in ordered if item not in below], [
            lines[item] for item in below
        ]


def _is_local(unit: PassUnit, flows: Flows) -> bool:
    """Whether the patches of a pass take what only the pipeline has."""
    given = (argument for patch in unit.patches for argument in patch.arguments)
    return any(
        flows.is_local(argument.target, argument.kind)
        for argument in given
        if argument.kind != IN_PLACE
    )


class Comments(NamedTuple):
    """What is above the declarations of a file, what below them, and the groups of its nodes."""

    above: list[str]
    below: list[str]
    sections: Sections = Sections()


def laid_out(comments: Comments, uses: list[str], parts: list[str]) -> str:
    """A whole file in the canonical layout."""
    head = "\n".join(["wan 1", *uses])
    text = "\n\n".join([head, *parts]) + "\n"
    tree, problems = parse(Source(text, "imported"))
    assert not problems, (problems[0].message, text)
    above, below = (
        "".join(f"# {line}".rstrip() + "\n" for line in lines)
        for lines in (comments.above, comments.below)
    )
    return above + print_file(tree) + ("\n" + below if below else "")


def _with_pass(
    statement: Statement, id: str, name: str, remarks: dict[str, list[str]]
) -> Statement:
    """A statement with the name of a pass, and the comment of one that has no declaration."""
    mark = f"<{id}>"
    if mark not in statement.text:
        return statement
    text = statement.text.replace(mark, name)
    return statement._replace(text=text, remarks=[*statement.remarks, *remarks.pop(id, ())])


def _with_latents(passes: list[PassUnit]) -> None:
    """Gives passes that go on with the latent of another the conditioning of the one that begins.

    They do not use its latent, and so both have one conditioning.
    """
    for unit in passes:
        for first in passes:
            known = {argument.name: argument for argument in first.given}
            if first.conditioning == unit.conditioning and unit.brought is not None:
                same = all(known.get(argument.name) == argument for argument in unit.given)
                if same and known.keys() - {argument.name for argument in unit.given} == {"latent"}:
                    unit.given = first.given


def _wants(unit: Unit, name: str, target: Target) -> bool:
    """Whether a unit takes a setting from the pipeline."""
    if unit.wants.get(name) == target:
        return True
    return any((argument.wants or {}).get(name) == target for argument in unit.arguments)


def joined(lines: list[str], more: list[str]) -> list[str]:
    """Comments with more of them below, a blank line between; `more` begins with one."""
    return [*lines, *more] if lines else more[1:]


def _names_in(settings: dict[str, str]) -> set[str]:
    """The assets that the settings of a pass name."""
    import re

    text = " ".join(value for name, value in settings.items() if name in ("model", "loras"))
    return set(re.findall(r"[a-z_][A-Za-z0-9_.]*", text))


__all__ = ["Candidate", "CannotWriteError", "Comments", "Pipeline", "laid_out"]
