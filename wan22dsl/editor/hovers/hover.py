"""What is shown about the place at an offset: `at`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.editor import uses
from wan22dsl.editor.hovers import (
    comments,
    documents,
    files,
    flags,
    lengths,
    names,
    nodes,
    passes,
    samplers,
    settings,
)
from wan22dsl.editor.hovers.markdown import Hover, code, items, paragraphs, prose
from wan22dsl.language.program import meanings, occurrences
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax import tree as syntax
from wan22dsl.language.syntax.tree import (
    Attribute,
    Block,
    Call,
    Chain,
    ClassName,
    Derived,
    Header,
    Name,
    NodeDeclaration,
    Number,
    Param,
    Record,
    Sampler,
    Stage,
    Text,
    TypeName,
)

if TYPE_CHECKING:
    from wan22dsl.editor.view import View
    from wan22dsl.language.program.module import Module, Occurrence


def at(view: View, offset: int) -> Hover | None:
    """What is to be shown at an offset; None where nothing is known."""
    module = view.module
    if module is None:
        return documents.at(view, offset)
    for start, end in module.file.comments:
        if start <= offset <= end:
            return comments.at(view, start, end, offset)
        if start > offset:
            break
    way = syntax.at(module.file, offset)
    found = occurrences.at(module, offset)
    if found is not None:
        hover = _name(view, module, way, found)
        if hover is not None:
            return hover
    return _literal(view, module, way, offset)


def _hover(markdown: str, start: int, end: int) -> Hover | None:
    return Hover(markdown, start, end) if markdown else None


# --- names ---


def _name(view: View, module: Module, way: tuple[Any, ...], found: Occurrence) -> Hover | None:
    declaration = found.declaration
    if declaration.kind in ("setting", "key", "input"):
        return _hover(_key(view, module, way, found), found.start, found.end)
    told = names.told(view, found)
    if told and declaration.kind in ("stage", "node"):
        told = paragraphs(told, _here(view, module, way, found.start))
    return _hover(told, found.start, found.end)


def _here(view: View, module: Module, way: tuple[Any, ...], offset: int) -> str:
    """What the call of a stage or of a node, or the element of a flow, gives here."""
    for node in reversed(way):
        if isinstance(node, Call):
            if not node.callee.start <= offset <= node.callee.end:
                return ""
        elif not isinstance(node, (Name, ClassName)):
            return ""
        given = names.given_by(view, module, node.start, node.end)
        if given:
            return f"Here it gives {given}."
    return ""


def _key(view: View, module: Module, way: tuple[Any, ...], found: Occurrence) -> str:
    """A key of a block, a call or a record."""
    name = found.declaration.name
    inner = [at for at, node in enumerate(way) if isinstance(node, Attribute)]
    index = inner[-1] if inner else None
    attribute = way[index] if index is not None else None
    if attribute is None or attribute.key.start != found.start:
        return _read(view, found)
    assert index is not None
    around = way[:index]
    if isinstance(around[-1], Call) and isinstance(around[-1].callee, ClassName):
        if attribute in (around[-1].about or ()):
            return _annotation(name)
        if view.catalogue is None:
            return ""
        class_name = spelling.plain(around[-1].callee.text)
        return nodes.input_told(view.catalogue, class_name, name)
    if isinstance(around[-1], Record):
        return _of_record(view, way[:index], name)
    word, owner = settings.word_of(module, way[: index + 1])
    if not word and isinstance(around[-1], Call):
        return _of_stage_node(view, module, around[-1], name)
    return settings.told(view, word, name, attribute, owner) if word else ""


def _of_record(view: View, around: tuple[Any, ...], name: str) -> str:
    """A key of a record: a flag of ComfyUI in a profile."""
    outer = [spelling.plain(node.key.text) for node in around if isinstance(node, Attribute)]
    if outer != ["flags"]:
        return ""
    target = view.catalogue.target if view.catalogue is not None else ""
    return flags.told(name, target.removeprefix("ComfyUI "))


def _annotation(name: str) -> str:
    about = meanings.ANNOTATIONS.get(name) or meanings.MEMBERS.get(name, "")
    return paragraphs(f"**{code(name)}**: node annotation", prose(about)) if about else ""


def _of_stage_node(view: View, module: Module, call: Call, name: str) -> str:
    """An input of the node of a stage, which a call may set by ComfyUI's name."""
    from wan22dsl.language.program import denoting
    from wan22dsl.language.program.own_node import own_node

    found = denoting.denoted(module, call)
    if not isinstance(found, denoting.Outputs) or view.catalogue is None:
        return ""
    node = own_node(found.stage)
    if node is None or not isinstance(node.callee, ClassName):
        return ""
    return nodes.input_told(view.catalogue, spelling.plain(node.callee.text), name)


def _read(view: View, found: Occurrence) -> str:
    """A setting that is read behind a dot."""
    declaration = found.declaration
    if declaration.kind != "setting":
        return ""
    if declaration.module is None:
        return settings.read(view, declaration.name)
    way = syntax.at(declaration.module.file, declaration.start)
    index = [at for at, node in enumerate(way) if isinstance(node, Attribute)]
    if not index:
        return settings.read(view, declaration.name)
    word, _ = settings.word_of(declaration.module, way[: index[-1] + 1])
    attribute = way[index[-1]]
    text = declaration.module.source.text[attribute.value.start : attribute.value.end]
    owner = next((node for node in way if isinstance(node, (Block, Derived))), None)
    where = f" in {code(owner.name.text)}" if owner is not None else ""
    return paragraphs(
        settings.told(view, word or "pass", declaration.name, None, None),
        f"Set{where} to {code(' '.join(text.split()), 160)}",
    )


