"""Writes a setting of a pipeline into its passes, which have their own: the edits, and the same in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.graph.build import evaluate
from wan22dsl.graph.build.settings import Settings
from wan22dsl.graph.build.values import Declared, Thunk
from wan22dsl.program import kinds
from wan22dsl.program import names as lookup
from wan22dsl.program.modules import Module
from wan22dsl.program.values import Constant
from wan22dsl.syntax import spelling
from wan22dsl.syntax.tree import (
    Attribute,
    Block,
    Call,
    Derived,
    Group,
    List,
    Name,
    Number,
    Param,
    Text,
)
from wan22dsl.syntax.walk import walk

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Site, Use
    from wan22dsl.graph.build.values import Env, Setting, Value
    from wan22dsl.syntax.operators import Nested
    from wan22dsl.syntax.tree import Expression

#: A value that is longer is not written into every pass.
_SHORT = 60

#: So many passes are written out in words.
_SHOWN = 3


class Insertion(NamedTuple):
    """Text that comes in at an offset of a file."""

    module: Module
    offset: int
    text: str

    @property
    def edit(self) -> Edit:
        """As a change of the file."""
        return Edit(self.module.span(self.offset, self.offset), self.text)


class Element(NamedTuple):
    """A pass in a flow, and what it is to have: None where nobody can know.

    `sure` where that is what the pipeline says, as it is written; `even` where it comes out without rest.
    """

    site: Site
    value: str | None
    sure: bool = True
    even: bool = True


class Placed(NamedTuple):
    """The edits for one pass; `sure` where nothing else but this pipeline changes."""

    edits: tuple[Edit, ...]
    sure: bool


def into_passes(
    b: Builder, block: Declared, settings: Settings, name: str, uses: list[Use]
) -> tuple[str, Fix | None]:
    """What to do about a setting that no pass takes, in words and as a fix."""
    setting = block.settings[name]
    written = setting.env.span(setting.value).text
    if name == "loras" and not (isinstance(setting.value, List) and not setting.value.items):
        return _more_loras(block, settings, setting, uses)
    sites = _sites(uses)
    if name == "model" and len(sites) > 1:
        return (
            f"Write a model for each expert into its pass: {example(uses, name, '…', block.module)}.",
            None,
        )
    stays = _stays(block, settings, name, setting)
    stays = stays or ("flow" not in block.own and setting.before is not None)
    elements = [_element(site, one, name, setting, settings) for site, one in sites]
    open_ones = [one for one in elements if not _has(one.site, name)]
    if not open_ones:
        gone = Fix("remove it", (removal(setting),), safe=False)
        return "Remove it, or change it in the passes of the flow.", gone
    shown = written if len(written) <= _SHORT and "\n" not in written else "…"
    mend = f"Write it where it takes effect: {_sketch(open_ones, name, shown, block.module)}."
    if any(one.value is None for one in open_ones):
        return f"Write `{name}` into the passes of the flow.", None
    if not all(one.even for one in open_ones):
        return mend.replace("effect: ", "effect, such as "), None
    if not stays or name == "steps":
        return mend, _fix(b, block, name, setting, open_ones, stays=stays)
    taking = [one._replace(value="none") for one in open_ones]
    fix = _fix(b, block, name, setting, taking, stays=True)
    return (
        mend
        if fix is None
        else f"Let the passes take it: {_sketch(taking, name, '', block.module)}.",
        fix,
    )


def example(uses: list[Use], name: str, written: str, here: Module) -> str:
    """The passes with the setting written into them, in words; empty where they are not simply named."""
    if len(written) > _SHORT or "\n" in written:
        written = "…"
    sites = [Element(site, written) for site, _ in _sites(uses)]
    return _sketch([one for one in sites if not _has(one.site, name)], name, written, here)


def called(site: Site, here: Module) -> str:
    """A pass as the flow calls it, with the name of its file where that is another one."""
    node = _bare(site.node)
    name = node.callee if isinstance(node, Call) else node
    if not isinstance(name, Name) or _is_parameter(site, name):
        return site.block.name
    home = site.env.module
    alias = next((alias for alias, used in here.uses.items() if used is home), None)
    if alias is None or spelling.name_parts(name.text)[0] not in home.names:
        return name.text
    return f"{alias}.{name.text}"


def _is_parameter(site: Site, name: Name) -> bool:
    """Whether a name stands for what may be given from outside, and so may be no pass the next time."""
    return isinstance(site.env.module.names.get(name.text), Param)


def removal(setting: Setting) -> Edit:
    """Takes a setting out of its block or call, with its line where it stands alone on it."""
    module, key = setting.env.module, setting.key
    text, start, end = module.source.text, key.start, key.end
    line = text.rfind("\n", 0, start) + 1
    comma = re.compile(r"[ \t]*,[ \t]*").match(text, end)
    rest = comma.end() if comma else end
    after = re.compile(r"[ \t]*(\n?)").match(text, rest)
    if after and after[1] and not text[line:start].strip():
        return Edit(module.span(line, after.end()), "")
    if after and text.startswith("#", after.end()):
        rest = end = after.end()
    if comma:
        return Edit(module.span(start, rest), "")
    before = re.search(r",[ \t]*$", text[line:start])
    return Edit(module.span(line + before.start() if before else start, end), "")


def _sites(uses: list[Use]) -> list[tuple[Site, Use]]:
    """Each place in the text once, however often it runs."""
    found: dict[tuple[int, int, int], tuple[Site, Use]] = {}
    for one in uses:
        node = _bare(one.site.node)
        found.setdefault((id(one.site.env.module), node.start, node.end), (one.site, one))
    return list(found.values())


def _bare(node: Nested) -> Nested:
    while isinstance(node, Group):
        node = node.inner
    return node


def _has(site: Site, name: str) -> bool:
    """Whether the flow itself sets it for this pass."""
    node = _bare(site.node)
    return isinstance(node, Call) and any(
        isinstance(one, Attribute) and spelling.plain(one.key.text) == name
        for one in node.arguments
    )


def _sketch(elements: list[Element], name: str, written: str, here: Module) -> str:
    told = [
        f"{called(one.site, here)}({name} = {one.value if name == 'steps' or not written else written})"
        for one in elements
    ]
    told = list(dict.fromkeys(told))
    more = " -> …" if len(told) > _SHOWN else ""
    return f"`{' -> '.join(told[:_SHOWN])}{more}`" if told else ""


def _more_loras(
    block: Declared, settings: Settings, setting: Setting, uses: list[Use]
) -> tuple[str, Fix | None]:
    written = setting.env.span(setting.value).text
    own = {one.name for use in uses for one in _loras(use.value)}
    mine = settings.evaluated("loras", kinds.PASS_SETTINGS["loras"], setting)
    if own & {one.name for one in _loras(mine)}:  # one of theirs, with another strength
        return (
            f"Write each list into its pass: {example(uses, 'loras', '[…]', block.module)}.",
            None,
        )
    if not isinstance(setting.value, List) or "add_loras" in block.settings:
        return "Write `add_loras = […]` here, which adds to the LoRAs of the passes.", None
    shown = written if len(written) <= _SHORT and "\n" not in written else "[…]"
    edit = Edit(setting.env.span(setting.key.key), "add_loras")
    fix = Fix("write `add_loras`", (edit,), safe=False)
    return f"Add to the LoRAs of the passes: `add_loras = {shown}`.", fix


def _loras(value: Value) -> list[Declared]:
    items = value.data if isinstance(value, Constant) and value.type == "list" else ()
    return [one for one in items if isinstance(one, Declared)]


def _element(site: Site, use: Use, name: str, setting: Setting, settings: Settings) -> Element:
    written = setting.env.span(setting.value).text
    if name != "steps":
        return Element(site, written)
    own, whole = use.value, settings.get("steps")
    if not isinstance(own, Constant) or not isinstance(whole, Constant):
        return Element(site, None)
    if own.data[0] == 0 and own.data[1] == own.data[2]:
        return Element(site, written)
    start, end, total = whole.data
    if not isinstance(setting.value, Number) or start != 0 or end != total:
        return Element(site, None)
    first, last = (at * total / own.data[2] for at in own.data[:2])  # 2..4 of 4 is 15..30 of 30
    even = first.is_integer() and last.is_integer()
    return Element(site, f"{first:.0f}..{last:.0f} of {total}", sure=False, even=even)


def _stays(block: Declared, settings: Settings, name: str, setting: Setting) -> bool:
    """Whether the setting is needed where it is: something else reads it, or it is too long to repeat."""
    module = setting.env.module
    written = module.span(setting.value.start, setting.value.end).text
    if name in settings.read_in_texts or len(written) > _SHORT or "\n" in written:
        return True
    for one in walk(setting.value):
        if isinstance(one, Text) and "{" in one.text:
            return True
        if isinstance(one, Name) and setting.env.find(spelling.name_parts(one.text)[0]) is not None:
            return True
        if isinstance(one, Name) and one.text.startswith("pipeline."):
            return True
    declared = module.names.get(block.name)
    if declared is None or module.span(declared.name.start, declared.name.end) != block.span:
        return False  # a copy in place, which nobody can name
    return any(_names_pipeline(one, block.name) for one in walk(module.file))


def _names_pipeline(node: object, name: str) -> bool:
    """Whether an expression is a copy of a pipeline, or reads a setting of it."""
    if isinstance(node, Call):
        return isinstance(node.callee, Name) and node.callee.text == name
    if isinstance(node, Derived):
        return isinstance(node.value, Name) and node.value.text == name
    return isinstance(node, Name) and node.text.startswith(f"{name}.")


# --- where the edits go ---


def _fix(
    b: Builder,
    block: Declared,
    name: str,
    setting: Setting,
    elements: list[Element],
    *,
    stays: bool,
) -> Fix | None:
    title = "write it into the passes"
    if "flow" not in block.own:
        flow = _flow_with(b, block, name, setting, elements)
        if flow is None:
            return None
        at = setting.env.span(setting.key)
        edit = Edit(at, f"flow = {flow}")
        if stays:
            edit = Edit(setting.env.module.span(at.end, at.end), f", flow = {flow}")
        return Fix(title, (edit,), safe=all(one.sure for one in elements))
    edits: dict[Edit, None] = {}
    sure = True
    for one in elements:
        placed = _placed(b, block, name, one)
        if placed is None:
            return None
        edits.update(dict.fromkeys(placed.edits))
        sure = sure and placed.sure and one.sure
    if not stays:
        edits[removal(setting)] = None
    return Fix(title, tuple(edits), safe=sure)


def _placed(b: Builder, block: Declared, name: str, one: Element) -> Placed | None:
    """Where the setting of one pass is written: in the flow; for a flow as a parameter, in the pass."""
    site, value = one.site, one.value
    node, module = _bare(site.node), site.env.module
    text = f"{name} = {value}"
    inserted = _inserted(b, site, text)
    if _is_own(block, module, node.start, node.end):
        return None if inserted is None else Placed((inserted.edit,), sure=True)
    pipelines = [one for one in module.names.values() if one.word.text == "pipeline"]
    if module is not block.module or len(pipelines) > 1:
        return None  # others use that flow too, or it is in another file
    around = next(
        (one for one in module.file.declarations if one.start <= node.start < one.end), None
    )
    if not isinstance(around, Param):
        return None if inserted is None else Placed((inserted.edit,), sure=True)
    declared = module.names.get(node.text) if isinstance(node, Name) else None
    if isinstance(declared, (Block, Derived)) and declared.word.text == "pass":
        edit = _in_pass(site.block, declared, module, name, value or "")
        return None if edit is None else Placed((edit,), sure=False)
    return None if inserted is None else Placed((inserted.edit,), sure=False)


def _is_own(block: Declared, module: Module, start: int, end: int) -> bool:
    """Whether a place in the text belongs to the flow of this pipeline alone."""
    flow = block.settings["flow"]
    if flow.env.module is not module:
        return False
    here = [(flow.key.start, flow.key.end)]
    if flow.env is block.env or flow.env.outer is block.env:
        lets = [one for one in block.env.local.values() if isinstance(one, Thunk)]
        here += [(one.expression.start, one.expression.end) for one in lets]
    return any(first <= start and end <= last for first, last in here)


def _inserted(b: Builder, site: Site, text: str) -> Insertion | None:
    """The setting as an argument of the pass in the flow."""
    node, env = _bare(site.node), site.env
    name = node.callee if isinstance(node, Call) else node
    if not isinstance(name, Name) or _is_parameter(site, name):
        return None
    found = evaluate.named(b, name, env, Settings(b, ()))
    if not isinstance(found, Declared) or found.kind != "pass":
        return None
    return _argument(node, env.module, text)


def _argument(node: Nested, module: Module, text: str) -> Insertion | None:
    if isinstance(node, Name):
        return Insertion(module, node.end, f"({text})")
    if not isinstance(node, Call) or node.about is not None:
        return None
    if node.arguments:
        return Insertion(module, node.arguments[-1].end, f", {text}")
    return Insertion(module, node.end - 1, text)


def _in_pass(
    block: Declared, declared: Block | Derived, module: Module, name: str, value: str
) -> Edit | None:
    """The setting in the declaration of the pass."""
    own = block.settings.get(name)
    if own is not None and own.env.module is module:
        return Edit(own.env.span(own.value), value)
    if isinstance(declared, Block) or value == "none":
        return None
    inserted = _argument(declared.value, module, f"{name} = {value}")
    return None if inserted is None else inserted.edit


# --- a flow that was taken over ---


def _flow_with(
    b: Builder, block: Declared, name: str, setting: Setting, elements: list[Element]
) -> str | None:
    """The flow of the pipeline that this one is a copy of, as it would be written in the copy."""
    flow = block.settings["flow"]
    home, here = flow.env.module, setting.env.module
    span = flow.env.span(flow.value)
    inserted: list[Insertion] = []
    for each in elements:
        one = _inserted(b, each.site, f"{name} = {each.value}")
        if one is None or one.module is not home or not span.start <= one.offset <= span.end:
            return None
        inserted.append(one)
    if any(_is_local(one, flow.env) for one in walk(flow.value)):
        return None
    if home is not here:
        prefixed = _prefixes(flow.value, home, here)
        if prefixed is None:
            return None
        inserted += prefixed
    text = span.text
    for one in sorted(inserted, key=lambda one: one.offset, reverse=True):
        at = one.offset - span.start
        text = text[:at] + one.text + text[at:]
    return text


def _is_local(node: object, env: Env) -> bool:
    """Whether a name is a `let` of the block that the flow was written in."""
    if isinstance(node, Text):
        parts = spelling.text_parts(node.text)
        heads = [spelling.name_parts(one.name)[0] for one in parts if not isinstance(one, str)]
        return any(env.find(head) is not None for head in heads)
    return isinstance(node, Name) and env.find(spelling.name_parts(node.text)[0]) is not None


def _prefixes(expression: Expression, home: Module, here: Module) -> list[Insertion] | None:
    """What goes in front of the names of another file; None where one cannot be named from here."""
    alias = next((name for name, used in here.uses.items() if used is home), None)
    if alias is None:
        return None
    found: list[Insertion] = []
    keys = {id(one.key) for one in walk(expression) if isinstance(one, Attribute)}
    for node in walk(expression):
        if isinstance(node, Text):
            parts = spelling.text_parts(node.text)
            if any(not isinstance(one, str) and one.name[:9] != "pipeline." for one in parts):
                return None
        if not isinstance(node, Name) or id(node) in keys:
            continue
        head = spelling.name_parts(node.text)[0]
        if head in ("pipeline", "_", "true", "false", "none", "null"):
            continue
        meant = lookup.find(home, head)
        if meant is None or head.startswith("_"):
            return None
        if not isinstance(meant, Module) and meant[0] is home:
            found.append(Insertion(home, node.start, f"{alias}."))
        elif lookup.find(here, head) != meant:
            return None
    return found
