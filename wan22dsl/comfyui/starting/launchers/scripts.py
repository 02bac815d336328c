"""Batch files, shell scripts and PowerShell scripts that start ComfyUI."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.comfyui.starting.launchers.lines import Line, Setting, behind_main, variables_of
from wan22dsl.comfyui.starting.launchers.words import (
    BATCH,
    POWERSHELL,
    SHELL,
    Word,
    commands,
    expanded,
    split,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(\+?)=(.*)", re.DOTALL)

#: `set "NAME=value"` and `set NAME=value`, up to the end of the line or the next command.
_SET = re.compile(
    r'(?im)^[ \t(@]*set[ \t]+(?:"(\w+)=([^"\n]*)"|(\w+)=([^\n&|]*))|&[ \t]*set[ \t]+(\w+)=([^\n&|]*)'
)
_ENV = re.compile(r"(?i)\$env:(\w+)[ \t]*=[ \t]*(\"[^\"\n]*\"|'[^'\n]*'|[^\s;]+)")
_ARRAY = re.compile(
    r"\$(\w+)[ \t]*\+?=[ \t]*@\(([^)]*)\)|\$(\w+)[ \t]*\+?=[ \t]*(\"[^\"\n]*\"|'[^'\n]*')"
)
_ITEM = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'|([^\s,\"']+)")


# --- shell ---


def shell(text: str) -> Iterator[Line]:
    """The lines of a shell script that start ComfyUI, and those of scripts that it writes."""
    bodies = [match.span(3) for match in _HEREDOC.finditer(text)]
    plain = text
    for start, end in bodies:
        plain = plain[:start] + _blank(plain[start:end]) + plain[end:]
    values = _arrays(plain)
    yield from of_shell(text, commands(_without_arrays(plain), SHELL), values)
    for start, end in bodies:
        if "main.py" in text[start:end]:
            body = _blank(text[:start]) + text[start:end]
            yield from of_shell(text, commands(_without_arrays(body), SHELL), dict(values))


#: Text that a script hands on: `cat > start.sh <<EOF`.
_HEREDOC = re.compile(
    r"<<-?[ \t]*([\"']?)(\w+)\1[^\n]*\n(.*?)^[ \t]*\2[ \t]*$", re.DOTALL | re.MULTILINE
)


def _blank(text: str) -> str:
    """Blanks in place of the text, so that the places of everything else stay."""
    return re.sub(r"[^\n]", " ", text)


def of_shell(
    text: str, found: Iterator[list[Word]], values: dict[str, list[Word]]
) -> Iterator[Line]:
    """The same for commands that were read; `values` are variables that are known before."""
    exported: dict[str, Setting] = {}
    for words in found:
        own: dict[str, Setting] = {}
        rest = list(words)
        removed: set[str] = set()
        while rest and (rest[0].text in _BEFORE or removed_by(rest)):
            name = removed_by(rest)
            removed |= {name} if name else set()
            del rest[: 2 if name else 1]
        while rest:
            match = _ASSIGNMENT.fullmatch(rest[0].text)
            if match is None:
                break
            word = rest.pop(0)
            setting = _assigned(text, word, match, values)
            own[setting.name] = setting
        command = list(expanded(rest, SHELL, values))
        line = behind_main(command, SHELL) if rest else None
        if line is not None:
            left = {name: each for name, each in exported.items() if name not in removed}
            yield _line(words, line, {**left, **own})
        elif not rest:
            for setting in own.values():
                word = Word(setting.value, *setting.at)
                before = values.get(setting.name, [])
                adds = text[setting.name_at[1] : setting.name_at[1] + 1] == "+"
                values[setting.name] = [*(before if adds else []), *split(word, text)]
                exported[setting.name] = setting


#: Words before a command or an assignment that change neither.
_BEFORE = frozenset(
    "export env declare -x local readonly set exec nohup sudo time then do else { ( if".split()
)


def removed_by(words: list[Word]) -> str:
    """The variable that `-u NAME` of `env` takes away; empty where there is no such option."""
    return words[1].text if words[0].text == "-u" and len(words) > 1 else ""


def _assigned(
    text: str, word: Word, match: re.Match[str], values: dict[str, list[Word]]
) -> Setting:
    name, _, _ = match.groups()
    first = text.find("=", word.start) + 1
    value = Word(match[3], first, word.end)
    (done, *_) = [*expanded([value], SHELL, values), value]
    if SHELL.variable.fullmatch(match[3]) and name not in match[3]:
        known = values.get((SHELL.variable.fullmatch(match[3]) or match)[1] or "")
        done = (
            value if known is None else value._replace(text=" ".join(each.text for each in known))
        )
    start, end = _without_quotes(text, first, word.end)
    return Setting(name, done.text, (word.start, word.start + len(name)), (start, end))


def _without_quotes(text: str, start: int, end: int) -> tuple[int, int]:
    if end - start >= 2 and text[start] in "\"'" and text[end - 1] == text[start]:
        return start + 1, end - 1
    return start, end


_SHELL_ARRAY = re.compile(
    r"(?m)^[ \t]*(?:declare[ \t]+-a[ \t]+|local[ \t]+)?(\w+)(\+?)=\(([^)]*)\)"
)


def _without_arrays(text: str) -> str:
    """The text with its arrays blanked out, so that the places of everything else stay."""
    return _SHELL_ARRAY.sub(lambda match: _blank(match[0]), text)


def _arrays(text: str) -> dict[str, list[Word]]:
    """The arrays of a script: `ARGS=(--listen --lowvram)`, and what is added to them."""
    found: dict[str, list[Word]] = {}
    for match in _SHELL_ARRAY.finditer(text):
        inner = text[: match.start(3)].replace("\n", " ")
        blank = re.sub(r"\S", " ", inner) + match[3]
        words = [word for line in commands(blank, SHELL) for word in line]
        found[match[1]] = [*(found.get(match[1], []) if match[2] else []), *words]
    return found


# --- batch ---


def batch(text: str) -> Iterator[Line]:
    """The lines of a batch file that start ComfyUI."""
    settings: list[tuple[int, Setting]] = []
    for match in _SET.finditer(text):
        name, value = next((index, index + 1) for index in (1, 3, 5) if match[index] is not None)
        end = match.start(value) + len(match[value].rstrip())
        at = (match.start(value), end)
        settings.append(
            (match.end(), Setting(match[name], match[value].rstrip(), match.span(name), at))
        )
    values: dict[str, list[Word]] = {}
    exported: dict[str, Setting] = {}
    for words in commands(text, BATCH):
        if not words:
            continue
        while settings and settings[0][0] <= words[0].start:
            setting = settings.pop(0)[1]
            word = Word(setting.value, *setting.at)
            if BATCH.variable.search(setting.value):
                parts = expanded(
                    [word._replace(text=part) for part in setting.value.split()],
                    BATCH,
                    values,
                    str.upper,
                )
                known = list(parts)
                setting = setting._replace(value=" ".join(each.text for each in known))
                values[setting.name.upper()] = known
            else:
                values[setting.name.upper()] = split(word, text)
            exported[setting.name] = setting
        plain = [_plain(word) for word in _in_block(words)]
        command = [word for word in expanded(plain, BATCH, values, str.upper) if word.text]
        line = behind_main(command, BATCH)
        if line is not None:
            yield _line(words, line, exported)


def _plain(word: Word) -> Word:
    """A word without the `@` that keeps a command from being shown, and without the brackets of a block."""
    text = word.text.lstrip("@(")
    if text.endswith(")") and "(" not in text and not word.is_quoted:
        text = text.rstrip(")")
    return word._replace(text=text, end=word.end - (len(word.text) - len(text)))


def _in_block(words: list[Word]) -> list[Word]:
    """The words of a command: behind `if exist x (`, and before `) else (`."""
    ends = [at for at, word in enumerate(words) if word.text.lower() == "else"]
    words = words[: ends[0]] if ends else words
    starts = [at for at, word in enumerate(words) if word.text.startswith("(")]
    return words[starts[-1] :] if starts else words


# --- PowerShell ---


def powershell(text: str) -> Iterator[Line]:
    """The lines of a PowerShell script that start ComfyUI."""
    values: dict[str, list[Word]] = {}
    for match in _ARRAY.finditer(text):
        name, group = (match[1], 2) if match[1] else (match[3], 4)
        words = values.setdefault(name, [])
        for item in _ITEM.finditer(match[group]):
            part = next(index for index in (1, 2, 3) if item[index] is not None)
            start = match.start(group) + item.start(part)
            place = Word(item[part], start, start + len(item[part]))
            words += split(place, text)
    settings = [
        (
            match.end(),
            Setting(
                match[1],
                match[2].strip("\"'"),
                match.span(1),
                _without_quotes(text, *match.span(2)),
            ),
        )
        for match in _ENV.finditer(text)
    ]
    for found in commands(text, POWERSHELL):
        words = _of_start_process(found, text)
        line = behind_main(list(expanded(words, POWERSHELL, values)), POWERSHELL)
        if line is not None:
            before = {each.name: each for end, each in settings if end <= words[0].start}
            yield _line(words, line, before)


_START_PROCESS = frozenset(("start-process", "saps", "start"))


def _of_start_process(words: list[Word], text: str) -> list[Word]:
    """What `Start-Process python -ArgumentList "main.py", "--cpu"` starts, without its own parameters."""
    if not words or words[0].text.lower() not in _START_PROCESS:
        return words
    at = next((n for n, word in enumerate(words) if _is_parameter(word, "-argumentlist")), 0)
    if not at:
        return words
    named = next((n for n, word in enumerate(words[:-1]) if _is_parameter(word, "-filepath")), 0)
    program = words[named + 1] if named or at > 1 else words[-1]
    listed: list[Word] = []
    for word in words[at + 1 :]:
        written = text[word.start : word.end]
        if listed and not written.startswith(",") and text[listed[-1].end - 1] != ",":
            break
        listed.append(word)
    return [program, *(each for word in listed for each in _items(word, text))]


def _is_parameter(word: Word, name: str) -> bool:
    """Whether a word names a parameter, which may be shortened: `-Arg`."""
    text = word.text.lower().rstrip(":")
    return (len(text) > 2 and text.startswith("-") and name.startswith(text)) or text == "-args"


def _items(word: Word, text: str) -> Iterator[Word]:
    """The words of a list that is written without blanks: `"main.py","--cpu"`."""
    written = text[word.start : word.end]
    if POWERSHELL.variable.fullmatch(written.strip("\"'")):
        yield word
        return
    for item in _ITEM.finditer(written):
        part = next(index for index in (1, 2, 3) if item[index] is not None)
        start = word.start + item.start(part)
        yield from split(Word(item[part], start, start + len(item[part])), text)


def _line(words: list[Word], line: list[Word], settings: dict[str, Setting]) -> Line:
    first, last = words[0], words[-1]
    return Line(tuple(line), variables_of(settings.values()), first.start, last.end)
