"""Compiles small files for the tests of the library, and finds nodes in what comes out."""

from __future__ import annotations

from typing import Any

from wan22dsl.api.compiler import compile
from wan22dsl.api.targets import DEFAULT_TARGET
from wan22dsl.diagnostics import has_errors
from wan22dsl.source import Source

SETTINGS = """
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 640x480
    length = 81f
    seed   = 7
"""


def prompt_of(text: str, *, target: str = DEFAULT_TARGET) -> dict[str, Any]:
    """The prompt JSON of a file with one pipeline; fails with the messages when there are errors."""
    compiled = compile(Source(text, "test.wan"), target=target)
    reported = [f"{finding.code} {finding.message}" for finding in compiled.diagnostics]
    assert not has_errors(compiled.diagnostics), "\n".join(reported) + "\n" + text
    assert compiled.prompt is not None
    return compiled.prompt


def pipeline(flow: str, more: str = "", declarations: str = "") -> str:
    """A file with a pipeline of that flow."""
    return (
        f"wan 1\nuse wan22\n\n{declarations}\n\n"
        f"pipeline test {{{SETTINGS}{more}\n    flow = {flow}\n}}\n"
    )


def without_image(text: str) -> str:
    """The same file for models that start from text."""
    return text.replace('    image  = "portrait.png"\n', "")


def bare(flow: str, more: str = "") -> str:
    """A file with a pipeline that samples nothing."""
    return f"wan 1\nuse wan22\n\npipeline test {{\n{more}\n    flow = {flow}\n}}\n"


def nodes(prompt: dict[str, Any], class_name: str) -> list[dict[str, Any]]:
    """The inputs of all nodes of a class, in the order in which they run."""
    return [node["inputs"] for node in prompt.values() if node["class_type"] == class_name]


def node(prompt: dict[str, Any], class_name: str) -> dict[str, Any]:
    """The inputs of the only node of a class."""
    found = nodes(prompt, class_name)
    assert len(found) == 1, (
        f"{len(found)} of {class_name} in {[n['class_type'] for n in prompt.values()]}"
    )
    return found[0]


def source_of(prompt: dict[str, Any], link: Any) -> tuple[str, int]:
    """The class and the slot that a link comes from."""
    assert isinstance(link, list), link
    return prompt[link[0]]["class_type"], link[1]
