"""Messages about values that the ComfyUI page sends in another form than a workflow has them."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity

_WORKFLOW = """\
{{
    "nodes": [
        {{"id": 1, "type": "{type}", "mode": 0, "inputs": [], "outputs": [],
            "widgets_values": [{values}]}}
    ],
    "links": [],
    "version": 0.4
}}
"""

_GOOD = """\
{
    "nodes": [
        {"id": 1, "type": "LoadImage", "mode": 0, "inputs": [],
            "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [1]}],
            "widgets_values": ["start.png", "image"]},
        {"id": 2, "type": "SaveImage", "mode": 0,
            "inputs": [{"name": "images", "type": "IMAGE", "link": 1}], "outputs": [],
            "widgets_values": ["%year%-%month%-%day%/dog"]}
    ],
    "links": [[1, 1, 0, 2, 0, "IMAGE"]],
    "version": 0.4
}
"""


def _prompt(text: str) -> str:
    return _WORKFLOW.format(type="CLIPTextEncode", values=f'"{text}"')


RANDOM_CHOICE = Message(
    code="WAN567",
    name="random-choice",
    severity=Severity.NOTE,
    summary="A choice in braces is drawn for each run",
    text="`{input}` of {node} has a choice in braces, drawn for each run.",
    why=(
        "The ComfyUI page replaces `{{a|b}}` with one of its parts when it queues the workflow. "
        "`.wan` files and prompt JSON have no such choice: the braces are sent as part of the "
        "text."
    ),
    help="Write the intended words before you import the workflow.",
    bad=_prompt("a {red|blue} dog"),
    good=_GOOD,
    source="Comfy-Org/ComfyUI_frontend, processDynamicPrompt",
)

BACKSLASH_AT_END = Message(
    code="WAN568",
    name="backslash-at-end",
    severity=Severity.WARNING,
    summary="A string ends in a backslash that the ComfyUI page cannot send",
    text="`{input}` of {node} ends in a backslash, which the ComfyUI page cannot send.",
    why=(
        "The page reads a backslash together with the next character. At the end of a string "
        "there is none, and it sends `\\undefined`. `wan compile --format workflow` adds a space "
        "after the backslash."
    ),
    help="Remove the backslash at the end.",
    bad=_prompt("a dog \\\\"),
    good=_GOOD,
    source="Comfy-Org/ComfyUI_frontend, processDynamicPrompt",
)

LOST_DIGITS = Message(
    code="WAN569",
    name="lost-digits",
    severity=Severity.WARNING,
    summary="The ComfyUI page changes the last digits of a large number",
    text="`{input}` of {node} is {value}, which the ComfyUI page changes to {changed}.",
    why=(
        "The page stores numbers as JavaScript does: above 9007199254740992 the last digits are "
        "lost. The video changes, or the server rejects a number that is now above its maximum."
    ),
    help="Use {usable}, or another number up to 9007199254740992.",
    bad=_WORKFLOW.format(type="RandomNoise", values='18446744073709551615, "fixed"'),
    good=_GOOD,
    source="Comfy-Org/ComfyUI_frontend; ECMA-262, Number::toString",
)

FILLED_IN_BY_PAGE = Message(
    code="WAN570",
    name="filled-in-by-page",
    severity=Severity.NOTE,
    summary="A string has a part that only the ComfyUI page fills in",
    text="`{input}` of {node} has `{part}`, which only the ComfyUI page replaces.",
    why=(
        "The page fills in the date, or the value of another node. The server does not: a prompt "
        "that is sent in another way keeps these words in its file names."
    ),
    help="Remove `{part}`, or write its value.",
    bad=_WORKFLOW.format(type="SaveImage", values='"%date:yyyy-MM-dd%/dog"'),
    good=_GOOD,
    source="Comfy-Org/ComfyUI_frontend, applyTextReplacements",
)
