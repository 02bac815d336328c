"""The mistakes that no other tool for ComfyUI tells: 23 of two experts, and 13 that any graph can have.

Each is made in workflow JSON, the form that people have, and is told by its rule. What the editor cannot
save is made in prompt JSON, as scripts write it.
"""

from __future__ import annotations

import json

import pytest

from tests.lint.rules.mutations.suite import drawn, said_of_json
from tests.lint.rules.mutations.test_mutations import ALL

#: The mistake, the mutation that makes it, and the code.
OF_EXPERTS = [
    ("experts swapped", "the models change places, the LoRAs stay", "609"),
    ("experts swapped, by their links", "the links to the samplers change places", "609"),
    ("one expert doubled", "the high-noise expert twice", "610"),
    ("experts of two families", "a low-noise expert for text behind a high-noise expert for pictures", "611"),
    ("an expert alone", "the low-noise expert alone over the whole schedule", "604"),
    ("LoRA on the wrong expert", "each LoRA on the other expert", "602"),
    ("one LoRA on both experts", "the high-noise LoRA on both experts", "602"),
    ("LoRA on one pass only", "no LoRA on the second pass", "720"),
    ("LoRA of another family", "a LoRA for text on an expert for pictures", "606"),
    ("a gap in the steps", "a step is left out", "706"),
    ("an overlap", "a step is run twice", "707"),
    ("an early end", "the last step is not run", "712"),
    ("a start beyond the steps", "the second pass begins behind the last step", "704"),
    ("totals that differ", "the second pass counts more steps, its end stays", "708"),
    ("schedulers that differ", "another scheduler on the second pass", "709"),
    ("samplers that differ", "another sampler on the second pass", "709"),
    ("leftover noise off", "the first pass keeps no noise", "710"),
    ("noise added twice", "the second pass adds noise on top", "711"),
    ("no noise at all", "the first pass adds no noise", "714"),
    ("shifts that differ", "another shift on the second pass", "717"),
    ("cfg with a distilled LoRA", "cfg 7 on both passes", "702"),
    ("the wrong conditioning", "fun control with the models of i2v", "607"),
    ("frames off the formula", "80 frames", "801"),
]  # fmt: skip

GENERIC = [
    ("a class that there is not", "a class that is nearly one", "501"),
    ("a required input missing", "a link is missing", "502"),
    ("a link of the wrong type", "decoded frames where a latent is expected", "503"),
    ("a value out of range", "a strength that is too large", "504"),
    ("a choice that there is not", "a sampler that there is not", "505"),
    ("a value of the wrong type", "words for a number", "506"),
    ("a value that is cut", "half a frame", "507"),
    ("a link to nothing", "a link to nothing", "509"),
    ("an output that there is not", "an output that there is not", "510"),
    ("a circle", "a circle", "511"),
    ("nothing is saved", "nothing is saved", "512"),
    ("an input that there is not", "a setting that the node does not have", "514"),
    ("a link to an input that there is not", "a link that the node does not have", "515"),
]

#: A link that ends nowhere, and a value without a field, are not saved by the editor.
ONLY_IN_PROMPTS = {"509", "514"}


@pytest.mark.parametrize(
    ("mistake", "mutation", "code"),
    [*OF_EXPERTS, *GENERIC],
    ids=[expert[0] for expert in [*OF_EXPERTS, *GENERIC]],
)
def test_a_known_mistake_is_told(mistake: str, mutation: str, code: str):
    (one,) = (file for file in ALL if file.name == mutation)
    prompt = one.broken
    text = json.dumps(prompt, indent=1) if code in ONLY_IN_PROMPTS else drawn(prompt)
    assert {found.code for found in said_of_json(text)} == {f"WAN{code}"}


def test_there_are_as_many_as_are_known():
    assert (len(OF_EXPERTS), len(GENERIC)) == (23, 13)
