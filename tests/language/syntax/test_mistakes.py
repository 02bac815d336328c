"""A mistake that can be understood is read as what was meant, and said once, with the fix."""

from __future__ import annotations

import pytest

from tests.language.syntax.fixes import GUESSED, fixed
from tests.language.syntax.shape import said, shape
from wan22dsl.language.syntax import messages, parse
from wan22dsl.source import Source

#: Message, the line as it was written, the line as it was meant.
LINES = [
    ("WRONG_EQUALS", "flow = rife(times: 2)", "flow = rife(times = 2)"),
    ("WRONG_EQUALS", "flow = rife(times :2)", "flow = rife(times = 2)"),
    ("WRONG_EQUALS", "cfg: 1.0", "cfg = 1.0"),
    ("WRONG_EQUALS", "cfg == 1.0", "cfg = 1.0"),
    ("WRONG_EQUALS", "cfg := 1.0", "cfg = 1.0"),
    ("WRONG_EQUALS", "cfg = = 1.0", "cfg = 1.0"),
    ("WRONG_EQUALS", "cfg => 1.0", "cfg = 1.0"),
    ("MISSING_EQUALS", "cfg 1.0", "cfg = 1.0"),
    ("MISSING_EQUALS", 'prompt "She smiles"', 'prompt = "She smiles"'),
    ("MISSING_EQUALS", "loras [a, b]", "loras = [a, b]"),
    ("MISSING_EQUALS", "load Loader(x = 1)", "load = Loader(x = 1)"),
    ("SLASH_WITHOUT_SPACES", "cfg = 7/2", "cfg = 7 / 2"),
    ("SLASH_WITHOUT_SPACES", "cfg = all/2", "cfg = all / 2"),
    ("SLASH_WITHOUT_SPACES", "steps = 0..all/2 of all", "steps = 0..all / 2 of all"),
    (
        "SLASH_WITHOUT_SPACES",
        "flow = a(steps = all/2..all of all)",
        "flow = a(steps = all / 2..all of all)",
    ),
    ("WRONG_ARROW", "flow = a => b", "flow = a -> b"),
    ("WRONG_ARROW", "flow = a → b", "flow = a -> b"),
    ("WRONG_ARROW", "flow = a |> b", "flow = a -> b"),
    ("WRONG_ARROW", "flow = a --> b", "flow = a -> b"),
    ("WRONG_ARROW", "flow = a\n        => b", "flow = a\n        -> b"),
    ("WRONG_COMMENT", "cfg = 1.0 // why -> not", "cfg = 1.0 # why -> not"),
    ("WRONG_COMMENT", "// all of it", "# all of it"),
    ("WRONG_QUOTES", "x = 'text'", 'x = "text"'),
    ("WRONG_QUOTES", "x = 'say \"no\"'", 'x = "say \\"no\\""'),
    ("WRONG_QUOTES", "x = 'it\\'s'", 'x = "it\'s"'),
    ("WRONG_QUOTES", "x = “text”", 'x = "text"'),
    ("WRONG_QUOTES", "x = „text“", 'x = "text"'),
    ("WRONG_QUOTES", 'x = "text”', 'x = "text"'),
    ("WRONG_QUOTES", "x = '''a\n    b'''", 'x = """a\n    b"""'),
    ("UNCLOSED_TEXT", 'x = "text', 'x = "text"'),
    ("UNCLOSED_TEXT", "x = 'text", 'x = "text"'),
    ("UNCLOSED_TEXT", 'x = a -> save("text)', 'x = a -> save("text")'),
    ("UNCLOSED_TEXT", 'x = [f("text)]', 'x = [f("text")]'),
    ("UNCLOSED_TEXT", 'x = save(text")', 'x = save("text")'),
    ("UNCLOSED_TEXT", 'x = She smiles at 5"', 'x = "She smiles at 5"'),
    ("UNCLOSED_TEXT", 'x = She turns, soft light"', 'x = "She turns, soft light"'),
    (
        "UNCLOSED_TEXT",
        'x = """\n        one\n        two',
        'x = """\n        one\n        two\n        """',
    ),
    ("MISSING_COMMA", "a = 1 b = 2", "a = 1, b = 2"),
    ("MISSING_COMMA", "a = wan22.i2v_high b = 2", "a = wan22.i2v_high, b = 2"),
    ("MISSING_COMMA", "a = [x y]", "a = [x, y]"),
    ("MISSING_COMMA", "a = f(b = 1 c = 2)", "a = f(b = 1, c = 2)"),
    ("MISSING_COMMA", "a = 1 let b = 2", "a = 1, let b = 2"),
    ("NEEDLESS_SIGN", "a = [1,, 2]", "a = [1, 2]"),
    ("NEEDLESS_SIGN", "a = [, 1]", "a = [ 1]"),
    ("NEEDLESS_SIGN", "a = 1;", "a = 1"),
    ("NEEDLESS_SIGN", "a = 1; b = 2", "a = 1, b = 2"),
    ("NEEDLESS_SIGN", "a = 1\n    , b = 2", "a = 1\n     b = 2"),
    ("NAME_WITH_SPACE", "x = RIFE VFI(frames = a)", "x = `RIFE VFI`(frames = a)"),
    ("NAME_WITH_SPACE", "x = A 2 b-c(y = 1)", "x = `A 2 b-c`(y = 1)"),
    (
        "NAME_WITH_SPACE",
        "x = Power Lora Loader (rgthree)(y = 1)",
        "x = `Power Lora Loader (rgthree)`(y = 1)",
    ),
    ("LINE_END", "flow =\n        a -> b", "flow = a -> b"),
    ("LINE_END", "a = b +\n        c", "a = b + c"),
    ("LINE_END", "a = b\n        + c", "a = b + c"),
    ("LINE_END", "a\n        = b", "a = b"),
    ("CAPITAL_WORD", "a = True", "a = true"),
    ("CAPITAL_WORD", "a = [None, FALSE_2()]", "a = [none, FALSE_2()]"),
    ("HALF_NUMBER", "a = .5", "a = 0.5"),
    ("HALF_NUMBER", "a = 5.", "a = 5.0"),
    ("HALF_NUMBER", "a = -.5", "a = -0.5"),
    ("LOOKALIKE", "a = f（b)", "a = f(b)"),
    ("LOOKALIKE", "a = [1，2]", "a = [1,2]"),
    ("LOOKALIKE", "a ＝ 1", "a = 1"),
    ("INVISIBLE", "a =\u00a01", "a = 1"),
    ("INVISIBLE", "a = \x00 1", "a =   1"),
    ("INVISIBLE", "a = 1\x0c", "a = 1 "),
    ("TEXT_AS_KEY", 'a = { "b": 1 }', "a = { b = 1 }"),
    ("TEXT_AS_KEY", 'a = { "b c" = 1 }', "a = { `b c` = 1 }"),
    ("UNCLOSED_BACKTICK", "a = `RIFE VFI(x = 1)", "a = `RIFE VFI`(x = 1)"),
    ("UNCLOSED_BRACKET", "a = save(x", "a = save(x)"),
    ("UNCLOSED_BRACKET", "a = [f(x, b]", "a = [f(x, b)]"),
    ("UNCLOSED_BRACKET", "a = f(b = [1, 2, c = 3)", "a = f(b = [1, 2], c = 3)"),
    ("UNCLOSED_BRACKET", "a = f(x = 1 { y = 2 }", "a = f(x = 1) { y = 2 }"),
    ("UNCLOSED_BRACKET", "a = [\n        b\n        c", "a = [\n        b\n        c\n    ]"),
    ("SURPLUS_BRACKET", "a = f(x))", "a = f(x)"),
    ("WRONG_BRACKET", "a = [x)", "a = [x]"),
    ("WRONG_BRACKET", "a = f(x]", "a = f(x)"),
    ("MISSING_BRACKET", 'a = save"x")', 'a = save("x")'),
    ("SPELLED_NUMBER", "size = 832 x 480", "size = 832x480"),
    ("SPELLED_NUMBER", "size = 832×480", "size = 832x480"),
    ("SPELLED_NUMBER", "size = 832px x 480px", "size = 832x480"),
    ("SPELLED_NUMBER", "length = 5 seconds", "length = 5s"),
    ("SPELLED_NUMBER", "length = 5000 ms", "length = 5s"),
    ("SPELLED_NUMBER", "length = 1.5 min", "length = 90s"),
    ("SPELLED_NUMBER", "length = 81 frames", "length = 81f"),
    ("SPELLED_NUMBER", "fps = 16 FPS", "fps = 16fps"),
    ("SPELLED_NUMBER", "denoise = 80%", "denoise = 0.8"),
    ("SPELLED_NUMBER", "steps = 0:2 of 4", "steps = 0..2 of 4"),
    ("SPELLED_NUMBER", "steps = 0 to 2 of 4", "steps = 0..2 of 4"),
    ("WRONG_ARROW", "flow = a | b", "flow = a -> b"),
    ("WRONG_ARROW", "flow = a > b", "flow = a -> b"),
    ("WRONG_ARROW", "flow = a >> [b]", "flow = a -> [b]"),
    ("WRONG_ARROW", "flow = a then b", "flow = a -> b"),
    ("WRONG_ARROW", "flow = a －> b", "flow = a -> b"),
    ("WRONG_ARROW", "flow = a —> b", "flow = a -> b"),
    ("WRONG_COMMENT", "cfg = 1.0 -- why", "cfg = 1.0 # why"),
    ("WRONG_COMMENT", "/* all of it */", "# all of it"),
    ("WRONG_COMMENT", "; all of it", "# all of it"),
    ("WRONG_QUOTES", "x = 「text」", 'x = "text"'),
    ("LOOKALIKE", "a = ８３２x４８０", "a = 832x480"),
    ("LOOKALIKE", "a = [1、2]", "a = [1,2]"),
    ("LORA_STRENGTH", "a = [anna:0.8]", "a = [anna(strength = 0.8)]"),
    ("LORA_STRENGTH", "a = [anna 0.8]", "a = [anna(strength = 0.8)]"),
    ("LORA_STRENGTH", "a = [anna@0.8, b]", "a = [anna(strength = 0.8), b]"),
    ("LORA_STRENGTH", "a = [<lora:anna:0.8>]", "a = [anna(strength = 0.8)]"),
    ("LORA_STRENGTH", "a = <lora:anna:0.8>", "a = [anna(strength = 0.8)]"),
    ("MISSING_CALL", 'x = a -> save "p"', 'x = a -> save("p")'),
    ("MISSING_CALL", "x = a -> rife 2 -> b", "x = a -> rife(2) -> b"),
    ("MISSING_CALL", "x = a -> upscale sharp -> b", "x = a -> upscale(sharp) -> b"),
    ("NEEDLESS_MARK", "x = a \\\n        -> b", "x = a\n        -> b"),
    ("NEEDLESS_MARK", "x = a -> \\\n        b", "x = a ->\n        b"),
    ("NEEDLESS_MARK", "x = $seed", "x = seed"),
    ("NEEDLESS_MARK", "x = ${seed}", "x = seed"),
    ("NEEDLESS_MARK", 'x = f"{seed}"', 'x = "{seed}"'),
    ("FOREIGN_WORD", "set x = 1", "x = 1"),
    (
        "STRING_OVER_LINES",
        'x = "one\n        two"',
        'x = """\n        one\n        two\n        """',
    ),
    (
        "STRING_OVER_LINES",
        'x = f("one\n    two")',
        'x = f("""\n        one\n        two\n        """)',
    ),
    (
        "UNCLOSED_BRACKET",
        'a = b -> rife(times = 2 -> save("p")',
        'a = b -> rife(times = 2) -> save("p")',
    ),
    ("MISSING_QUOTES", "x = She turns, soft light.", 'x = "She turns, soft light."'),
    ("MISSING_QUOTES", "x = She's smiling here", 'x = "She\'s smiling here"'),
]

