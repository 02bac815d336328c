"""The phases in order, each timed, diagnostics gathered.

Text → tree → program → graph → checked graph → prompt JSON. Every function here takes a `Source` or a
path, never prints, and gives its result together with the diagnostics.
"""

from __future__ import annotations

from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any

from wan22dsl.api.pipelines import chosen, to_compile
from wan22dsl.api.targets import DEFAULT_TARGET
from wan22dsl.diagnostics import has_errors, in_order
from wan22dsl.errors import CommandError
from wan22dsl.source import Source
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from wan22dsl.api.judging import Looked
    from wan22dsl.api.kept_pipelines import KeptPipelines
    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.comparing.files import Compared, Side
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.formats.workflow_write import Origin
    from wan22dsl.graph.cost.cards import Card
    from wan22dsl.graph.model import CheckedGraph
    from wan22dsl.importing.files import Imported
    from wan22dsl.keeping.original import Original
    from wan22dsl.keeping.workflow import Kept
    from wan22dsl.language.program import Program
    from wan22dsl.language.workspace import Workspace
    from wan22dsl.model_files.lookup import ModelFiles


class _Clock:
    """The time of each phase, in seconds."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Adds the time of what is done inside to a phase."""
        start = perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - start


class Compiled(NamedTuple):
    """What `compile` gives. `prompt` is None when there are errors; `seconds` is the time of each phase."""

    prompt: dict[str, Any] | None
    graph: CheckedGraph | None
    diagnostics: list[Diagnostic]
    seconds: dict[str, float]


class Checked(NamedTuple):
    """What `check` gives: the pipelines and graphs of the file that have no error, by name.

    A pipeline that another one is made of is judged as a part of that one, and has no graph here.
    `inputs` say for each input file whether it is beside the `.wan` file or on the server. `on_cards` are
    the findings that there are only on some of the cards. `program` is that of a `.wan` file, and `looked`
    what was built of it, with or without errors, in the order of the file.
    """

    graphs: Mapping[str, CheckedGraph]
    diagnostics: list[Diagnostic]
    inputs: tuple[Diagnostic, ...] = ()
    on_cards: tuple[Diagnostic, ...] = ()
    has_benches: bool = False
    program: Program | None = None
    looked: tuple[Looked, ...] = ()


def check(
    file: Source | Path | str,
    *,
    values: Mapping[str, Any] | None = None,
    target: Catalogue | str = DEFAULT_TARGET,
    card: str | None = None,
    workspace: Workspace | None = None,
    kept: KeptPipelines | None = None,
    cards: Sequence[Card] = (),
    models: ModelFiles | None = None,
) -> Checked:
    """Judges a whole file: every declaration, every pipeline and every graph in it.

    `values` are parameters by name (`seed`, `house.cfg`): Python values, or strings as after `--set`.
    With a `card`, such as `RTX 4090`, it is also judged whether they fit on it and how long they take.
    The file may also be prompt JSON or workflow JSON: then its one graph has the name of the file. Of a
    launcher such as `run_nvidia_gpu.bat` the lines that start ComfyUI are judged, as profiles are.
    Files are read from the `workspace`, by default the disk. `kept` is what a session keeps of the file.
    What is found on more `cards` is given apart: there, what does not fit leaves its graph as it is.
    With `models` it is also judged whether the model files are there, and what their headers say they are.
    Raises UnreadableFile, CatalogueError, and CommandError for a value that no parameter takes and for a
    card that is not known.
    """
    from wan22dsl.comfyui.starting.launchers.kinds import kind_of
    from wan22dsl.formats.kind import is_json

    source = source_of(file, workspace)
    if kind_of(source.path):
        return _check_launcher(source, target, card)
    if is_json(source):
        return _check_json(source, values, target, card, cards, models)
    from wan22dsl.api.judging import Graphs, found_in, look_at, only_on
    from wan22dsl.graph.build import build_all, check_rest, given_for_nothing
    from wan22dsl.language.program import load_program

    modules = kept.modules if kept is not None else None
    program, diagnostics = load_program(source, values, workspace, modules)
    catalogue, of_nodes = with_nodes(catalogue_of(target), program)
    diagnostics = diagnostics + of_nodes
    on_card = _card(card)
    graphs = Graphs()
    inputs: list[Diagnostic] = []
    sound: set[str] = set()
    known = kept.known(program, catalogue, on_card) if kept is not None else {}
    builds = list(
        build_all(program, catalogue, {name: looked.built for name, looked in known.items()})
    )
    judged = [known.get(built.name) or look_at(built, program, on_card, models) for built in builds]
    for built, looked in zip(builds, judged):
        if kept is not None and built.name not in known:
            kept.keep(program, looked)
        sound |= built.sound
        inputs += looked.inputs
        if looked.checked is not None:
            graphs.add(built.name, looked.checked)
    diagnostics = diagnostics + found_in(judged)
    diagnostics = diagnostics + check_rest(program, catalogue, diagnostics, sound)
    if any(named.word.text == "profile" for named in program.main.names.values()):
        from wan22dsl.api.judging import judge_profiles

        diagnostics = diagnostics + judge_profiles(program, catalogue, graphs)
    has_benches = any(named.word.text == "bench" for named in program.main.names.values())
    if has_benches:
        from wan22dsl.api.bench_checks import judge_benches

        diagnostics = diagnostics + judge_benches(program, catalogue, diagnostics)
    if not has_errors(diagnostics):
        from wan22dsl.language.program.program import notes

        diagnostics = diagnostics + notes(program) + given_for_nothing(program, builds)
    on_cards = [
        in_order(found_in([look_at(built, program, each) for built in builds])) for each in cards
    ]
    return Checked(
        graphs,
        in_order(diagnostics),
        tuple(in_order(inputs)),
        only_on(on_cards, diagnostics),
        has_benches,
        program,
        tuple(judged),
    )


