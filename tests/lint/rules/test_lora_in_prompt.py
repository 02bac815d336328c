"""WAN661: the tags of other programs leave the prompt, and the LoRAs come into the pipeline."""

from __future__ import annotations

import pytest

from tests.newcomers import PORTRAIT
from wan22dsl.api.compiler import check
from wan22dsl.lint.fixing import fix
from wan22dsl.report.text import render
from wan22dsl.source import Source

CODE = "WAN661"

_PROMPT = '    prompt = "She turns to the camera and smiles"'
_LORA = 'lora anna { file = "anna_high.safetensors", noise = "high" }'
_PLAIN = PORTRAIT.replace(
    _LORA,
    'lora anna { high = "anna_high.safetensors", low = "anna_low.safetensors" }\n'
    'lora film { high = "film_high.safetensors", low = "film_low.safetensors" }',
)

#: What the prompt is, and what the line becomes.
FIXED = [
    ('"She turns <lora:anna:0.8>"', '"She turns"', "anna(strength = 0.8)"),
    ('"She turns, <lora:anna:1>"', '"She turns"', "anna(strength = 1)"),
    ('"<lora:anna:0.8> She turns"', '"She turns"', "anna(strength = 0.8)"),
    ('"<lora:anna:0.8>, She turns"', '"She turns"', "anna(strength = 0.8)"),
    ('"She turns <lora:anna:0.8> and smiles"', '"She turns and smiles"', "anna(strength = 0.8)"),
    ('"She turns <lora:anna>"', '"She turns"', "anna"),
    ('"She turns <lora:Anna:0.8>"', '"She turns"', "anna(strength = 0.8)"),
    ('"She turns <LORA:anna:0.8>"', '"She turns"', "anna(strength = 0.8)"),
    ('"She turns <lora:anna:0.8:0.5>"', '"She turns"', "anna(strength = 0.8)"),
    (
        '"She turns <lora:anna:0.8> <lora:film:0.5>"',
        '"She turns"',
        "anna(strength = 0.8), film(strength = 0.5)",
    ),
    (
        '"She turns <lora:anna:0.8>, <lora:film:0.5>, soft light"',
        '"She turns, soft light"',
        "anna(strength = 0.8), film(strength = 0.5)",
    ),
    (
        '"""\n        She turns <lora:anna:0.8>\n        and smiles\n        """',
        '"""\n        She turns\n        and smiles\n        """',
        "anna(strength = 0.8)",
    ),
]

#: Where nobody knows where the LoRA goes: what is replaced in the pipeline, and words of the help.
NOT_FIXED = [
    (_PLAIN, "<lora:mood:0.8>", 'lora mood { file = "mood.safetensors" }'),
    (PORTRAIT, "<lora:anna:0.8>", "in the intended pass"),
    (
        _PLAIN.replace("    seed   = 42", "    add_loras = [film]"),
        "<lora:anna:0.8>",
        "add_loras = [anna(strength = 0.8)]",
    ),
]


def judged(source: Source):
    return check(source).diagnostics


def with_prompt(text: str, prompt: str) -> str:
    return text.replace(_PROMPT, f"    prompt = {prompt}")


@pytest.mark.parametrize(("prompt", "clean", "loras"), FIXED, ids=[each[0] for each in FIXED])
def test_a_tag_leaves_the_prompt_and_its_lora_is_added(prompt, clean, loras):
    text = with_prompt(_PLAIN, prompt)
    assert fix(text, judged).text == text
    done = fix(text, judged, unsafe=True)
    meant = f"{clean}\n    add_loras = [{loras}]"
    assert done.text == with_prompt(_PLAIN, meant), render(done.left)
    assert CODE not in {each.code for each in done.left}


@pytest.mark.parametrize(("text", "tag", "help"), NOT_FIXED, ids=[each[2] for each in NOT_FIXED])
def test_where_the_lora_goes_is_said_in_words_where_nobody_can_know(text, tag, help):
    (found,) = [
        each
        for each in judged(Source(with_prompt(text, f'"She turns {tag}"')))
        if each.code == CODE
    ]
    assert help in found.help
    assert found.fix is None
