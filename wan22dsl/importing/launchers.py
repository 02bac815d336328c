"""A launcher as a `.wan` file: a profile for every line that starts ComfyUI."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.comfyui.starting.launchers.reading import read
from wan22dsl.escapes import one_line
from wan22dsl.language.program import kinds
from wan22dsl.language.syntax import parse, print_file, spelling
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.starting.profile import Flag, FlagValue, Profile, Variable

#: Variables that ComfyUI, torch or their libraries read; the others are the launcher's own.
_READ = re.compile(
    r"(CUDA|CUBLAS|CUDNN|PYTORCH|TORCH|TORCHINDUCTOR|TORCHDYNAMO|NVIDIA|HSA|HIP|ROCR|MIOPEN|OMP|MKL|KMP"
    r"|COMFYUI|HF|TRITON|SAGEATTENTION|XFORMERS|FLASH_ATTENTION|NCCL|LD_PRELOAD|MALLOC|MIMALLOC)(_|\Z)"
)

#: What a script fills in when it runs.
_OPEN = re.compile(r"[$%!`\n]|\{\{")


def text_of(source: Source) -> tuple[str | None, tuple[str, ...]]:
    """The text of a `.wan` file, and what to say about it; None where no line starts ComfyUI.

    What only the script knows when it runs, and variables that are the script's own, are named in a comment.
    """
    profiles = read(source)
    if not profiles:
        return None, (f"{source.path}: no line here starts ComfyUI",)
    file = one_line(re.split(r"[/\\]", source.path)[-1])
    parts = [f"# How ComfyUI is started, from {file}.\nwan 1\n"]
    taken: set[str] = set()
    for profile in profiles:
        parts.append(_declaration(profile, _name(profile.name, taken)))
    tree, found = parse(Source("\n".join(parts), "launch.wan"))
    assert not found, found
    hint = "state `card` and `comfyui` in the profile: then its flags are checked against them"
    return print_file(tree), (hint,)


def _name(shown: str, taken: set[str]) -> str:
    """The name of a launcher as one of the language, each once."""
    plain = re.sub(r"[^a-z0-9_]+", "_", shown.lower()).strip("_") or "launcher"
    plain = plain if plain[0].isalpha() else f"launcher_{plain}"
    name, number = plain if plain not in kinds.NOT_NAMES else f"{plain}_1", 2
    while name in taken:
        name, number = f"{plain}_{number}", number + 1
    taken.add(name)
    return name


def _declaration(profile: Profile, name: str) -> str:
    flags = [
        flag for flag in profile.flags if flag.name.startswith("-") and not _is_open(flag.value)
    ]
    variables = [each for each in profile.environment if _READ.match(each.name)]
    written = [each for each in variables if not _OPEN.search(each.value)]
    stray = [flag.name for flag in profile.flags if not flag.name.startswith("-")]
    left = [flag.name for flag in profile.flags if flag not in flags and flag.name not in stray]
    left += [each.name for each in variables if each not in written]
    lines = [] if profile.span is None else [f"# Line {profile.span.first.line}."]
    if left:
        lines.append(f"# The script fills in: {', '.join(left)}.")
    if stray:
        lines.append(f"# Left out, as ComfyUI takes no words without a flag: {', '.join(stray)}.")
    own = [each.name for each in profile.environment if each not in variables]
    if own:
        lines.append(f"# Left out as the script's own: {', '.join(own)}.")
    lines = [one_line(line) for line in lines]
    lines.append(f"profile {name} {{")
    if flags:
        lines.append(f"flags = {{\n{_joined(map(_flag, flags))}\n}}")
    if written:
        lines.append(f"env = {{\n{_joined(map(_variable, written))}\n}}")
    return "\n".join([*lines, "}", ""])


def _joined(entries: Iterator[str]) -> str:
    return "\n".join(entries)


def _is_open(value: FlagValue) -> bool:
    values = value if isinstance(value, tuple) else (value,)
    return any(isinstance(each, str) and _OPEN.search(each) is not None for each in values)


def _flag(flag: Flag) -> str:
    key = flag.name.lstrip("-").replace("-", "_")
    return f"{spelling.key(key)} = {_value(flag.value)}"


def _value(value: FlagValue) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return spelling.quote(value) if isinstance(value, str) else f"{value}"


def _variable(variable: Variable) -> str:
    value = variable.value
    plain = value if re.fullmatch(r"0|[1-9]\d{0,8}", value) else spelling.quote(value)
    return f"{spelling.key(variable.name)} = {plain}"