def _check_launcher(source: Source, target: Catalogue | str, card: str | None) -> Checked:
    """Judges the lines of a launcher that start ComfyUI, as the flags of the target's version."""
    from wan22dsl.api.judging import judge_launcher

    version = target if isinstance(target, str) else target.target.removeprefix("ComfyUI ")
    found = judge_launcher(source, version, "" if card is None else card)
    return Checked({}, in_order(found))


def _check_json(
    source: Source,
    values: Mapping[str, Any] | None,
    target: Catalogue | str,
    card: str | None,
    cards: Sequence[Card],
    models: ModelFiles | None,
) -> Checked:
    from wan22dsl.api.judging import judge, only_on
    from wan22dsl.formats.kind import read_all

    if values:
        names = ", ".join(f"`{name}`" for name in sorted(values))
        raise CommandError(f"{source.path}: JSON has no parameters, so {names} cannot be set.")
    read = read_all(source, catalogue_of(target))
    if source.path.lower().endswith(".wan"):
        from wan22dsl.language.syntax.foreign import json

        return Checked({}, [json(source, is_comfyui=read[0][0] is not None)])
    graphs: dict[str, CheckedGraph] = {}
    reported: list[Diagnostic] = []
    on_cards: list[list[Diagnostic]] = [[] for _ in cards]
    for number, (graph, diagnostics) in enumerate(read, start=1):
        found = diagnostics
        of_cards: list[list[Diagnostic]] = [[] for _ in cards]
        if graph is not None:
            checked, judged = judge(graph, _card(card), models)
            if checked is not None:
                graphs[graph.name if number == 1 else f"{graph.name} {number}"] = checked
            found = diagnostics + judged
            of_cards = [judge(graph, each)[1] for each in cards]
        if found or any(of_cards):
            from wan22dsl.formats.json_places import located

            found = located(source, graph, found)
            of_cards = [located(source, graph, on_card) for on_card in of_cards]
        reported += _without_those(found, reported)
        for all_of_card, on_card in zip(on_cards, of_cards):
            all_of_card += _without_those(on_card, all_of_card)
    on_cards = [in_order(on_card) for on_card in on_cards]
    return Checked(graphs, in_order(reported), on_cards=only_on(on_cards, reported))


def _without_those(found: list[Diagnostic], reported: list[Diagnostic]) -> list[Diagnostic]:
    """The findings that do not say of another graph of the file what is reported already."""
    said = {(each.code, each.message) for each in reported}
    return [each for each in found if (each.code, each.message) not in said]


