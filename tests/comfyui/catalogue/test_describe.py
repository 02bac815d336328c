"""How a class is shown: its call as it stands in a `.wan` file, and what its inputs take."""

from __future__ import annotations

from wan22dsl.comfyui.catalogue.describe import describe, signature
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.comfyui.catalogue.schema import Growing, Input, NodeClass, Output
from wan22dsl.language.syntax.parser import parse
from wan22dsl.source import Source

SHOWN = """\
Some(model = model, mode = "fast", mode.n = n, values.a = a)

from the pack My-Pack
an output node: it ends a graph

inputs
  model       MODEL  a link
  mode        COMBO  one of "fast", "slow", "best"
    with "fast", "slow":
      mode.n  INT    at least 1
    with "best":
      mode.n  INT    optional; at most 9
  values      INT    1 to 3 of them: `values.a`, `values.b`, …

optional inputs
  file  COMBO  a file of the folder vae; or "pixel_space"

outputs
  0  MODEL      MODEL
  1  `my mask`  MASK
"""


def get(name: str) -> NodeClass:
    found = open_catalogue("0.33.0").get(name)
    assert found is not None
    return found


def test_a_short_call_is_one_line() -> None:
    assert signature(get("VAEDecode")) == "VAEDecode(samples = samples, vae = vae)"
    assert signature(get("VAELoader")) == 'VAELoader(vae_name = "…")'
    assert signature(get("BatchImagesNode")) == "BatchImagesNode(images.image0 = image0)"
    assert signature(NodeClass("Nothing", (), ())) == "Nothing()"


def test_a_long_call_has_a_line_for_each_input() -> None:
    lines = signature(get("RIFE VFI")).splitlines()
    assert lines[:3] == ["`RIFE VFI`(", '    ckpt_name = "rife49.pth"', "    frames = frames"]
    assert lines[-1] == ")"


def test_names_that_are_no_words_stand_in_backticks() -> None:
    odd = NodeClass(
        "VAE`s", (Input("double_blocks.0.", "INT", default=1), Input("in", "MODEL")), ()
    )
    assert signature(odd) == "`VAE\\`s`(`double_blocks.0.` = 1, `in` = value)"


def test_values_are_written_as_in_a_file() -> None:
    texts = ("{prompt}", "{a: 1}", 'say "x"\n')
    inputs = [Input(f"t{n}", "STRING", default=text) for n, text in enumerate(texts)]
    box = Input("box", "BOX", default={"x": 0, "a b": [True, None]}, widget=True)
    assert signature(NodeClass("T", (*inputs, box), ())) == (
        'T(t0 = "\\{prompt}", t1 = "{a: 1}", t2 = "say \\"x\\"\\n", '
        "box = { x = 0, `a b` = [true, null] })"
    )


def test_what_is_shown_of_a_class() -> None:
    growing = Growing(Input("v", "INT"), 1, 3, ("a", "b", "c"))
    branches = {
        "fast": (Input("n", "INT", minimum=1),),
        "slow": (Input("n", "INT", minimum=1),),
        "best": (Input("n", "INT", required=False, maximum=9),),
    }
    shown = describe(
        NodeClass(
            "Some",
            (
                Input("model", "MODEL"),
                Input("mode", "COMBO", options=("fast", "slow", "best"), branches=branches),
                Input("values", "INT", grows=growing),
                Input("file", "COMBO", required=False, files="vae", fixed=("pixel_space",)),
            ),
            (Output("MODEL", "MODEL"), Output("my mask", "MASK")),
            is_output=True,
            pack="My-Pack",
        )
    )
    assert shown == SHOWN


def test_every_class_can_be_shown_and_the_language_reads_its_call() -> None:
    catalogue = open_catalogue("0.33.0")
    calls = []
    for name in catalogue.names():
        shown = describe(get(name))
        assert all(line == line.rstrip() for line in shown.splitlines())
        calls.append(shown.partition("\n\n")[0])
    _, mistakes = parse(Source("\n".join(["wan 1", "graph g {", *calls, "}"]) + "\n"))
    assert mistakes == []