#: Whole file names are no guess.
SURE = [
    ("MISSING_QUOTES", "image = ./in/portrait.png", 'image = "./in/portrait.png"'),
    ("MISSING_QUOTES", "image = C:\\me\\new.png", 'image = "C:/me/new.png"'),
]


def block(line: str) -> str:
    return (
        f"wan 1\n\npipeline x {{\n    before = 1\n    {line}\n    behind = 2\n}}\n\nlet other = 3\n"
    )


def only(text: str):
    file, diagnostics = parse(Source(text))
    assert len(diagnostics) == 1, [(one.code, one.message) for one in diagnostics]
    return file, diagnostics[0]


@pytest.mark.parametrize(("name", "wrong", "meant"), LINES, ids=[f"{a} {b!r}" for a, b, _ in LINES])
class TestALine:
    def test_is_said_to_be_wrong_once(self, name, wrong, meant):
        _, diagnostic = only(block(wrong))
        assert diagnostic.kind is getattr(messages, name)

    def test_is_read_as_it_was_meant(self, name, wrong, meant):
        file, _ = only(block(wrong))
        assert [shape(one) for one in file.declarations] == said(block(meant))

    def test_is_fixed_to_what_was_meant(self, name, wrong, meant):
        text = block(wrong)
        _, diagnostic = only(text)
        assert diagnostic.fix.safe is (name not in GUESSED)
        assert fixed(text, [diagnostic]) == block(meant)