def compile(
    file: Source | Path | str,
    *,
    pipeline: str | None = None,
    values: Mapping[str, Any] | None = None,
    target: Catalogue | str = DEFAULT_TARGET,
    workspace: Workspace | None = None,
    models: ModelFiles | None = None,
) -> Compiled:
    """Prompt JSON of one pipeline or graph; `pipeline` names it where the file has several.

    Raises what `check` raises, and CommandError when `pipeline` is needed or names none.
    """
    clock = _Clock()
    checked, diagnostics = _checked_graph(file, pipeline, values, target, clock, workspace, models)
    if checked is None:
        return Compiled(None, None, diagnostics, clock.seconds)
    with clock.phase("write"):
        return written(checked, diagnostics, clock.seconds)


def written(
    checked: CheckedGraph, diagnostics: list[Diagnostic], seconds: dict[str, float]
) -> Compiled:
    """A checked graph with its prompt, unless a node of it has values that nobody can name."""
    from wan22dsl.formats.prompt import shape_errors, without_names, write

    wrong = without_names(checked)
    if wrong:
        return Compiled(None, checked, in_order([*diagnostics, *wrong]), seconds)
    prompt = write(checked)
    problems = shape_errors(prompt)
    assert not problems, problems  # what the rules let through has the shape of a prompt
    return Compiled(prompt, checked, diagnostics, seconds)


def workflow(
    file: Source | Path | str,
    *,
    pipeline: str | None = None,
    values: Mapping[str, Any] | None = None,
    target: Catalogue | str = DEFAULT_TARGET,
    command: str | None = None,
    version: str = "",
    workspace: Workspace | None = None,
) -> tuple[dict[str, Any] | None, list[Diagnostic]]:
    """Workflow JSON of one pipeline or graph, laid out for ComfyUI's editor; None where there are errors.

    A note in it shows the text, the `command` that made it, and the `version` of wan22dsl. The diagnostics
    also name what the editor will not send as it is written. Raises what `compile` raises.
    """
    source = source_of(file, workspace)
    checked, diagnostics = _checked_graph(source, pipeline, values, target, _Clock(), workspace)
    if checked is None:
        return None, diagnostics
    from wan22dsl.formats.page.changes import of_graph
    from wan22dsl.formats.workflow_write import write

    origin = _origin(source, checked, command, version, values, workspace)
    return write(checked, origin), in_order(
        [*diagnostics, *of_graph(checked.whole or checked.graph)]
    )


def _origin(
    source: Source,
    checked: CheckedGraph,
    command: str | None,
    version: str,
    values: Mapping[str, Any] | None,
    workspace: Workspace | None,
) -> Origin:
    """What a workflow says of the text that it is made of."""
    from wan22dsl.formats.workflow_write import Origin
    from wan22dsl.language.program.modules import used_texts

    name = source.path.rpartition("/")[2]
    made_by = command or f"wan compile {name} --format workflow"
    uses = used_texts(source, workspace)
    return Origin(source.text, name, checked.graph.name, made_by, version, uses, values or {})


def workflow_like(
    file: Source | Path | str,
    original: Side | Path | str,
    *,
    pipeline: str | None = None,
    values: Mapping[str, Any] | None = None,
    target: Catalogue | str = DEFAULT_TARGET,
    command: str | None = None,
    version: str = "",
    workspace: Workspace | None = None,
) -> tuple[Kept | None, list[Diagnostic]]:
    """As `workflow`, with the layout of the `original`: a path, or its bytes, its name, and where it is.

    What stayed has its place, size, colour, title and everything else; notes and groups stay; only new nodes
    are placed. Raises what `workflow` raises, and UnreadableFile and CommandError where the original has no
    layout or is another workflow.
    """
    source = source_of(file, workspace)
    checked, diagnostics = _checked_graph(source, pipeline, values, target, _Clock(), workspace)
    if checked is None:
        return None, diagnostics
    from wan22dsl.formats.page.changes import of_graph
    from wan22dsl.keeping.original import opened
    from wan22dsl.keeping.workflow import write

    model = opened(*_side(original), checked.graph.catalogue)
    origin = _origin(source, checked, command, version, values, workspace)
    kept = write(checked, model, origin)
    return kept, in_order([*diagnostics, *of_graph(checked.whole or checked.graph)])