# --- what is no name ---


def _literal(view: View, module: Module, way: tuple[Any, ...], offset: int) -> Hover | None:
    """A number, a string, a sampler, a class, a type, or the word of a declaration."""
    node = way[-1]
    steps = _steps(view, way)
    if steps is not None:
        return steps
    if isinstance(node, Number):
        given = _given(view, module, way)
        return _hover(lengths.told(view, node, given), node.start, node.end)
    if isinstance(node, Sampler) and view.catalogue is not None:
        return _hover(samplers.told(view.catalogue, node.text, offset), node.start, node.end)
    if isinstance(node, Text):
        return _hover(_string(view, module, way, node), node.start, node.end)
    if isinstance(node, ClassName) and view.catalogue is not None:
        told = nodes.told(view.catalogue, spelling.plain(node.text))
        here = _here(view, module, way, node.start)
        return _hover(paragraphs(told, here), node.start, node.end)
    if isinstance(node, TypeName):
        about = meanings.of_type(spelling.plain(node.text))
        markdown = paragraphs(f"**{code(node.text)}**: type", prose(about)) if about else ""
        return _hover(markdown, node.start, node.end)
    if isinstance(node, Name) and len(way) > 1:
        return _word(way[-2], node)
    return None


def _word(declaration: Any, name: Name) -> Hover | None:
    """The word that a declaration begins with."""
    is_one = isinstance(declaration, (Header, Param, Block, Derived, Stage, NodeDeclaration))
    if not is_one or declaration.word is not name:
        return None
    about = meanings.KINDS.get(name.text, "")
    return _hover(
        paragraphs(f"**{code(name.text)}**", prose(about)) if about else "", name.start, name.end
    )


def _string(view: View, module: Module, way: tuple[Any, ...], text: Text) -> str:
    """A file name, or a choice of a setting."""
    attribute = next((node for node in reversed(way) if isinstance(node, Attribute)), None)
    content = spelling.unescape(text.text.strip('"')) if '"""' not in text.text else ""
    if isinstance(way[-2], Header) or not content:
        return ""
    key = spelling.plain(attribute.key.text) if attribute is not None else ""
    if key in ("prompt", "negative"):
        return ""
    return files.told(view, content)


def _given(view: View, module: Module, way: tuple[Any, ...]) -> list[uses.Given]:
    """The inputs that the innermost of the values around a place gives, also by the name of a parameter."""
    node = way[-1]
    found = list(uses.inputs_at(view, module.source.path, node.start, node.end))
    if found:
        return found
    for outer in reversed(way[:-1]):
        if isinstance(outer, (Param, Derived)):
            declaration = module.declarations.get(outer.name.text)
            value = outer.default if isinstance(outer, Param) else outer.value
            if declaration is not None and value is node:
                return list(uses.inputs_of(view, declaration))
    return []


def _steps(view: View, way: tuple[Any, ...]) -> Hover | None:
    """The steps of a pass: its sigmas and its hand-off."""
    for at in range(len(way) - 1, -1, -1):
        node = way[at]
        if not isinstance(node, (Chain, Number)):
            return None
        if at and isinstance(way[at - 1], Attribute):
            key = spelling.plain(way[at - 1].key.text)
            if key == "steps" and way[at - 1].value is node:
                return _of_steps(view, way[1], node)
            return None
    return None


def _of_steps(view: View, item: Any, node: Any) -> Hover | None:
    runs: list[uses.Run] = []
    samplers_: dict[tuple[str, str], Any] = {}
    for given in uses.inputs_at(view, view.source.path, node.start, node.end):
        if len(samplers_) < uses.MOST:
            samplers_.setdefault((given.pipeline, given.node.id), given.node)
    for (pipeline, _), sampler in samplers_.items():
        runs += uses.runs_by(view, pipeline, sampler)
    if not runs and view.module is not None and isinstance(item, (Block, Derived)):
        declaration = view.module.declarations.get(item.name.text)
        if item.word.text == "pass" and declaration is not None:
            runs, _ = uses.runs_of(view, declaration)  # by an engine
    lines = dict.fromkeys(tuple(_steps_lines(run)) for run in runs)
    text = view.source.text[node.start : node.end]
    if not lines:
        return None
    head = f"**{code(text)}**: steps"
    return Hover(paragraphs(head, *(items(each) for each in lines)), node.start, node.end)


def _steps_lines(run: uses.Run) -> list[str]:
    facts = run.facts
    found = []
    if facts.sigmas and len(facts.sigmas) > 1:
        numbers = passes.sigmas_of(facts)
        shift = f", shift {facts.shift:g}" if facts.shift is not None else ""
        schedule = f" ({facts.scheduler}{shift})" if facts.scheduler else ""
        found.append(f"sigmas {numbers}{schedule}")
    return [*found, *passes.handoff_lines(run)]