#: The same, for whole files: what stands between declarations, and around them.
FILES = [
    ("NOT_A_NAME", "pipeline my-video {\n    a = 1\n}\n", "pipeline my_video {\n    a = 1\n}\n"),
    ("NOT_A_NAME", "pipeline 2nd {\n    a = 1\n}\n", "pipeline pipeline_2nd {\n    a = 1\n}\n"),
    ("NOT_A_NAME", 'pipeline "clip" {\n    a = 1\n}\n', "pipeline clip {\n    a = 1\n}\n"),
    ("CAPITAL_WORD", "Pipeline p {\n    a = 1\n}\n", "pipeline p {\n    a = 1\n}\n"),
    ("BLOCK_HEAD", "pipeline p:\n    a = 1\n", "pipeline p {\n    a = 1\n}\n"),
    ("BLOCK_HEAD", "pipeline p:\n    a = 1\n}\n", "pipeline p {\n    a = 1\n}\n"),
    ("BLOCK_HEAD", "pipeline p (\n    a = 1\n)\n", "pipeline p {\n    a = 1\n}\n"),
    ("LINE_END", "pass x\n{\n    a = 1\n}\n", "pass x {\n    a = 1\n}\n"),
    ("LINE_END", "stage s() -> IMAGE\n{\n    a = 1\n}\n", "stage s() -> IMAGE {\n    a = 1\n}\n"),
    ("LINE_END", "let x\n= 1\n", "let x = 1\n"),
    ("MISSING_LINE_END", "wan 1 use wan22\n", "wan 1\nuse wan22\n"),
    ("MISSING_LINE_END", "let a = 1; let b = 2\n", "let a = 1\nlet b = 2\n"),
    ("MISSING_LINE_END", "let a = 1, let b = 2\n", "let a = 1\nlet b = 2\n"),
    ("NEEDLESS_SIGN", "let a = 1,\nlet b = 2\n", "let a = 1\nlet b = 2\n"),
    ("NEEDLESS_SIGN", "let a = 1;\nlet b = 2;\n"[:-2] + "\n", "let a = 1\nlet b = 2\n"),
    ("MISSING_EQUALS", "pass low high(cfg = 1)\n", "pass low = high(cfg = 1)\n"),
    ("MISSING_EQUALS", "let cfg 1.0\n", "let cfg = 1.0\n"),
    ("MISSING_BRACKET", "pass x\n    a = 1\n}\n", "pass x {\n    a = 1\n}\n"),
    ("MISSING_BRACKET", "let a = f\n    b = 1\n)\n", "let a = f(\n    b = 1\n)\n"),
    (
        "UNCLOSED_BRACKET",
        "pass x {\n    a = 1\n\nlet b = 2\n",
        "pass x {\n    a = 1\n}\n\nlet b = 2\n",
    ),
    (
        "UNCLOSED_BRACKET",
        "pass x {\n    a = f(\n        b = 1",
        "pass x {\n    a = f(\n        b = 1\n    )\n}",
    ),
    (
        "UNCLOSED_BRACKET",
        "stage s(in a: IMAGE -> IMAGE {\n    out = a\n}\n",
        "stage s(in a: IMAGE) -> IMAGE {\n    out = a\n}\n",
    ),
    (
        "UNCLOSED_TEXT",
        'pass x {\n    a = """\n        b\n    c = """\n        d\n        """\n}\n',
        'pass x {\n    a = """\n        b\n        """\n    c = """\n        d\n        """\n}\n',
    ),
]


