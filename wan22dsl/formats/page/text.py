"""What the ComfyUI page makes of the text of a prompt before it sends it, and how to write one that survives.

Only widgets whose class says `dynamicPrompts` are changed (`Input.dynamic_prompts`). The page

1. removes `/* … */` and `// …` to the end of the line, wherever they are, also in `https://…`;
2. replaces `{a|b}` by one of its parts, drawn anew for each run, and `{a}` by `a`;
3. removes the backslash of `\\{`, `\\}` and `\\|`, and keeps every other one.

Comments have no escape of their own. An empty choice, `{}`, comes to nothing, but after step 1: `/{}/` is
sent as `//`. A backslash always takes the next character with it; at the end of a text there is none, and the
page sends `\\undefined`. No text comes out of the page that ends in an odd number of backslashes.

Source: Comfy-Org/ComfyUI_frontend, processDynamicPrompt, in 1.58.1.
"""

from __future__ import annotations

import re

#: JavaScript's `.` stops at these ends of a line, and Python's only at the first.
_COMMENT = re.compile(r"/\*[\s\S]*?\*/|//[^\n\r\u2028\u2029]*")

_TOKEN = re.compile(r"\\[\s\S]?|[{}|]|[^\\{}|]+")
_ESCAPED = re.compile(r"\\([{}|])")
_BRACE = re.compile(r"(\\*)([{}|])")
_BEGINS_COMMENT = re.compile(r"/(?=[/*])")
_BACKSLASHES_AT_END = re.compile(r"\\+\Z")

#: Braces within each other; each level copies what is in it, so a hostile file must not have thousands.
_MOST_DEEP = 100


def without_comments(text: str) -> str:
    """The text without what the page takes for comments."""
    return _COMMENT.sub("", text) if "/" in text else text


def sent(text: str) -> str | None:
    """The text that the page sends for a widget with this one; None where it draws lots."""
    text = without_comments(text)
    if "\\" not in text and "{" not in text:
        return text
    done: list[list[str]] = []  # of each open brace, the parts that are complete
    open_: list[list[str]] = [
        []
    ]  # of the text and of each open brace, the pieces of the part that is read
    for token in _TOKEN.findall(text):
        if token == "{":
            if len(done) == _MOST_DEEP:
                return None
            done.append([])
            open_.append([])
        elif done and token in "|}":
            done[-1].append(_unescaped(open_.pop()))
            if token == "|":
                open_.append([])
            elif not _close(done, open_):
                return None
        else:
            open_[-1].append("\\undefined" if token == "\\" else token)
    while done:  # the page closes at the end what is still open
        done[-1].append(_unescaped(open_.pop()))
        if not _close(done, open_):
            return None
    return _unescaped(open_.pop())


def _close(done: list[list[str]], open_: list[list[str]]) -> bool:
    """Puts what a pair of braces comes to into the text around it; False where that is not one thing."""
    parts = done.pop()
    open_[-1].append(parts[0])
    return all(part == parts[0] for part in parts)


def _unescaped(pieces: list[str]) -> str:
    text = "".join(pieces)
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


def is_sendable(text: str) -> bool:
    """Whether there is a widget text for which the page sends exactly this one."""
    found = _BACKSLASHES_AT_END.search(text)
    return found is None or len(found.group()) % 2 == 0


def escaped(text: str) -> str:
    """The widget text for which the page sends this one.

    Of a text that is not sendable, it sends this one with a space behind it.
    """
    if not is_sendable(text):
        text += " "
    return _BEGINS_COMMENT.sub("/{}", _BRACE.sub(_escaped_brace, text))


def _escaped_brace(found: re.Match[str]) -> str:
    """Backslashes before a brace or a bar go in pairs; an odd one needs the brace in braces of its own."""
    backslashes, brace = found.groups()
    if len(backslashes) % 2:
        return f"{backslashes}\\{{\\{brace}}}"
    return brace if brace == "|" and not backslashes else f"{backslashes}\\{brace}"
