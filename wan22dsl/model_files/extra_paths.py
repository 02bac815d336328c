"""`extra_model_paths.yaml` of ComfyUI: which other folders have models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_BYTES = 256 * 1024


class Entry(NamedTuple):
    """A section: the folder that its paths are below, and the paths by kind of model."""

    name: str
    base_path: str
    is_default: bool
    paths: Mapping[str, tuple[str, ...]]


def parse(text: str) -> tuple[list[Entry], list[str]]:
    """The sections of a file, and what ComfyUI cannot read in it.

    A section is a record with `base_path`, `is_default`, and a path or several lines of them for each kind
    of model (Comfy-Org/ComfyUI: utils/extra_config.py).
    """
    import yaml

    try:
        sections = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        return [], [_reason(error)]
    except RecursionError:
        return [], ["is nested too deeply"]
    if sections is None:
        return [], []
    if not isinstance(sections, dict):
        return [], ["has no sections with a name"]
    entries: list[Entry] = []
    problems: list[str] = []
    for name, section in sections.items():
        if section is None:
            section = {}
        if not isinstance(section, dict):
            problems.append(f"`{name}` is no section with paths")
            continue
        entries.append(_entry(str(name), section, problems))
    return entries, problems


def _reason(error: Exception) -> str:
    """What is wrong, in the words of the library and with the line that it gives."""
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
    return f"line {mark.line + 1}: {problem}" if mark is not None else f"is not YAML: {problem}"


def _entry(name: str, section: Mapping[Any, Any], problems: list[str]) -> Entry:
    paths: dict[str, tuple[str, ...]] = {}
    for kind, value in section.items():
        if kind in ("base_path", "is_default"):
            continue
        if isinstance(value, str) and isinstance(kind, str):
            paths[kind] = tuple(line for line in value.split("\n") if line)
        else:
            problems.append(f"`{kind}` of `{name}` is not a path, or lines of paths")
    base_path = section.get("base_path")
    if base_path is not None and not isinstance(base_path, str):
        problems.append(f"`base_path` of `{name}` is not a path")
        base_path = None
    # ComfyUI asks only whether it is something: a number, or text in quotes, is as good as `true`.
    return Entry(name, base_path or "", bool(section.get("is_default")), paths)