def original_of(file: Source | Path | str) -> Path | None:
    """The workflow JSON that a text says it was imported from, where it is beside it."""
    from wan22dsl.keeping.imported_from import original_of

    return original_of(source_of(file))


def opened_original(file: Path, target: Catalogue | str = DEFAULT_TARGET) -> Original:
    """The workflow that a text was imported from. Raises UnreadableFile and CommandError."""
    from wan22dsl.keeping.original import opened

    return opened(*_side(file), catalogue_of(target))


def expand(
    file: Source | Path | str,
    *,
    pipeline: str | None = None,
    values: Mapping[str, Any] | None = None,
    target: Catalogue | str = DEFAULT_TARGET,
    workspace: Workspace | None = None,
) -> tuple[str | None, list[Diagnostic]]:
    """The plain `graph` that a pipeline stands for, as the text of a `.wan` file."""
    source = source_of(file, workspace)
    checked, diagnostics = _checked_graph(source, pipeline, values, target, _Clock(), workspace)
    if checked is None:
        return None, diagnostics
    from wan22dsl.api.declared_text import with_declarations
    from wan22dsl.formats.wan import write

    return with_declarations(write(checked), checked, source, workspace), diagnostics


def import_file(
    file: bytes | Path | str,
    *,
    shown: str = "",
    uses: tuple[tuple[str, str], ...] = (),
    from_graph: bool = False,
    exact: bool = False,
    muted: bool = False,
    folder: Path | None = None,
    target: Catalogue | str = DEFAULT_TARGET,
) -> Imported:
    """The `.wan` text for ComfyUI JSON, or for a file that ComfyUI has written; a path, or the bytes.

    `shown` is the name to show. `uses` are `.wan` files whose words may be used, each with its name in the
    text, by their path from `folder`, where the text will be. What is known without running is put in; with
    `exact` the text is the graph node by node. With `from_graph` a text that the file carries is ignored;
    with `muted` a muted or bypassed group that is linked to nothing that runs stays too, and is not made a
    comment. Raises UnreadableFile, CatalogueError, and CommandError for a file in which there is no graph.
    """
    from pathlib import Path

    from wan22dsl.comfyui.starting.launchers.kinds import kind_of
    from wan22dsl.formats.embedded import document
    from wan22dsl.importing.files import import_bytes

    if isinstance(file, bytes):
        data, path, name = file, None, shown or "<bytes>"
    else:
        path = Path(file)
        if kind_of(path.name):
            return _imported_launcher(path, shown or path.as_posix())
        data, name = document(path), shown or path.as_posix()
    return import_bytes(
        data,
        name,
        path,
        catalogue_of(target),
        uses=uses,
        from_graph=from_graph,
        exact=exact,
        muted=muted,
        folder=folder,
    )


def _imported_launcher(path: Path, shown: str) -> Imported:
    """The profiles of a launcher as a text. Raises UnreadableFile, and CommandError where there is none."""
    from wan22dsl.comfyui.starting.launchers.kinds import as_utf8
    from wan22dsl.disk import read
    from wan22dsl.importing.files import Imported
    from wan22dsl.importing.launchers import text_of

    data = as_utf8(read(str(path), shown), path.name)
    text, hints = text_of(Source.decode(data, shown, path))
    if text is None:
        raise CommandError(*hints)
    return Imported(text, [], hints)


def diff(
    before: Side | Path | str,
    after: Side | Path | str,
    *,
    pipeline: str | None = None,
    target: Catalogue | str = DEFAULT_TARGET,
) -> Compared:
    """What differs in meaning between two files, each a path, or its bytes, its name, and where it is.

    They may be `.wan` files, ComfyUI JSON, and files that ComfyUI has written. Pipelines of `.wan` files
    are compared by name, or only the one that `pipeline` names. Raises UnreadableFile, CatalogueError, and
    CommandError where it is not clear which graphs are meant.
    """
    from wan22dsl.comparing.files import compare

    return compare(_side(before), _side(after), catalogue_of(target), pipeline)


