"""WAN524: a word in a file name that the server does not replace."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN524",
    name="word-not-replaced",
    severity=Severity.NOTE,
    summary="A file name has a placeholder that the server does not replace",
    text="`filename_prefix` of {node} has `{part}`, which the server does not replace.",
    why=(
        "The ComfyUI page replaces `%date:yyyy-MM-dd%` and `%KSampler.seed%` before it sends a "
        "workflow. A prompt that is sent in another way keeps these words in its file names."
    ),
    help=(
        "Remove it, or use a placeholder of the server: %year% %month% %day% %hour% %minute% "
        "%second% %width% %height%."
    ),
    bad=portrait('wan22.high -> wan22.low -> save("%date:yyyy-MM-dd%/portrait")'),
    good=portrait('wan22.high -> wan22.low -> save("%year%-%month%-%day%/portrait")'),
    source="Comfy-Org/ComfyUI, folder_paths.py, get_save_image_path; ComfyUI_frontend, applyTextReplacements",
)

#: Rules judge what is sent; of workflow JSON the page replaces the words, which WAN570 says.
UNSEEN_IN = {"workflow": "the ComfyUI page replaces these words when it sends a workflow (WAN570)"}

_REPLACED_BY_SERVER = frozenset("year month day hour minute second width height batch_num".split())
_WORD = re.compile(r"%(date:[^%]+|[A-Za-z_][^%./\\]*\.[A-Za-z_][^%./\\]*|[A-Za-z_]+)%")


def check(view: View) -> Iterator[Diagnostic]:
    """The first such word of every name."""
    if view.graph.drawn:
        return
    for node in view.needed:
        prefix = node.inputs.get("filename_prefix")
        by_server = "server" in record_of(node.class_name).replaces_words
        if not by_server or not isinstance(prefix, str):
            continue
        for name in _REPLACED_BY_SERVER:  # as the server does: %% is nothing special
            prefix = prefix.replace(f"%{name}%", "/")
        found = _WORD.search(prefix)
        if found is not None:
            yield MESSAGE.at(
                node.spans.get("filename_prefix", node.span), node=named(node), part=found.group()
            )
