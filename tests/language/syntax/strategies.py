"""Random texts of the language, for laws that hold for every text.

`files()` and `values()` give texts that are read without a mistake, in any layout: with line ends or commas,
comments in every place where one may stand, and parentheses and backticks that change nothing. `mutated`
takes a text and breaks it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NAMES = [
    "high",
    "low",
    "a",
    "x_1",
    "_own",
    "wan22.i2v_high",
    "frames.fps",
    "info.`source_fps🟨`",
    "of_2",
]
CLASSES = ["KSampler", "VAEDecode", "`RIFE VFI`", "`KSampler`", "`a \\` b`", "`lower`"]
KEYS = [
    "cfg",
    "steps",
    "of",
    "image",
    "format.codec",
    "Scale",
    "`double_blocks.0.`",
    "`let`",
    "`steps`",
]
NUMBERS = ["4", "-1", "5.0", "1e-3", "5s", "81f", "16fps", "24GiB", "832x1216", "0", "5sec"]
SAMPLERS = ["euler/simple", "uni_pc/beta", "`res 2s`/`bong`", "`euler`/simple"]
TYPES = ["int", "IMAGE", "[lora]", "[[text]]", "`MODEL,CLIP`", "`IMAGE`", "flow"]
TEXTS = [
    '""',
    '"portrait.png"',
    '"{high.cfg} and {slow|fast} and \\{high}"',
    '"\\"quoted\\" \\\\ \\u{1F600} \\t"',
    '"two\\nlines"',
    '"ends in \\na space "',
    '"# no comment"',
    '"""\n    A street\n      musician plays "blues".\n    """',
    '"""one line"""',
]
COMMENTS = ["#", "# a comment", "# -> {([", '# "open', "# wan: ignore WAN101", "#no blank"]
SUFFIXES = [".mask", "[1]", ".`odd name`", "[0].x", ".`plain`"]
OPERATORS = [" + ", "*", " - ", "..", " of "]
WORDS = ["pass", "pipeline", "model", "lora", "upscaler", "anything"]


class Writer:
    """Writes random pieces of text."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def one(self, words: Sequence[str | Callable[[], str]]) -> str:
        """One of these: a text, or what writes one."""
        found = self._draw(st.sampled_from(words))
        return found if isinstance(found, str) else found()

    def sometimes(self, text: str) -> str:
        """This, or nothing."""
        return self.one(["", text])

    def several(self, part: Callable[[], str], between: Callable[[], str], least: int = 0) -> str:
        """Some of these, with something between them."""
        text = ""
        for at in range(self._draw(st.integers(least, 3))):
            text += (between() if at else "") + part()
        return text

    def line_end(self) -> str:
        """At least one line end, perhaps with comments."""
        text = ""
        for _ in range(self._draw(st.integers(1, 2))):
            comment = self.one(["", "", *COMMENTS])
            text += (
                self.one(["", " ", "    "]) + comment + self.one(["\n", "\n", "\n\n", "\n \n\n"])
            )
        return text + self.one(["", "    "])

    def separator(self) -> str:
        """What may stand between two items."""
        return self.one([", ", ",", " , ", self.line_end, lambda: "," + self.line_end()])

    def edge(self) -> str:
        """What may stand behind an opening bracket, or before a closing one."""
        return self.one(["", "", " ", self.line_end])

    def arrow(self) -> str:
        """An arrow, perhaps between lines."""
        below, above = (lambda: self.line_end() + "-> "), (lambda: " ->" + self.line_end())
        return self.one(["->", " -> ", below, above])

    # --- values ---

    def value(self, depth: int = 3) -> str:
        """A value that is nested this deep at most."""
        kind = self._draw(st.integers(0, 11 if depth else 4))
        if kind < 5:
            return self.one([*NAMES, *NUMBERS, *TEXTS, *SAMPLERS, "a[0]"])
        if kind < 7:
            return self.call(depth)
        if kind == 7:
            return self.call(depth) + self.one(SUFFIXES)
        if kind == 8:
            items = self.several(lambda: self.value(depth - 1), self.separator)
            return f"[{self.edge()}{items}{self.one(['', self.separator]) if items else ''}]"
        if kind == 9:
            return self.braces(depth)
        if kind == 10:
            return f"({self.edge()}{self.value(depth - 1)}{self.edge()})"
        return self.chain(depth)

    def call(self, depth: int) -> str:
        """A call, perhaps with braces."""
        about = self.one(["", "", "", lambda: " " + self.braces(depth)])
        inside = f"({self.items(depth)}{self.edge()})"
        return self.one(NAMES + CLASSES) + self.one(["", " "]) + inside + about

    def braces(self, depth: int) -> str:
        """Items in braces."""
        return f"{{{self.items(depth)}{self.one(['', ' '])}}}"

    def chain(self, depth: int) -> str:
        """Values with operators between them."""
        return self.several(
            lambda: self.value(depth - 1), lambda: self.one([self.arrow, *OPERATORS]), least=2
        )

    def items(self, depth: int) -> str:
        """What may stand between the brackets of a body or a call."""
        text = self.several(lambda: self.item(depth - 1), self.separator)
        return self.edge() + text + (self.one(["", self.separator]) if text else "")

    def item(self, depth: int) -> str:
        """A setting, a `let` or a value."""
        value = self.value(depth) if depth > 0 else self.one(NUMBERS)
        equals = self.one(["=", " = ", "   = "])
        return self.one([self.one(KEYS) + equals + value, "let x_2 = " + value, value])

    # --- declarations ---

    def declaration(self) -> str:
        """A declaration of any shape."""
        kind = self._draw(st.integers(0, 5))
        word, name = self.one(WORDS), self.one(["p", "q_1"])
        if kind == 0:
            return self.one(["wan 1", "use wan22", 'use "a/b.wan" as b', "wan   1"])
        if kind == 1:
            default = self.one(["", lambda: f" = {self.value()}"])
            accepts = self.one(["", lambda: f" in {self.value()}"])
            return f"param {name} : {self.one(TYPES)}{default}{accepts}"
        if kind == 2:
            return f"{word} {name}{self.sometimes(' ')}{self.braces(3)}"
        if kind == 3:
            return f"{word} {name} = {self.value()}"
        if kind == 4:
            inputs = self.several(self.input, self.separator)
            head = f"node {self.one(CLASSES)}({self.edge()}{inputs}){self.given()}"
            return f"{head} {self.braces(2)}"
        parameters = self.several(self.parameter, self.separator)
        head = f"stage {name}({self.edge()}{parameters}){self.outputs()}"
        return f"{head} {self.braces(2)}"

    def parameter(self) -> str:
        """A parameter of a stage."""
        return f"{self.sometimes('in ')}{self.one(['a', 'b_2'])}: {self.one(TYPES)}{self.default()}"

    def default(self) -> str:
        """The default of a parameter, and what it accepts, or nothing."""
        default = self.one(["", lambda: f" = {self.value(1)}"])
        return default + self.one(["", "", lambda: f" in {self.value(1)}"])

    def input(self) -> str:
        """An input of a node class."""
        return f"{self.one(KEYS)}{self.sometimes(' ')}: {self.one(TYPES)}{self.default()}"

    def given(self) -> str:
        """The outputs of a node class, if it has any."""
        return self.one(["", lambda: self.arrow() + self.one([*TYPES, self.named_given])])

    def named_given(self) -> str:
        """Its outputs in parentheses."""
        ending = self.one(["", self.separator])
        types = [f"{self.one(KEYS)}: {self.one(TYPES)}" for _ in range(2)]
        return f"({self.edge()}{types[0]}{self.separator()}{types[1]}{ending})"

    def outputs(self) -> str:
        """The outputs of a stage, if it has any."""
        return self.one(["", lambda: self.arrow() + self.one([*TYPES, self.named_outputs])])

    def named_outputs(self) -> str:
        """Outputs in parentheses."""
        first = f"image: {self.one(TYPES)}"
        ending = self.one(["", self.separator])
        return f"({self.edge()}{first}{self.separator()}mask:{self.one(TYPES)}{ending})"

    def file(self) -> str:
        """Declarations, one a line."""
        text = self.several(self.declaration, self.line_end)
        ending = self.one(["", "\n", " # the end", self.line_end])
        return self.one(["", self.line_end, "# the start\n"]) + text + ending


@st.composite
def values(draw: st.DrawFn) -> str:
    """Texts that are one value."""
    return Writer(draw).value()


@st.composite
def files(draw: st.DrawFn) -> str:
    """Texts that are files."""
    return Writer(draw).file()


_SIGNS = "abzAZ09_ \t\n\"`'#\\{}()[],;:=->.*+/…“”\x00\ufeff\r\x0c\u200b→，"


@st.composite
def mutated(draw: st.DrawFn, text: str, most: int = 4) -> str:
    """The text with some stretches taken out, put in, doubled or moved."""
    for _ in range(draw(st.integers(1, most))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(1, 8)))
        how = draw(st.sampled_from(["take", "put", "double", "move"]))
        if how == "take":
            text = text[:start] + text[end:]
        elif how == "put":
            text = text[:start] + draw(st.text(_SIGNS, min_size=1, max_size=4)) + text[start:]
        elif how == "double":
            text = text[:end] + text[start:end] + text[end:]
        else:
            place = draw(st.integers(0, len(text)))
            text = text[:place] + text[start:end] + text[place:]
    return text
