"""Ways to break a good pipeline, each written in the language, in prompt JSON and in workflow JSON.

A `Mutation` names what is done, what should be said of it and nothing else, and does it in all forms. The
lists stand in the files beside this one; `test_mutations.py` takes them all.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from wan22dsl.api.compiler import check, compile
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.formats import kind, prompt_read, workflow_write
from wan22dsl.formats.prompt import write
from wan22dsl.graph.model import CheckedGraph
from wan22dsl.lint.rules.engine import judge
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.diagnostics import Diagnostic

Prompt = dict[str, Any]

_DECLARED = """\
wan 1
use wan22

model first_model {{
    file   = "wan2.2_{kind}_high_noise_14B_fp8_scaled.safetensors"
    noise  = "high"
    family = wan22.{family}
}}

model second_model {{
    file   = "wan2.2_{kind}_low_noise_14B_fp8_scaled.safetensors"
    noise  = "low"
    family = wan22.{family}
}}

{loras}pass first {{
    model   = first_model
    loras   = [{first}]
    shift   = {shift}
    sampler = euler/simple
    cfg     = {cfg}
    steps   = 0..{half} of {steps}
}}

pass second {{
    model   = second_model
    loras   = [{second}]
    shift   = {shift}
    sampler = euler/simple
    cfg     = {cfg}
    steps   = {half}..{steps} of {steps}
}}

pipeline clip {{
{image}    prompt = "She smiles"
    size   = 832x480
    length = 81f
    seed   = 42
    flow   = first -> second -> save("clip")
}}
"""

_LORAS = """\
lora fast_first {{
    file      = "wan2.2_{lora}_high_noise.safetensors"
    noise     = "high"
    family    = wan22.{family}
    distilled = 4
}}

lora fast_second {{
    file      = "wan2.2_{lora}_low_noise.safetensors"
    noise     = "low"
    family    = wan22.{family}
    distilled = 4
}}

"""

_I2V = {
    "kind": "i2v",
    "family": "i2v_14b",
    "lora": "i2v_lightx2v_4steps_lora_v1",
    "image": '    image  = "portrait.png"\n',
}
_T2V = {
    "kind": "t2v",
    "family": "t2v_14b",
    "lora": "t2v_lightx2v_4steps_lora_v1.1",
    "image": "",
}
_FAST = {
    "first": "fast_first",
    "second": "fast_second",
    "shift": "5.0",
    "cfg": "1.0",
    "half": 2,
    "steps": 4,
}
_PLAIN = {"first": "", "second": "", "shift": "8.0", "cfg": "3.5", "half": 10, "steps": 20}

#: The good pipelines: with the four-step LoRAs and without, from a picture and from text.
GOOD = {
    "fast": _DECLARED.format(**_I2V, **_FAST, loras=_LORAS.format(**_I2V)),
    "plain": _DECLARED.format(**_I2V, **_PLAIN, loras=""),
    "text": _DECLARED.format(**_T2V, **_FAST, loras=_LORAS.format(**_T2V)),
}


class Mutation(NamedTuple):
    """One way to break a good pipeline.

    `codes` are all that is said of it, of every severity; empty where it is odd, but right. `wan` are
    changes of the text: what stands first behind `where`, the old and the new text. `prompt` makes the same
    of the prompt JSON; None where it has no such thing. `language` are codes that only the text gets besides,
    for what it no longer reads or uses. `drawn` are the codes in workflow JSON, where the editor makes
    something else of it: it fills a field, or drops what it has no place for.
    """

    name: str
    codes: str
    wan: tuple[tuple[str, str, str], ...]
    prompt: Callable[[Prompt], Prompt] | None = None
    base: str = "fast"
    language: str = ""
    drawn: str | None = None

    @property
    def expected(self) -> set[str]:
        """The codes, as a set."""
        return {f"WAN{code}" for code in self.codes.split()}

    @property
    def expected_drawn(self) -> set[str]:
        """The codes in workflow JSON, as a set."""
        codes = self.codes if self.drawn is None else self.drawn
        return {f"WAN{code}" for code in codes.split()}

    @property
    def text(self) -> str:
        """The broken pipeline, in the language."""
        text = GOOD[self.base]
        for where, old, new in self.wan:
            at = text.index(old, text.index(where))
            text = text[:at] + new + text[at + len(old) :]
        return text

    @property
    def broken(self) -> Prompt:
        """The broken pipeline, as prompt JSON."""
        prompt = prompt_of(self.base)
        return prompt if self.prompt is None else self.prompt(prompt)


@cache
def _compiled(base: str) -> str:
    compiled = compile(Source(GOOD[base], "good.wan"))
    assert compiled.graph is not None, [finding.message for finding in compiled.diagnostics]
    return json.dumps(write(compiled.graph))


def prompt_of(base: str) -> Prompt:
    """A good pipeline as prompt JSON. The samplers are `first.sampler` and `second.sampler`."""
    prompt: Prompt = json.loads(_compiled(base))
    return prompt


def drawn(prompt: Prompt) -> str:
    """The text of the workflow JSON that the editor would save of a prompt, whatever is wrong with it."""
    graph, _ = prompt_read.read(Source(json.dumps(prompt), "prompt.json"), open_catalogue("0.33.0"))
    assert graph is not None
    return json.dumps(workflow_write.write(CheckedGraph(graph)), indent=1, ensure_ascii=False)


def said_of_json(text: str) -> list[Diagnostic]:
    """What is said of a file of JSON, of whatever form."""
    graph, found = kind.read(Source(text, "broken.json"), open_catalogue("0.33.0"))
    return [*found, *(judge(graph)[1] if graph is not None else ())]


def said_of(text: str) -> list[Diagnostic]:
    """What is said of a file in the language."""
    return check(Source(text, "broken.wan")).diagnostics


def both(prompt: Prompt, kind: str, **inputs: Any) -> Prompt:
    """The prompt with other inputs of a node of both passes, such as `sampler` or `shift`."""
    for name in ("first", "second"):
        prompt = other(prompt, f"{name}.{kind}", **inputs)
    return prompt


def other(prompt: Prompt, id: str, **inputs: Any) -> Prompt:
    """The prompt with other inputs of one node; an input that is a tuple is a link."""
    node = prompt[id]
    made = {
        name: list(input_) if isinstance(input_, tuple) else input_
        for name, input_ in inputs.items()
    }
    return {**prompt, id: {**node, "inputs": {**node["inputs"], **made}}}


def without(prompt: Prompt, *ids: str) -> Prompt:
    """The prompt without some nodes that hand on a model: what took theirs takes what they took."""
    for id in ids:
        before = prompt[id]["inputs"]["model"]
        prompt = {
            name: {
                **node,
                "inputs": {
                    key: before if isinstance(value, list) and value[0] == id else value
                    for key, value in node["inputs"].items()
                },
            }
            for name, node in prompt.items()
            if name != id
        }
    return prompt
