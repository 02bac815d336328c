"""What the ComfyUI page does to a prompt, step by step and letter by letter, for the tests to compare with.

Held against processDynamicPrompt of comfyui-frontend-package 1.58.1 with 200,000 generated texts.
"""

from __future__ import annotations

import re
from random import Random  # noqa: TC003


def processed(text: str, random: Random) -> str:
    """The text that the page sends; of a choice the part that is drawn."""
    text = re.sub(r"/\*[\s\S]*?\*/|//[^\n\r\u2028\u2029]*", "", text)
    letters = iter(text)
    found = ""
    for letter in letters:
        if letter == "\\":
            found += "\\" + next(letters, "undefined")
        elif letter == "{":
            found += _drawn(letters, random)
        else:
            found += letter
    return re.sub(r"\\([{}|])", r"\1", found)


def _drawn(letters, random: Random) -> str:
    parts, part, depth = [], "", 0
    for letter in letters:
        if letter == "\\":
            part += "\\" + next(letters, "undefined")
            continue
        if letter == "{":
            depth += 1
        elif letter == "}":
            if depth == 0:
                break
            depth -= 1
        elif letter == "|" and depth == 0:
            parts.append(part)
            part = ""
            continue
        part += letter
    return processed(random.choice([*parts, part]), random)