def _side(file: Side | Path | str) -> Side:
    if isinstance(file, tuple):
        return file
    from pathlib import Path

    from wan22dsl.formats.embedded import document

    path = Path(file)
    return document(path), path.as_posix(), path


def format(file: Source | Path | str) -> tuple[str | None, list[Diagnostic]]:
    """The canonical layout of a file; None when it has mistakes of syntax, which are the diagnostics."""
    from wan22dsl.language.syntax import parse, print_file

    tree, found = parse(source_of(file))
    return None if has_errors(found) else print_file(tree), in_order(found)


def _checked_graph(
    file: Source | Path | str,
    pipeline: str | None,
    values: Mapping[str, Any] | None,
    target: Catalogue | str,
    clock: _Clock,
    workspace: Workspace | None,
    models: ModelFiles | None = None,
) -> tuple[CheckedGraph | None, list[Diagnostic]]:
    from wan22dsl.formats.kind import is_json

    source = source_of(file, workspace)
    if is_json(source):
        raise CommandError(f"{source.path}: this is JSON, but only a .wan file can be compiled.")
    from wan22dsl.api.judging import judge
    from wan22dsl.graph.build import build
    from wan22dsl.language.program import load_program
    from wan22dsl.lint.rules.merging import without_repeats

    with clock.phase("read"):
        program, diagnostics = load_program(source, values, workspace)
    with clock.phase("catalogue"):
        catalogue, of_nodes = with_nodes(catalogue_of(target), program)
        diagnostics = diagnostics + of_nodes
    every = {declared.name.text: declared.name.text for declared in program.pipelines()}
    names = to_compile(program) if pipeline is None else every
    is_there = pipeline in names or (pipeline is None and len(names) == 1)
    if has_errors(diagnostics) and not is_there:  # the one that is meant may be behind the errors
        return None, in_order(diagnostics)
    name = chosen(names, pipeline, "compile")
    with clock.phase("build"):
        graph, of_settings = build(program, name, catalogue)
    if graph is None:
        return None, in_order(diagnostics + of_settings)
    with clock.phase("rules"):
        checked, found = judge(graph, models=models)
        of_settings = without_repeats(of_settings, found)
    if program.given:
        from wan22dsl.language.program.program import only_in_strings

        given = {name for module, name in program.given if module is program.main}
        found = found + [
            finding for finding in only_in_strings(program) if finding.fields["name"] in given
        ]
    diagnostics = in_order(diagnostics + of_settings + found)
    return (None if has_errors(diagnostics) else checked), diagnostics


def with_nodes(catalogue: Catalogue, program: Program) -> tuple[Catalogue, list[Diagnostic]]:
    """The catalogue with the node classes that a program declares, and what is wrong with those."""
    if not program.main.all_nodes:
        return catalogue, []
    from wan22dsl.graph.build import declared_nodes

    return declared_nodes.with_nodes(catalogue, [program.main])


def _card(name: str | None) -> Card | None:
    if name is None:
        return None
    from wan22dsl.graph.cost.cards import card_named

    return card_named(name)


def format_bytes(data: bytes, file: Source) -> tuple[bytes | None, list[Diagnostic]]:
    """As `format`, of the bytes of a file, which keep their line ends; `file` is their source."""
    text, diagnostics = format(file)
    if text is None:
        return None, diagnostics
    return text.replace("\n", _line_end(data)).encode("utf-8"), diagnostics


def _line_end(data: bytes) -> str:
    """The line end of the first line: a file keeps its own, as git on Windows expects."""
    end = data.find(b"\n")
    return "\r\n" if end > 0 and data[end - 1] == ord("\r") else "\n"


def source_of(file: Source | Path | str, workspace: Workspace | None = None) -> Source:
    """The source of a file. Raises UnreadableFile."""
    if isinstance(file, Source):
        return file
    from pathlib import Path

    return Source.read(Path(file)) if workspace is None else workspace.read(Path(file))


def catalogue_of(target: Catalogue | str) -> Catalogue:
    """The node classes of a target, by its name. Raises CatalogueError."""
    if not isinstance(target, str):
        return target
    from wan22dsl.comfyui.catalogue.open import open_catalogue

    return open_catalogue(target)
