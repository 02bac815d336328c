"""Files that are something else: YAML, Python, Markdown around a pipeline, a prompt alone.

Looked at only where a file cannot be read. What begins with `wan`, or declares anything of ours outside of a
fenced block, is a `.wan` file with mistakes, which recovery reports one by one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.source import Span
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.source import Source

_OURS = re.compile(
    r"(?:let|pipeline|pass|stage|graph|lora|model|param|vae|family|text_encoder|upscaler|interpolator|target|"
    r"bench|profile|node|clip_vision|audio_encoder)[ \t]+[\w.\"'-]+[ \t]*(?:[={(:]|$)"
)
_HEADER = re.compile(r"(?i)wan[ \t]*[\d\"=:v]|use[ \t]+(?:wan22|\"[^\"]*\")[ \t]*(?:as[ \t]+\w+)?$")
_FENCE = re.compile(r"[ \t]*(?:```|~~~)[ \t]*\w*[ \t]*$")
_CONFLICT = re.compile(r"(?m)^(?:<{7}|>{7}) .*$")
_SETTING = re.compile(r"[a-z_][\w ]*?[ \t]*=(?!=)")
_YAML = re.compile(r"(?:- )?[\"']?[A-Za-z_][\w -]*[\"']?:(?:[ \t]|$)|---[ \t]*$|- ")
_TABLE = re.compile(r"\[\[?[A-Za-z_][\w.\" -]*\]\]?[ \t]*(?:#.*)?$")
_BLOCK = re.compile(r"[A-Za-z_]+[ \t]+[\w\"'-]+[ \t]*[={(:]|[\w.]+[ \t]*[({]")
_FLOW = re.compile(r"[\w.()]+[ \t]*(?:->|=>|→)")
_PROMPT = (
    'Write it as `prompt = "…"` in a pipeline; `wan new clip.wan` creates a file to start from.'
)
_SETTINGS = "Write its settings as `name = value` in `pipeline name {{ … }}`; see `wan new`."

#: Lines by which a language is known, what it is called, and what to do.
_LANGUAGES: tuple[tuple[str, str, str], ...] = (
    (r"(?i)<!doctype|<html\b", "HTML", "Download the raw file: this may be the page around it."),
    (r"<\?xml|<[A-Za-z]\w*[ />]", "XML", _SETTINGS),
    (r"diff --git |--- \S|\+\+\+ \S|@@ -\d", "a patch", "Apply it: `git apply FILE`."),
    (
        r"#!.*\b(?:ba|z)?sh\b|(?:sudo |\$ )?(?:python3?|pip3?|comfy|curl|git|cd|export|set) +\S+.*$",
        "a shell script",
        _SETTINGS,
    ),
    (
        r"import \w+ from |export |(?:const|var|function) \w+.*[{;(]$|module\.",
        "JavaScript",
        _SETTINGS,
    ),
    (r"(?:pub )?fn \w+|use [\w:]+::|impl ", "Rust", _SETTINGS),
    (r"#include|(?:int|void) \w+\(", "C", _SETTINGS),
    (
        (
            r"import [\w.]+(?: as \w+)?$|from [\w.]+ import |(?:async )?def \w+\(|class \w+.*:$|if .*:$|@\w|"
            r"(?:print|with|for) ?\(?.*[):]$|[\w.]+(?: = [\w.]+)?\(.*\)?$"
        ),
        "Python",
        _SETTINGS,
    ),
)
_KNOWN = tuple((re.compile(pattern), name, help) for pattern, name, help in _LANGUAGES)


class _Line(NamedTuple):
    text: str
    start: int


def not_ours(source: Source) -> Diagnostic | None:
    """What a file is that is no `.wan` file; None where it may be one."""
    from wan22dsl.language.syntax.messages import MERGE_CONFLICT, NOT_WAN

    text = source.text
    conflict = _CONFLICT.search(text)
    if conflict is not None and "=======" in text:
        return MERGE_CONFLICT.at(Span(source, *conflict.span()))
    lines = _lines(text)
    is_yaml = _is_yaml(lines)
    if not lines or (_HEADER.match(lines[0].text) and not is_yaml):
        return None
    first = Span(source, lines[0].start, lines[0].start + len(lines[0].text))
    fences = [line for line in lines if _FENCE.match(line.text)]
    if fences:
        fix = _fenced(source, fences)
        help = "Keep only what is between the fences." if fix else _SETTINGS.format()
        return NOT_WAN.at(first, what="Markdown", help=help, fix=fix)
    if any(_OURS.match(line.text) for line in lines):
        return None
    if not is_yaml and any(_HEADER.match(line.text) for line in lines):
        return None
    found = _language(text, [line for line in lines if line.text[:1].strip()])
    if found is None:
        return None
    what, help = found
    return NOT_WAN.at(first, what=what, help=help.replace("{{", "{").replace("}}", "}"))


def json(source: Source, *, is_comfyui: bool) -> Diagnostic:
    """The finding for JSON in a file that is named like a `.wan` file."""
    from wan22dsl.language.syntax.messages import NOT_WAN

    help = _SETTINGS.format()
    if is_comfyui:
        help = "Rename it to `.json` and lint it, or convert it with `wan import`."
    start = len(source.text) - len(source.text.lstrip())
    what = "ComfyUI JSON" if is_comfyui else "JSON"
    return NOT_WAN.at(Span(source, start, start + 1), what=what, help=help)


def _lines(text: str) -> list[_Line]:
    """The lines that say something; comments do not, but `#!` and `#include` do."""
    found, at = [], 0
    for line in text.split("\n"):
        said = line.strip()
        if said and (not said.startswith("#") or re.match(r"#(?:!|include)", said)):
            found.append(_Line(line.rstrip(), at))
        at += len(line) + 1
    return found


def _language(text: str, lines: list[_Line]) -> tuple[str, str] | None:
    """What a text is, by the lines that are not indented."""
    if not lines:
        return None
    if any(_TABLE.match(line.text) for line in lines):
        return "TOML or INI", _SETTINGS
    if lines[0].text.startswith("---") and len(lines[0].text.strip()) == 3:
        return "YAML", _SETTINGS
    for pattern, name, help in _KNOWN:
        if pattern.match(lines[0].text):
            return name, help
    if re.search(r"(?m)^Negative prompt:|^Steps: \d+, ", text):
        return "a prompt alone", _PROMPT
    if any(_SETTING.match(line.text) or _FLOW.match(line.text) for line in lines):
        return None
    if all(_YAML.match(line.text) for line in lines):
        return ("YAML", _SETTINGS) if _is_yaml(lines) else None
    is_prose = not re.search(r"(?m)[{}=]|->|^[ \t]*(?:let|pass|pipeline|use|wan)\b", text)
    words = [len(re.findall(r"[^\W\d_]+", line.text)) for line in lines]
    if is_prose and min(words) >= 2 and max(words) >= 3 and '"' not in lines[0].text[1:-1]:
        return "plain text", _PROMPT
    if len(lines) < 2 or any(_BLOCK.match(line.text) for line in lines):
        return None
    return "in another language", _SETTINGS


def _is_yaml(lines: list[_Line]) -> bool:
    """Whether all is `key: value`, and not only settings of a pipeline in a row."""
    if not all(_YAML.match(line.text) for line in lines if line.text[:1].strip()):
        return False
    is_flat = all(re.match(r"[a-z_]\w*:[ \t]*\S", line.text) for line in lines)
    return not is_flat or any(re.match(r"wan:|\w+:[ \t]*[>|][ \t]*$", line.text) for line in lines)


def _fenced(source: Source, fences: list[_Line]) -> Fix | None:
    """A fix that keeps the one fenced block; safe where nothing else is there."""
    text = source.text
    if len(fences) > 2:
        return None
    inside = text.find("\n", fences[0].start) + 1 or len(text)
    end = fences[1].start if len(fences) == 2 else len(text)
    if not any(
        _HEADER.match(line.text) or _OURS.match(line.text) for line in _lines(text[inside:end])
    ):
        return None
    stop = text.find("\n", end) + 1 or len(text)
    edits = (Edit(Span(source, 0, inside), ""), Edit(Span(source, end, len(text)), ""))
    around = text[: fences[0].start] + text[stop:] if len(fences) == 2 else text[: fences[0].start]
    return Fix("keep only the fenced block", edits, safe=not around.strip())
