"""Fixes for settings: moved into the passes that have their own, and renamed from other programs' names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.graph.build import messages
from wan22dsl.graph.build.settings import Settings
from wan22dsl.graph.build.values import BY_HEIGHT, Declared, Thunk
from wan22dsl.language.program import kinds
from wan22dsl.language.program import names as lookup
from wan22dsl.language.program.module import Module
from wan22dsl.language.program.synonyms import SETTINGS
from wan22dsl.language.program.values import Constant
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import (
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
    walk,
)
from wan22dsl.source import Span
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Site, Use
    from wan22dsl.graph.build.values import Env, Setting, Value
    from wan22dsl.language.syntax.tree import Expression, Nested

#: A value that is longer is not written into every pass.
_SHORT = 60

#: So many passes are written out in words.
_SHOWN = 3


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
            f"Set a model for each expert in its pass: {example(uses, name, '…', block.module)}.",
            None,
        )
    stays = _stays(block, settings, name, setting)
    stays = stays or ("flow" not in block.own and setting.before is not None)
    elements = [_element(site, use, name, setting, settings) for site, use in sites]
    open_ones = [element for element in elements if not _has(element.site, name)]
    if not open_ones:
        gone = Fix("remove it", (removal(setting),), safe=False)
        return "Remove it, or change it in the passes of the flow.", gone
    shown = written if len(written) <= _SHORT and "\n" not in written else "…"
    help = f"Set it where it takes effect: {_sketch(open_ones, name, shown, block.module)}."
    if not is_readable(setting):
        return help, None  # with its mistakes it is not written elsewhere
    if any(element.value is None for element in open_ones):
        return f"Set `{name}` in the passes of the flow.", None
    if not all(element.even for element in open_ones):
        return help.replace("effect: ", "effect, such as "), None
    if not stays or name == "steps":
        return help, _fix(b, block, name, setting, open_ones, stays=stays)
    taking = [element._replace(value="none") for element in open_ones]
    fix = _fix(b, block, name, setting, taking, stays=True)
    return (
        help
        if fix is None
        else f"Let the passes use it: {_sketch(taking, name, '', block.module)}.",
        fix,
    )


def is_readable(setting: Setting) -> bool:
    """Whether the value of a setting, as it is written, has no mistake of syntax."""
    from wan22dsl.language.syntax import parse_expression
    from wan22dsl.source import Source

    return not parse_expression(Source(setting.env.span(setting.value).text))[1]


def example(uses: list[Use], name: str, written: str, here: Module) -> str:
    """The passes with the setting written into them, in words; empty where they are not simply named."""
    if len(written) > _SHORT or "\n" in written:
        written = "…"
    sites = [Element(site, written) for site, _ in _sites(uses)]
    return _sketch(
        [element for element in sites if not _has(element.site, name)], name, written, here
    )


def called(site: Site, here: Module) -> str:
    """A pass as the flow calls it, with the name of its file where that is another one."""
    node = bare(site.node)
    name = node.callee if isinstance(node, Call) else node
    if not isinstance(name, Name) or is_parameter(site, name):
        return site.block.name
    home = site.env.module
    alias = next((alias for alias, used in here.uses.items() if used is home), None)
    if alias is None or spelling.name_parts(name.text)[0] not in home.names:
        return name.text
    return f"{alias}.{name.text}"


def _sites(uses: list[Use]) -> list[tuple[Site, Use]]:
    """Each place in the text once, however often it runs."""
    found: dict[tuple[Module, int, int], tuple[Site, Use]] = {}
    for use in uses:
        node = bare(use.site.node)
        found.setdefault((use.site.env.module, node.start, node.end), (use.site, use))
    return list(found.values())


def _has(site: Site, name: str) -> bool:
    """Whether the flow itself sets it for this pass."""
    node = bare(site.node)
    return isinstance(node, Call) and any(
        isinstance(argument, Attribute) and spelling.plain(argument.key.text) == name
        for argument in node.arguments
    )


def _sketch(elements: list[Element], name: str, written: str, here: Module) -> str:
    told = [
        f"{called(element.site, here)}"
        f"({name} = {element.value if name == 'steps' or not written else written})"
        for element in elements
    ]
    told = list(dict.fromkeys(told))
    more = " -> …" if len(told) > _SHOWN else ""
    return f"`{' -> '.join(told[:_SHOWN])}{more}`" if told else ""


def _more_loras(
    block: Declared, settings: Settings, setting: Setting, uses: list[Use]
) -> tuple[str, Fix | None]:
    written = setting.env.span(setting.value).text
    own = {declared.name for use in uses for declared in _loras(use.value)}
    mine = settings.evaluated("loras", kinds.PASS_SETTINGS["loras"], setting)
    if own & {declared.name for declared in _loras(mine)}:  # one of theirs, with another strength
        return (
            f"Set each list in its pass: {example(uses, 'loras', '[…]', block.module)}.",
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
    return [item for item in items if isinstance(item, Declared)]


def _element(site: Site, use: Use, name: str, setting: Setting, settings: Settings) -> Element:
    written = setting.env.span(setting.value).text
    if name != "steps":
        return Element(site, written)
    own, whole = use.value, settings.get("steps")
    if not isinstance(own, Constant) or not isinstance(whole, Constant):
        return Element(site, None)
    if own.data[0] == 0 and own.data[1] == own.data[2]:
        return Element(site, written if whole.data[2] is not None else None)
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
    for item in walk(setting.value):
        if isinstance(item, Text) and "{" in item.text:
            return True
        if (
            isinstance(item, Name)
            and setting.env.find(spelling.name_parts(item.text)[0]) is not None
        ):
            return True
        if isinstance(item, Name) and item.text.startswith("pipeline."):
            return True
    declared = module.names.get(block.name)
    if declared is None or module.span(declared.name.start, declared.name.end) != block.span:
        return False  # a copy in place, which nobody can name
    return any(_names_pipeline(item, block.name) for item in walk(module.file))


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
    title = "move it to the passes"
    if (block.name, name) in block.module.set_twice:
        return None  # nobody knows which of the two is to be moved
    if any(finding.kind is messages.MISSING_SETTING for finding in b.diagnostics):
        return None  # a pass that lacks something would be copied with that
    if "flow" not in block.own:
        flow = flow_with(b, block, name, setting, elements)
        if flow is None:
            return None
        at = setting.env.span(setting.key)
        edit = Edit(at, f"flow = {flow}")
        if stays:
            edit = Edit(setting.env.module.span(at.end, at.end), f", flow = {flow}")
        return Fix(title, (edit,), safe=all(element.sure for element in elements))
    edits: dict[Edit, None] = {}
    sure = True
    for element in elements:
        placed = _placed(b, block, name, element)
        if placed is None:
            return None
        edits.update(dict.fromkeys(placed.edits))
        sure = sure and placed.sure and element.sure
    if not stays:
        edits[removal(setting)] = None
    return Fix(title, tuple(edits), safe=sure)


def _placed(b: Builder, block: Declared, name: str, element: Element) -> Placed | None:
    """Where the setting of one pass is written: in the flow; for a flow as a parameter, in the pass."""
    site, value = element.site, element.value
    node, module = bare(site.node), site.env.module
    text = f"{name} = {value}"
    inserted = argument_in_flow(b, site, text)
    if _is_own(block, module, node.start, node.end):
        return None if inserted is None else Placed((inserted.edit,), sure=True)
    pipelines = [
        expression for expression in module.names.values() if expression.word.text == "pipeline"
    ]
    if module is not block.module or len(pipelines) > 1:
        return None  # others use that flow too, or it is in another file
    around = next(
        (
            expression
            for expression in module.file.declarations
            if expression.start <= node.start < expression.end
        ),
        None,
    )
    if not isinstance(around, Param):
        return None if inserted is None else Placed((inserted.edit,), sure=True)
    declared = module.names.get(node.text) if isinstance(node, Name) else None
    if isinstance(declared, (Block, Derived)) and declared.word.text == "pass":
        edit = in_declaration(site.block, declared, module, name, value or "")
        return None if edit is None else Placed((edit,), sure=False)
    return None if inserted is None else Placed((inserted.edit,), sure=False)


def _is_own(block: Declared, module: Module, start: int, end: int) -> bool:
    """Whether a place in the text belongs to the flow of this pipeline alone."""
    flow = block.settings["flow"]
    if flow.env.module is not module:
        return False
    here = [(flow.key.start, flow.key.end)]
    if flow.env is block.env or flow.env.outer is block.env:
        lets = [item for item in block.env.local.values() if isinstance(item, Thunk)]
        here += [(thunk.expression.start, thunk.expression.end) for thunk in lets]
    return any(first <= start and end <= last for first, last in here)


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


def bare(node: Nested) -> Nested:
    while isinstance(node, Group):
        node = node.inner
    return node


def is_parameter(site: Site, name: Name) -> bool:
    """Whether a name stands for what may be given from outside, and so may be no pass the next time."""
    return isinstance(site.env.module.names.get(name.text), Param)


def removal(setting: Setting) -> Edit:
    """Takes a setting out of its block or call, with its line where it is alone on it."""
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


def argument_in_flow(b: Builder, site: Site, text: str) -> Insertion | None:
    """The setting as an argument of the pass in the flow."""
    node, env = bare(site.node), site.env
    name = node.callee if isinstance(node, Call) else node
    if not isinstance(name, Name) or is_parameter(site, name):
        return None
    found = b.named(name, env, Settings(b, ()))
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


def in_declaration(
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


def flow_with(
    b: Builder, block: Declared, name: str, setting: Setting, elements: list[Element]
) -> str | None:
    """The flow of the pipeline that this one is a copy of, as it would be written in the copy."""
    flow = block.settings["flow"]
    home, here = flow.env.module, setting.env.module
    span = flow.env.span(flow.value)
    inserted: list[Insertion] = []
    for each in elements:
        insertion = argument_in_flow(b, each.site, f"{name} = {each.value}")
        if (
            insertion is None
            or insertion.module is not home
            or not span.start <= insertion.offset <= span.end
        ):
            return None
        inserted.append(insertion)
    if any(_is_local(item, flow.env) for item in walk(flow.value)):
        return None
    if home is not here:
        prefixed = _prefixes(flow.value, home, here)
        if prefixed is None:
            return None
        inserted += prefixed
    text = span.text
    for insertion in sorted(inserted, key=lambda insertion: insertion.offset, reverse=True):
        at = insertion.offset - span.start
        text = text[:at] + insertion.text + text[at:]
    return text


def _is_local(node: object, env: Env) -> bool:
    """Whether a name is a `let` of the block that the flow was written in."""
    if isinstance(node, Text):
        parts = spelling.text_parts(node.text)
        heads = [spelling.name_parts(part.name)[0] for part in parts if not isinstance(part, str)]
        return any(env.find(head) is not None for head in heads)
    return isinstance(node, Name) and env.find(spelling.name_parts(node.text)[0]) is not None


def _prefixes(expression: Expression, home: Module, here: Module) -> list[Insertion] | None:
    """What goes in front of the names of another file; None where one cannot be named from here."""
    alias = next((name for name, used in here.uses.items() if used is home), None)
    if alias is None:
        return None
    found: list[Insertion] = []
    keys = {item.key for item in walk(expression) if isinstance(item, Attribute)}
    for node in walk(expression):
        if isinstance(node, Text):
            parts = spelling.text_parts(node.text)
            if any(not isinstance(part, str) and part.name[:9] != "pipeline." for part in parts):
                return None
        if not isinstance(node, Name) or node in keys:
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


# --- names of other programs ---


def meant(block: Declared, name: str) -> tuple[str, Fix | None, list[Span]] | None:
    """What was meant to be a setting that a block lacks: the help, the fix, and the keys that it fixes."""
    if name == "size" and {"width", "height"} <= block.own:
        return _size(block)
    for own in sorted(block.own):
        if SETTINGS.get(own) == name:
            setting = block.settings[own]
            fix = renamed(setting, name)
            written = fix.edits[1].text if fix is not None and len(fix.edits) > 1 else ""
            help = f"Write `{name} = {written}`" if written else f"Write `{name}` for `{own}`"
            return f"{help}.", fix, [_key(setting)]
    return None


def renamed(setting: Setting, name: str) -> Fix | None:
    """A fix that writes our name, and the value as it is written there; None where we have no such value."""
    key, value = _key(setting), setting.env.span(setting.value)
    edits = [Edit(key, name)]
    written, safe = _value(name, key.text, value.text), True
    if name == "size":
        written, safe = _as_size(written)
    if name == "sampler" and re.fullmatch(r"\"?[a-z]\w*\"?", written):
        written, safe = written.strip('"') + "/simple", False
    if name in ("text_encoder", "vae", "model", "conditioning") and written.startswith('"'):
        return None
    if not written or not is_readable(setting):
        return None
    if written != value.text:
        edits.append(Edit(value, written))
    return Fix(f"write `{name}`", tuple(edits), safe=safe)


def _as_size(written: str) -> tuple[str, bool]:
    """A size as the language has it; empty for what is none, such as `"large"`."""
    said = written.strip('"').strip().lower()
    if said in BY_HEIGHT:
        return BY_HEIGHT[said], False
    both = re.fullmatch(r"[\[(]?\s*(\d+)\s*(?:px)?\s*[x×*,]\s*(\d+)\s*(?:px)?\s*[\])]?", said)
    if both is not None:
        return f"{both[1]}x{both[2]}", True
    return ("", False) if re.match(r"[\"\d]", written) else (written, True)


def _value(name: str, before: str, written: str) -> str:
    if name == "length" and re.fullmatch(r"\d+(\.\d+)?", written):
        return f"{written}f" if "frame" in before else f"{written}s"
    if name == "fps" and re.fullmatch(r"\d+(\.\d+)?", written):
        return f"{written}fps"
    if name in ("loras", "add_loras") and not written.startswith("["):
        strong = re.fullmatch(r"([\w.]+)\s*\(\s*([\d.]+)\s*\)", written)
        return f"[{strong[1]}(strength = {strong[2]})]" if strong else f"[{written}]"
    return written


def _size(block: Declared) -> tuple[str, Fix | None, list[Span]]:
    wide, high = block.settings["width"], block.settings["height"]
    keys = [_key(wide), _key(high)]
    values = [setting.env.span(setting.value) for setting in (wide, high)]
    numbers = [re.fullmatch(r"(\d+)(?:px)?", span.text) for span in values]
    if numbers[0] is None or numbers[1] is None or values[0].source is not values[1].source:
        return "Write one `size`, such as `size = 832x480`, for `width` and `height`.", None, keys
    size = f"{numbers[0][1]}x{numbers[1][1]}"
    first, second = sorted(zip(keys, values), key=lambda value: value[0].start)
    gone = whole_item(first, second)
    edits = (Edit(first[0], "size"), Edit(first[1], size), Edit(gone, ""))
    return (
        f"Write `size = {size}` for `width` and `height`.",
        Fix(f"write `size = {size}`", edits),
        keys,
    )


def whole_item(before: tuple[Span, Span], item: tuple[Span, Span]) -> Span:
    """A setting with what separates it from the one before, or with its line."""
    key, value = item
    text = key.source.text
    line = text.rfind("\n", 0, key.start) + 1
    if not text[line : key.start].strip() and text[value.end :].split("\n", 1)[0].strip() in (
        "",
        ",",
    ):
        return Span(key.source, line, min(text.find("\n", value.end) + 1 or len(text), len(text)))
    start = len(text[: key.start].rstrip(" \t").rstrip(",").rstrip(" \t"))
    return Span(key.source, max(start, before[1].end), value.end)


def _key(setting: Setting) -> Span:
    return setting.env.span(setting.key.key)
