"""Follows the names in expressions: whether each means something, and what depends on what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.language.program import kinds, messages, names
from wan22dsl.language.program.module import Declaration, Module, Occurrence, library_names
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.spelling import FILE_ENDINGS
from wan22dsl.language.syntax.tree import (
    Attribute,
    Bad,
    Call,
    Chain,
    ClassName,
    Group,
    Index,
    Let,
    List,
    Member,
    Name,
    Number,
    Record,
    Text,
)
from wan22dsl.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.diagnostics import Diagnostic, Message
    from wan22dsl.language.syntax.tree import Expression, Item, TypeName

#: Words that mean something wherever a value may be.
WORD_VALUES = frozenset(("true", "false", "none", "null", "_", "pipeline"))


class Scope:
    """The names of a block, inside those of another one."""

    def __init__(self, outer: Scope | None, *, in_graph: bool = False) -> None:
        self.outer = outer
        self.local: dict[str, Declaration] = {}
        self.in_graph: bool = in_graph or (outer is not None and outer.in_graph)

    def find(self, name: str) -> Declaration | None:
        """The `let` above or the parameter of that name."""
        scope: Scope | None = self
        while scope is not None:
            found = scope.local.get(name)
            if found is not None:
                return found
            scope = scope.outer
        return None

    def all(self) -> set[str]:
        """Every name that is visible by the block and those around it."""
        return {*self.local, *(self.outer.all() if self.outer is not None else ())}


#: Settings whose strings the models read: what is put into them changes the video.
_READ_BY_MODELS = frozenset({"prompt", "negative"})


class Walker:
    """Goes through the expressions of one file and gathers what is wrong with their names.

    What each name means goes into the `references` of the module; which settings are read as
    `pipeline.name`, and by which declarations, into its `reads`.
    """

    def __init__(self, module: Module) -> None:
        self.module = module
        self.diagnostics: list[Diagnostic] = []
        self.declared: dict[str, Name] = {}
        self._owner = ""
        self.kind = ""  # of the declaration, such as `pipeline`
        self.copied = ""  # the kind of the declaration, where its value is what it copies
        self._setting = ""  # whose value is walked
        self._callee = ""  # what is called, or copied, around it
        self._in_flow = False  # whether an element of a flow is walked
        self._in_text = False  # whether names in the braces of a string are
        self._unbrought: set[str] = set()  # reported: files of the library that no `use` brings

    def begin(self, owner: str, kind: str = "") -> None:
        """What is walked next belongs to this declaration."""
        self._owner, self.kind = owner, kind

    def say(self, message: Message, place: Any, **fields: Any) -> None:
        """Reports a finding at a node of the tree, or at a span."""
        span = place if isinstance(place, Span) else self.module.span(place.start, place.end)
        self.diagnostics.append(message.at(span, **fields))

    def type(self, written: TypeName) -> None:
        """Whether a type exists. ComfyUI's are not ours to know: any word with a capital is one."""
        inner = written
        while inner.item is not None:
            inner = inner.item
        name = inner.text
        from wan22dsl.language.program.synonyms import TYPES

        if name in kinds.TYPES or (not name[:1].islower() and name not in TYPES):
            return
        from wan22dsl.language.program import suggestions

        help, meant, safe = suggestions.type_meant(name)
        span = self.module.span(inner.start, inner.end)
        fix = Fix(f"write `{meant}`", (Edit(span, meant),), safe=safe) if meant else None
        self.say(messages.UNKNOWN_TYPE, inner, name=name, help=help, fix=fix)

    def expression(self, value: Expression, scope: Scope) -> None:
        """Follows every name in an expression."""
        if isinstance(value, Name):
            self.name(value, scope)
        elif isinstance(value, Text):
            if "{" in value.text:
                self._text(value, scope)
        elif isinstance(value, Call):
            self._call(value, scope)
        elif isinstance(value, Chain):
            outer, self._in_flow = self._in_flow, "->" in value.operators
            for operand in value.operands:
                self.expression(operand, scope)
            self._in_flow = outer
        elif isinstance(value, List):
            for item in value.items:
                self.expression(item, scope)
        elif isinstance(value, Group):
            self.expression(value.inner, scope)
        elif isinstance(value, (Member, Index)):
            self.expression(value.target, scope)
        elif isinstance(value, Record):
            self.arguments(value.items, scope, "a record", positional=0)

    def _text(self, value: Text, scope: Scope) -> None:
        self._in_text = True
        for part in spelling.text_parts(value.text):
            if not isinstance(part, str):
                start, end = value.start + part.start, value.start + part.end
                self.name(Name(part.name, start, end), scope)
        self._in_text = False

    def _call(self, call: Call, scope: Scope) -> None:
        if isinstance(call.callee, Name):
            self.name(call.callee, scope)
            outer, self._callee = self._callee, call.callee.text
            self.arguments(call.arguments, scope, "the arguments of a call", positional=1)
            self._callee = outer
        elif self._is_stage(call):
            return
        else:
            self.arguments(call.arguments, scope, "the inputs of a node", positional=0)
        if call.about is not None:
            self.arguments(call.about, scope, "the braces after a call", positional=0)

    def _is_stage(self, call: Call) -> bool:
        """Whether a call of a node class means a stage; then it is reported."""
        if not any(not isinstance(argument, Attribute) for argument in call.arguments):
            return False
        from wan22dsl.language.program import notations

        return notations.stage_in_capitals(call, self)

    def setting(self, item: Attribute, scope: Scope) -> None:
        """Follows the names in the value of a setting."""
        outer, self._setting = self._setting, spelling.plain(item.key.text)
        flow, self._in_flow = self._in_flow, False
        flow_of_names = self._setting == "flow" and not isinstance(item.value, Call)
        if self.kind == "bench" and self._setting in kinds.BENCH_RECORDS:
            self._varied(item.value, scope)
        elif not self._odd(item.value) or flow_of_names:
            self.expression(item.value, scope)
        self._setting, self._in_flow = outer, flow

    def _varied(self, value: Expression, scope: Scope) -> None:
        """Records whose keys name parameters (`order`, `house.cfg`) and settings (`high.cfg`, `length`)."""
        if isinstance(value, List):
            for each in value.items:
                self._varied(each, scope)
        elif isinstance(value, Chain):
            for each in value.operands:
                self._varied(each, scope)
        elif isinstance(value, Record):
            seen: set[str] = set()
            for item in value.items:
                if not isinstance(item, Attribute):
                    self.arguments((item,), scope, "a record", positional=0)
                    continue
                self.key(item.key, seen)
                if isinstance(item.key, Name):
                    self._varied_name(item.key)
                outer, self._setting = self._setting, spelling.name_parts(item.key.text)[-1]
                self.expression(item.value, scope)
                self._setting = outer
        else:
            self.expression(value, scope)

    def _varied_name(self, key: Name) -> None:
        """Notes what a key means, as far as that is declared: a parameter, or the pass of a setting."""
        head, *members = spelling.name_parts(key.text)
        found = names.find(self.module, head)
        if isinstance(found, Module):
            if members and members[0] in found.names and not members[0].startswith("_"):
                self._refer(key, self.module.home.declarations[head])
                self._refer(key, found.declarations[members[0]], 1)
        elif found is not None and found[0] is self.module:
            if found[1].word.text in (("pass", "pipeline") if members else ("param",)):
                self._refer(key, found[0].declarations[head])

    def goes_on(self, item: Attribute, rest: tuple[Item, ...], scope: Scope) -> int:
        """How many items behind a setting are a part of its value; that is reported."""
        if not rest or isinstance(rest[0], (Attribute, Let, Bad)):
            return 0
        from wan22dsl.language.program import commas
        from wan22dsl.language.program.notations import LORAS

        count = commas.with_commas(item, rest, self)
        if count and spelling.plain(item.key.text) in (*LORAS, "flow"):
            for expression in (item.value, *rest[:count]):  # these are neither settings nor `let`s
                self.expression(expression, scope)  # type: ignore[arg-type]
        return count

    def _odd(self, value: Expression) -> bool:
        """Whether the value of a setting is written as in another language; then it is reported."""
        if isinstance(value, (Name, Number)):
            return False
        from wan22dsl.language.program import notations

        return notations.reported(self._setting, value, self)

    def arguments(
        self, items: Iterable[Item], scope: Scope, where: str, *, positional: int
    ) -> None:
        """Arguments, inputs, facts or entries: `key = value`, and so many values without a key."""
        seen: set[str] = set()
        items, passed = tuple(items), 0
        for at, item in enumerate(items):
            if passed:
                passed -= 1
            elif isinstance(item, Attribute):
                self.key(item.key, seen)
                passed = self.goes_on(item, items[at + 1 :], scope)
                if not passed:
                    self.setting(item, scope)
            elif isinstance(item, Let):
                why = "`let` names a value for the lines below it, and there are none here."
                help = "Move it before the statement, into the enclosing block."
                what = "a `let`"
                self.say(
                    messages.MISPLACED_ITEM,
                    item,
                    what=what,
                    where=f"in {where}",
                    why=why,
                    help=help,
                )
            else:
                positional -= 1
                if positional < 0:
                    from wan22dsl.language.program import commas

                    commas.without_name(item, where, self)
                self.expression(item, scope)

    def key(self, key: Name | ClassName, seen: set[str]) -> None:
        """A key, which may occur once."""
        plain = spelling.plain(key.text)
        if plain in seen:
            self.say(messages.SET_TWICE, key, name=plain)
            self.module.set_twice.add((self._owner, plain))
        seen.add(plain)

    def name(self, name: Name, scope: Scope) -> None:
        """Whether a name means something: a local one, one of the file, of a used file, of the library."""
        head, *members = spelling.name_parts(name.text)
        if head in WORD_VALUES:
            if head == "pipeline":
                self._pipeline(name, members, scope)
            return
        local = scope.find(head)
        if local is not None:
            self._refer(name, local)
            return
        found = names.find(self.module, head)
        if members and not isinstance(found, Module) and self._is_file(name, members, found):
            return
        if found is None:
            if head not in self.module.broken_uses:
                self._unknown(name, head, scope)
            return
        if isinstance(found, tuple):
            self._refer(name, found[0].declarations[head])
            self._place_in_graph(name, found[1], scope)
            return
        self._member(name, found, members, scope)

    def _refer(self, name: Name, declaration: Declaration, part: int = 0) -> None:
        """Notes what a part of a name means: its first word, or the member of a file behind it."""
        start, end = name.start + self._in_text, name.end
        if part or not name.text.isidentifier():
            first, last = spelling.name_places(name.text)[part]
            start, end = start + first, start + last
        elif self._in_text:
            end -= 1
        in_string = self._in_text and self._setting not in _READ_BY_MODELS
        found = Occurrence(start, end, declaration, False, self._owner, in_string)
        self.module.references.append(found)

    def _member(self, name: Name, module: Module, members: list[str], scope: Scope) -> None:
        if not members:
            help = (
                f"Name one of its members, such as `{name.text}.{next(names.public(module), 'x')}`."
            )
            problem = f"`{name.text}` is an imported file, not a value"
            self.say(messages.UNKNOWN_NAME, name, problem=problem, help=help)
            return
        member = members[0]
        alias = spelling.name_parts(name.text)[0]
        self._refer(name, self.module.home.declarations[alias])
        if member.startswith("_") and member in module.names:
            self.say(messages.PRIVATE_NAME, name, name=member, module=module.name)
        elif member not in module.names:
            from wan22dsl.language.program import suggestions

            guess = suggestions.member(member, module, self._fits(scope))
            help = f"Did you mean `{alias}.{guess}`?" if guess else ""
            help = help or f"See what {module.name} declares."
            fix = self._replace(name, f"{alias}.{guess}") if guess and len(members) == 1 else None
            problem = f"`{alias}` has no `{member}`"
            self.say(messages.UNKNOWN_NAME, name, problem=problem, help=help, fix=fix)
        else:
            self._refer(name, module.declarations[member], 1)
            self._place_in_graph(name, module.names[member], scope)

    def _place_in_graph(self, name: Name, meant: names.Named, scope: Scope) -> None:
        kind = meant.word.text
        if scope.in_graph and kind not in ("let", "param"):
            self.say(messages.NOT_IN_GRAPH, name, what=f"the {kind} `{meant.name.text}`")

    def _pipeline(self, name: Name, members: list[str], scope: Scope) -> None:
        if scope.in_graph:
            self.say(messages.NOT_IN_GRAPH, name, what="`pipeline.`")
        elif not members:
            problem = "`pipeline` is not a value by itself"
            help = "Read one of its settings: `pipeline.seed`."
            self.say(messages.UNKNOWN_NAME, name, problem=problem, help=help)
        else:
            self.module.reads.setdefault(members[0], []).append(self._owner)

    def _is_file(self, name: Name, members: list[str], found: object) -> bool:
        """Reports a file name without quotes: `portrait.png`."""
        if members[-1].lower() not in FILE_ENDINGS or "`" in name.text:
            return False
        if isinstance(found, tuple) and found[1].word.text in ("let", "param", "stage"):
            return False
        from wan22dsl.language.syntax.messages import MISSING_QUOTES

        self.say(
            MISSING_QUOTES,
            name,
            meant=f'"{name.text}"',
            fix=self._replace(name, f'"{name.text}"', safe=True),
        )
        return True

    def _fits(self, scope: Scope) -> frozenset[str]:
        """The kinds of declarations that fit the place; none where any may."""
        from wan22dsl.language.program import suggestions

        if scope.in_graph:
            return frozenset(("let", "param"))
        if self.copied and not self._setting:
            return frozenset((self.copied,))
        return suggestions.kinds_for(self._setting, in_flow=self._in_flow)

    def _unknown_in_text(self, name: Name, scope: Scope) -> None:
        """Reports a name in the braces of a string; mostly a setting is meant."""
        from wan22dsl.language.program import suggestions

        help, text, safe = suggestions.meant(self.module, self._owner, name.text, scope.all())
        fix = self._replace(name, text, safe=safe) if text else None
        self.say(messages.UNKNOWN_NAME, name, problem=names.unknown(name.text), help=help, fix=fix)

    def _unknown(self, name: Name, head: str, scope: Scope) -> None:
        from wan22dsl.language.program import suggestions
        from wan22dsl.language.program.synonyms import RANDOM, STAGES

        rest = name.text[len(head) :]
        if head in library_names() and rest:
            self._not_brought(name, head)
            return
        if self._in_text and not rest:
            self._unknown_in_text(name, scope)
            return
        if not rest and head in STAGES and (self._in_flow or self._setting == "flow"):
            self.say(messages.UNKNOWN_NAME, name, problem=names.unknown(head), help=STAGES[head])
            return
        if not rest and self._setting == "scheduler":
            return  # the setting itself is reported, with what to write
        help, text, safe = "", "", False
        if rest or not self.module.source.text.startswith("(", name.end):  # a call is no bare word
            help, text, safe = suggestions.word(self.module, self._setting, head, rest)
        fix = self._replace(name, text, safe=safe) if text else None
        called = names.find(self.module, self._callee.partition(".")[0])
        if not help and head == self._setting and called is not None and not rest:
            text = f"{self._callee}.{head}"
            help = f"Write `{text}` for those of `{self._callee}`."
            fix = self._replace(name, text, safe=True)
        if not help:
            guess = suggestions.name(
                self.module, head, scope.all(), self._setting, self._fits(scope), self._owner
            )
            fix = self._replace(name, guess + rest) if guess else None
            if guess:
                help = f"Did you mean `{guess}{rest}`?"
            elif not rest:
                help = f'Declare it, or write `"{head}"` if it is a string.'
                if kinds.PASS_SETTINGS.get(self._setting) == kinds.TEXT and not self._in_flow:
                    fix = self._replace(name, f'"{head}"')
            else:
                help = f"Import it with `use {head}`, or declare it."
        if head == self._setting and not rest and fix is None and head in kinds.PASS_SETTINGS:
            help = f"Declare it: `param {head}: {kinds.PASS_SETTINGS[head]} = …`."
        if not rest and self._setting == "seed" and fix is None and head in RANDOM | {"seed"}:
            fix = suggestions.random_seed(self.module, name)
        self.say(messages.UNKNOWN_NAME, name, problem=names.unknown(head), help=help, fix=fix)

    def _not_brought(self, name: Name, head: str) -> None:
        """Reports a file of the library that no `use` brings, once."""
        if head in self._unbrought:
            return
        self._unbrought.add(head)
        from wan22dsl.language.program import suggestions

        fix = suggestions.brought(self.module, head)
        help = f"Write `use {head}` below `wan 1`."
        self.say(messages.UNKNOWN_NAME, name, problem=names.unknown(head), help=help, fix=fix)

    def _replace(self, name: Name, text: str, *, safe: bool = False) -> Fix:
        span = self.module.span(name.start, name.end)  # in a string with the braces
        text = f"{{{text}}}" if self._in_text else text
        return Fix(f"write `{text}`", (Edit(span, text),), safe=safe)
