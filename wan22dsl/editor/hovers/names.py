"""Names: what they are, what their declaration says, what they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.editor import resolved, uses
from wan22dsl.editor.hovers import assets, files, lengths, nodes, passes
from wan22dsl.editor.hovers.markdown import code, items, paragraphs, plain, prose, source
from wan22dsl.formats.description import words
from wan22dsl.graph.build.values import Declared
from wan22dsl.language.program import kinds, meanings
from wan22dsl.language.program.values import Constant, spell
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.comments import doc_of, file_doc
from wan22dsl.language.syntax.tree import Block, Derived, NodeDeclaration, Param, Stage

if TYPE_CHECKING:
    from wan22dsl.editor.view import View
    from wan22dsl.language.program.module import Declaration, Module, Occurrence

#: So many lines of a comment are shown.
_MOST_DOC = 30

#: So many lines of a value are shown behind its first.
_MOST_LINES = 12

#: Longer values are cut off.
_LONGEST = 200


def told(view: View, found: Occurrence) -> str:
    """What a name is; empty where nothing is known of it."""
    declaration = found.declaration
    teller = _TELLERS.get(declaration.kind)
    if teller is not None:
        return teller(view, declaration)
    if declaration.kind in kinds.ASSETS or declaration.kind in ("family", "target", "profile"):
        return _block(view, declaration)
    return ""


def _tree(declaration: Declaration) -> Any:
    """The node of the tree that declares a name of a file; None for what is in a block."""
    module = declaration.module
    if module is None:
        return None
    for item in module.file.declarations:
        if getattr(getattr(item, "name", None), "start", -1) == declaration.start:
            return item
    return None


def doc(declaration: Declaration) -> str:
    """The comment above a declaration, as Markdown."""
    tree = _tree(declaration)
    module = declaration.module
    if tree is None or module is None:
        return ""
    lines = doc_of(module.file, tree).split("\n")
    return prose("\n".join(lines[:_MOST_DOC] + ["…"] * (len(lines) > _MOST_DOC)))


def shown_name(view: View, declaration: Declaration) -> str:
    """A name as this file writes it: with the module in front that it is of."""
    module, main = declaration.module, view.module
    if module is None or main is None or module is main:
        return declaration.name
    prefix = next((name for name, used in main.uses.items() if used is module), "")
    return f"{prefix}.{declaration.name}" if prefix else declaration.name


def _head(view: View, declaration: Declaration, more: str = "") -> str:
    tail = f", {more}" if more else ""
    return f"**{code(shown_name(view, declaration))}**: {declaration.kind.replace('_', ' ')}{tail}"


# --- declarations ---


def _pass(view: View, declaration: Declaration) -> str:
    what, about = passes.told(view, declaration)
    if not about:
        about = _settings(view, declaration) or "No pipeline of this file runs it."
    return paragraphs(_head(view, declaration, what), doc(declaration), about)


def _settings(view: View, declaration: Declaration) -> str:
    """The settings of a pass that no pipeline runs, where they are known."""
    resolver = resolved.of(view)
    block = resolver.block(declaration) if resolver is not None else None
    if resolver is None or block is None:
        return ""
    lines = []
    model = resolver.setting(block, "model")
    if isinstance(model, Declared):
        file = resolver.setting(model, "file")
        lines.append(f"model {code(file.data if isinstance(file, Constant) else model.name)}")
    shown = []
    for name in ("steps", "sampler", "cfg", "shift", "denoise", "seed"):
        value = resolver.setting(block, name)
        if isinstance(value, Constant):
            shown.append(f"{name} {spell(value)}")
    lines += [" · ".join(shown)] if shown else []
    return paragraphs(items(lines), "No pipeline of this file runs it.") if lines else ""


def _pipeline(view: View, declaration: Declaration) -> str:
    is_own = declaration.module is view.module
    analysis = view.analyses_of_all.get(declaration.name) if is_own else None
    if analysis is None:
        return paragraphs(_head(view, declaration), doc(declaration))
    lines = []
    for number, clip in enumerate(analysis.clips[:3]):
        names = {facts.id: facts.name for facts in clip.passes}
        flow = "; ".join(
            words.arrows([names[id] for id in schedule.passes]) for schedule in clip.schedules
        )
        own = f"{words.clip_name(clip, number)}: " if len(analysis.clips) > 1 else ""
        lines.append(f"{own}{words.kind(clip)} with {words.family(clip)}: {plain(flow)}")
    if len(analysis.clips) > 3:
        lines.append(f"and {len(analysis.clips) - 3} more clips")
    for output in analysis.outputs[:4]:
        state = ", ".join(
            part
            for part in (words.size(output), words.clip_of_frames(output.frames, output.fps))
            if part
        )
        lasting = f", {output.duration_s:.2f} s" if output.duration_s is not None else ""
        lines.append(f"{code(output.file or output.node)}: {state or 'frames unknown'}{lasting}")
    cost = analysis.cost
    if cost.card is not None and cost.seconds is not None:
        lines.append(f"{cost.card}: {words.seconds(cost.seconds, cost.plus_minus_s)}")
    return paragraphs(_head(view, declaration), doc(declaration), items(lines))


def _block(view: View, declaration: Declaration) -> str:
    resolver = resolved.of(view)
    block = resolver.block(declaration) if resolver is not None else None
    if resolver is None or block is None:
        return paragraphs(_head(view, declaration), doc(declaration))
    if declaration.kind in kinds.ASSETS:
        about = assets.told(resolver, block)
    else:
        about = items(_of_block(resolver, block))
    return paragraphs(_head(view, declaration), doc(declaration), about)


def _of_block(resolver: resolved.Resolver, block: Declared) -> list[str]:
    lines = []
    for name in block.settings:
        value = resolver.setting(block, name)
        if isinstance(value, Constant):
            lines.append(f"{name} {code(spell(value), _LONGEST)}")
        elif isinstance(value, Declared):
            lines.append(f"{name} {code(value.name)}")
    return lines


def _stage(view: View, declaration: Declaration) -> str:
    tree = _tree(declaration)
    if not isinstance(tree, Stage) or declaration.module is None:
        return _head(view, declaration)
    what, about = passes.told(view, declaration)
    return paragraphs(
        source(signature(declaration.module, tree, shown_name(view, declaration))),
        doc(declaration),
        f"Samples as {what}:" if what else "",
        about,
    )


def signature(module: Module, stage: Stage, name: str) -> str:
    """A stage as it is declared: its parameters with their types and defaults, and what comes out."""
    text = module.source.text
    parameters = [" ".join(text[each.start : each.end].split()) for each in stage.parameters]
    if stage.named:
        outputs = ", ".join(f"{each.name.text}: {_type(each.type)}" for each in stage.outputs)
        gives = f" -> ({outputs})"
    elif stage.outputs:
        gives = f" -> {_type(stage.outputs[0].type)}"
    else:
        gives = ""
    line = f"stage {name}({', '.join(parameters)}){gives}"
    if len(line) <= 80 or not parameters:
        return line
    inside = "\n".join(f"    {parameter}" for parameter in parameters)
    return f"stage {name}(\n{inside}\n){gives}"


def _type(written: Any) -> str:
    return f"[{_type(written.item)}]" if written.item is not None else str(written.text)


def _value_of(view: View, declaration: Declaration) -> str:
    """A parameter, or a `let` of a file: its type and what it comes to."""
    tree = _tree(declaration)
    resolver = resolved.of(view)
    if isinstance(tree, Param):
        text = declaration.module.source.text if declaration.module is not None else ""
        kind = _type(tree.type)
        accepts = ""
        if tree.accepts is not None:
            accepts = f" in {text[tree.accepts.start : tree.accepts.end]}"
        head = f"**{code(shown_name(view, declaration))}**: parameter, {code(kind + accepts)}"
        value = resolver.constant(declaration) if resolver is not None else None
        if value is None and tree.default is not None and resolver is not None:
            module = declaration.module  # seconds become frames only in a pipeline, by its rate
            found = resolver.expression(module, tree.default) if module is not None else None
            value = found if isinstance(found, Constant) else None
        if tree.default is None and value is None:
            return paragraphs(
                head,
                doc(declaration),
                f"Required: set it with {code(f'--set {tree.name.text}=…')}.",
            )
    else:
        head = f"**{code(shown_name(view, declaration))}**: value"
        value = resolver.constant(declaration) if resolver is not None else None
        if value is None and resolver is not None:
            block = resolver.block(declaration)
            if block is not None:
                return paragraphs(
                    f"{head}, a copy of {kinds.a(block.kind).replace('_', ' ')}", doc(declaration)
                )
    return paragraphs(head, doc(declaration), *_constant(view, declaration, value))


def _constant(view: View, declaration: Declaration, value: Constant | None) -> list[str]:
    """A value, and what it comes to where it is used."""
    if value is None:
        return _inner_value(view, declaration)
    lines = [f"Value: {code(spell(value), _LONGEST)}"]
    if value.type in ("seconds", "frames"):
        for each in lengths.lengths(view, uses.inputs_of(view, declaration)):
            made = each.made if each.made is not None else each.asked
            lines.append(f"In {code(each.pipeline)}: {words.clip_of_frames(made, each.fps)}")
    elif value.type == "size":
        lines.append(items(lengths.shape(*value.data)))
    elif value.type in ("image", "video", "audio"):
        lines.append(files.told(view, str(value.data)))
    return lines


def _inner_value(view: View, declaration: Declaration) -> list[str]:
    """What a `let` stands for, as it is written, and what is known of it where it is a node."""
    module = declaration.module
    if module is None or declaration.kind != "let":
        return []
    value = _let(module, declaration.start)
    if value is None:
        return []
    text = module.source.text[value.start : value.end]
    given = given_by(view, module, value.start, value.end)
    return [excerpt(text), *([f"Gives {given}"] if given else [])]


def excerpt(text: str) -> str:
    """A piece of a file, its first lines where it has many."""
    lines = text.split("\n")
    if len(lines) == 1:
        return code(text, _LONGEST)
    margin = len(lines[-1]) - len(lines[-1].lstrip())
    rest = [line[margin:] if not line[:margin].strip() else line for line in lines[1:]]
    more = ["…"] if len(rest) > _MOST_LINES else []
    return source("\n".join([lines[0], *rest[:_MOST_LINES], *more]))


def given_by(view: View, module: Module, start: int, end: int) -> str:
    """The frames that what is written at a place gives, where they are the same in every pipeline."""
    last: dict[str, str] = {}
    for name, node in uses.nodes_at(view, module.source.path, start, end):
        facts = uses.facts_at(view, name, node)
        size = f"{facts.width}x{facts.height}" if facts.width and facts.height else ""
        clip = words.clip_of_frames(facts.frames, facts.fps) if facts.frames else ""
        told = ", ".join(part for part in (size, clip) if part)
        last[name] = told or last.get(name, "")
    found = set(last.values())
    return found.pop() if len(found) == 1 else ""


def _let(module: Module, start: int) -> Any:
    from wan22dsl.language.syntax.tree import Let, walk

    for item in module.file.declarations:
        if item.start <= start < item.end:
            for node in walk(item):
                if isinstance(node, (Let, Derived)) and node.name.start == start:
                    return node.value
    return None


def _use(view: View, declaration: Declaration) -> str:
    module = declaration.module
    used = module.uses.get(declaration.name) if module is not None else None
    return _module(view, declaration.name, used)


def _file(view: View, declaration: Declaration) -> str:
    return _module(view, declaration.name, declaration.module)


def _module(view: View, name: str, used: Module | None) -> str:
    if used is None:
        return f"**{code(name)}**: module that cannot be read"
    counts: dict[str, int] = {}
    for each, declared in used.names.items():
        if not each.startswith("_"):
            counts[declared.word.text] = counts.get(declared.word.text, 0) + 1
    has = ", ".join(_counted(count, kind.replace("_", " ")) for kind, count in counts.items())
    where = "module of the library" if used.is_library else f"module, {code(used.source.path)}"
    about = prose(file_doc(used.file).partition("\n\n")[0])
    return paragraphs(f"**{code(name)}**: {where}", about, f"Declares {has}." if has else "")


def _counted(count: int, kind: str) -> str:
    return (
        f"{count} {kind[:-1]}ies" if kind == "family" and count > 1 else words.counted(count, kind)
    )


def _bench(view: View, declaration: Declaration) -> str:
    tree = _tree(declaration)
    module = declaration.module
    text = module.source.text[tree.start : tree.end] if tree is not None and module else ""
    short = text if 0 < len(text) < 600 and isinstance(tree, Block) else ""
    return paragraphs(
        _head(view, declaration, "what `wan bench` compares"),
        doc(declaration),
        source(short) if short else "",
    )


# --- what is in blocks and stages ---


def _parameter(view: View, declaration: Declaration) -> str:
    module = declaration.module
    for item in module.file.declarations if module is not None else ():
        if isinstance(item, Stage):
            for each in item.parameters:
                if each.name.start == declaration.start and module is not None:
                    text = " ".join(module.source.text[each.start : each.end].split())
                    brought = ", what the arrow brings" if each.brought else ""
                    head = f"**{code(declaration.name)}**: parameter of {code(item.name.text)}"
                    kind = meanings.of_type(_type(each.type))
                    return paragraphs(f"{head}{brought}", source(text), prose(kind))
    return ""


def _output(view: View, declaration: Declaration) -> str:
    module = declaration.module
    for item in module.file.declarations if module is not None else ():
        if isinstance(item, (Stage, NodeDeclaration)):
            for each in item.outputs:
                if each.name.start == declaration.start:
                    owner = spelling.plain(item.name.text)
                    kind = _type(each.type)
                    return f"**{code(declaration.name)}**: output of {code(owner)}, {code(kind)}"
    return f"**{code(declaration.name)}**: output" if declaration.name == "out" else ""


def _node(view: View, declaration: Declaration) -> str:
    if view.catalogue is None:
        return ""
    catalogue = next((graph.catalogue for graph in view.graphs.values()), view.catalogue)
    return paragraphs(nodes.told(catalogue, declaration.name), doc(declaration))


def _node_input(view: View, declaration: Declaration) -> str:
    module = declaration.module
    for item in module.file.declarations if module is not None else ():
        if isinstance(item, NodeDeclaration):
            for each in item.inputs:
                if each.name.start == declaration.start and module is not None:
                    text = " ".join(module.source.text[each.start : each.end].split())
                    owner = code(spelling.plain(item.name.text))
                    return paragraphs(
                        f"**{code(declaration.name)}**: input of {owner}", source(text)
                    )
    return ""


def _fact(view: View, declaration: Declaration) -> str:
    name = declaration.name
    about = meanings.MEMBERS.get(name) or meanings.ANNOTATIONS.get(name, "")
    return paragraphs(f"**{code(name)}**", prose(about)) if about else ""


_WORDS = {
    "pipeline": "Reads a setting as the current pass sees it: its own, else that of the pipeline.",
    "_": "What the arrow brings.",
    "none": "Not given: the setting or input is left out.",
    "null": "JSON's null, for a node that needs it.",
}


def _word(view: View, declaration: Declaration) -> str:
    about = _WORDS.get(declaration.name, "")
    return paragraphs(f"**{code(declaration.name)}**", prose(about)) if about else ""


_TELLERS = {
    "pass": _pass,
    "pipeline": _pipeline,
    "graph": _pipeline,
    "stage": _stage,
    "param": _value_of,
    "let": _value_of,
    "use": _use,
    "file": _file,
    "bench": _bench,
    "parameter": _parameter,
    "output": _output,
    "node": _node,
    "node_input": _node_input,
    "node_output": _output,
    "fact": _fact,
    "member": _fact,
    "word": _word,
}