@pytest.mark.parametrize(("name", "wrong", "meant"), FILES, ids=[f"{a} {b!r}" for a, b, _ in FILES])
def test_a_file_is_read_and_fixed_as_it_was_meant(name, wrong, meant):
    file, diagnostic = only(wrong)
    assert diagnostic.kind is getattr(messages, name)
    assert [shape(one) for one in file.declarations] == said(meant)
    assert fixed(wrong, [diagnostic]) == meant


@pytest.mark.parametrize(("name", "wrong", "meant"), SURE)
def test_the_name_of_a_file_gets_quotes_at_once(name, wrong, meant):
    _, diagnostic = only(block(wrong))
    assert diagnostic.kind is getattr(messages, name) and diagnostic.fix.safe
    assert fixed(block(wrong), [diagnostic]) == block(meant)


def test_every_mistake_of_a_file_is_said_in_one_go():
    lines = [wrong for _, wrong, _ in LINES if "\n" not in wrong and '"' not in wrong]
    text = "".join(block(line) for line in lines)
    _, diagnostics = parse(Source(text))
    assert len(diagnostics) == len(lines)
    assert [one.span.start for one in diagnostics] == sorted(one.span.start for one in diagnostics)


def test_a_division_without_spaces_is_shown_as_it_is_meant():
    (finding,) = parse(Source("wan 1\nlet half = all/2\n", "p.wan"))[1]
    assert finding.help == "Write `all / 2`."
