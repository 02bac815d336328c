"""Keys of records: flags and environment of a profile, what a bench varies, grades, annotations of a node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.editor.completion import keys, pipelines, typed
from wan22dsl.language.program import kinds, meanings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.editor.completion.place import Frame, Place
    from wan22dsl.editor.completion.scope import Scope
    from wan22dsl.editor.completion.suggestion import Suggestion
    from wan22dsl.editor.completion.want import Want

#: Variables that people set for ComfyUI and torch.
_VARIABLES = (
    ("OMP_NUM_THREADS", "number", "Threads of the CPU that each process uses."),
    ("CUDA_VISIBLE_DEVICES", "number", "The cards that ComfyUI sees."),
    ("PYTORCH_CUDA_ALLOC_CONF", "text", "How torch allocates memory of the card."),
    ("HF_HOME", "text", "Folder of the Hugging Face cache."),
)

#: Flags that people set for Wan, the usual first.
_USUAL_FLAGS = (
    *("reserve_vram", "use_sage_attention", "fast", "disable_dynamic_vram", "port", "listen"),
    *("lowvram", "highvram", "cache_none", "disable_pinned_memory", "disable_async_offload"),
    *("fp8_e4m3fn_unet", "cpu_vae", "use_flash_attention", "preview_method", "high_ram"),
)

_Row = tuple[str, str, str]


def record_keys(scope: Scope, place: Place, want: Want) -> Iterator[Suggestion]:
    """The keys that fit in a record, by the setting that it is for."""
    rows: Iterator[_Row] | tuple[_Row, ...] = ()
    setting = place.frames[-1].key or want.setting
    if want.setting == "flags":
        rows = _flags(place)
    elif want.setting == "env":
        rows = _VARIABLES
    elif want.setting in kinds.BENCH_RECORDS:
        rows = _varied(scope, place, want.setting)
    elif setting in kinds.TARGET_LIMITS or want.setting in kinds.TARGET_LIMITS:
        unit = kinds.TARGET_LIMITS.get(want.setting, "seconds")
        rows = tuple((grade, f"range of {unit}", "") for grade in kinds.GRADES)
    elif want.owner == "record node":
        rows = tuple(
            (name, kind, meanings.MEMBERS.get(name, "")) for name, kind in kinds.FACTS.items()
        )
    elif want.setting == "size":
        rows = (("width", "int", ""), ("height", "int", ""))
    given = place.frame.entries
    yield from keys.of_record((row for row in rows if row[0] not in given), place)


def about_node(place: Place, frame: Frame) -> Iterator[Suggestion]:
    """What can be said about a node, in the braces behind its call."""
    rows = (
        *(
            ("title", "text", meanings.ANNOTATIONS["title"]),
            ("mode", "text", meanings.ANNOTATIONS["mode"]),
        ),
        *((name, kind, meanings.MEMBERS.get(name, "")) for name, kind in kinds.FACTS.items()),
        *(
            ("on", "bool", meanings.ANNOTATIONS["on"]),
            ("widgets", "list", meanings.ANNOTATIONS["widgets"]),
        ),
    )
    yield from keys.of_record((row for row in rows if row[0] not in frame.entries), place)


def facts(place: Place, frame: Frame) -> Iterator[Suggestion]:
    """What a `node` declaration says: facts, and where the class is from."""
    rows = (
        *(
            (name, str(kind), meanings.of_setting("node", name))
            for name, kind in kinds.NODE_SETTINGS.items()
        ),
        *((name, kind, meanings.MEMBERS.get(name, "")) for name, kind in kinds.FACTS.items()),
    )
    yield from keys.of_record((row for row in rows if row[0] not in frame.entries), place)


def _flags(place: Place) -> Iterator[_Row]:
    from wan22dsl.comfyui.starting.flags import flags_of

    version = next(
        (
            frame.entries["comfyui"].strip('"')
            for frame in place.frames
            if frame.entries.get("comfyui", "").startswith('"')
        ),
        "",
    )
    flags = {
        name.lstrip("-").replace("-", "_"): info
        for name, info in flags_of(version).flags.items()
        if not info.same_as and not info.unproven
    }
    usual = [key for key in _USUAL_FLAGS if key in flags]
    for key in dict.fromkeys((*usual, *flags)):
        info = flags[key]
        takes = {"": "switch", "optional": f"switch, or {info.kind}", "any": "switch, or words"}
        detail = takes.get(info.takes, info.kind)
        if info.default is not None:
            detail += f", default {info.default}"
        choices = f"One of {', '.join(info.choices)}." if info.choices else ""
        yield key, detail, choices


def _varied(scope: Scope, place: Place, setting: str) -> Iterator[_Row]:
    """Parameters of the file, settings of the passes of the pipeline, settings of the pipeline itself."""
    of = next((frame.entries["of"] for frame in place.frames if frame.entries.get("of")), "")
    if setting == "baseline":
        yield "profiles", "profile", "The profile to compare with."
        block = next((frame for frame in place.frames if frame.kind == "block"), None)
        for key in _keys_of(block.entries.get("vary", "")) if block is not None else ():
            yield key, "as varied", ""
    for seen in scope.seen("param"):
        if not seen.name.startswith("_") and seen.distance < 2:
            yield seen.name, f"param {scope.meaning(seen).type}", ""
    flow = ""
    meaning = scope.of_name(of.partition("(")[0]) if of else typed.UNKNOWN
    if meaning.kind == "pipeline" and meaning.module is not None:
        settings = typed.settings_of(meaning.module, meaning.name)
        flow = pipelines.text_of(settings, "flow")
    names = [each.name for each in pipelines.passes_in(scope, flow)] or ["high", "low"]
    for name in dict.fromkeys(names):
        for key in ("cfg", "steps", "shift", "sampler", "model", "loras", "patches"):
            yield f"{name}.{key}", str(kinds.PASS_SETTINGS[key]), meanings.of_setting("pass", key)
    for key in ("length", "size", "prompt", "image", "seed", "negative"):
        yield key, str(kinds.PASS_SETTINGS[key]), meanings.of_setting("pipeline", key)


def _keys_of(written: str) -> list[str]:
    from wan22dsl.language.syntax.tree import Attribute, List, Record

    tree = typed.read(written)
    records = tree.items if isinstance(tree, List) else (tree,)
    return [
        item.key.text
        for record in records
        if isinstance(record, Record)
        for item in record.items
        if isinstance(item, Attribute)
    ]


def flag_values(key: str) -> tuple[str, ...]:
    """What a flag of ComfyUI can be, as a profile writes it."""
    from wan22dsl.comfyui.starting.flags import flags_of

    flags = flags_of()
    info = flags.get(flags.by_key(key))
    if info is None:
        return ()
    found = [] if info.takes not in ("", "optional", "any") else ["true"]
    if key == "reserve_vram":
        found += ["1.0", "1GiB"]
    elif isinstance(info.default, (int, float)) and not isinstance(info.default, bool):
        found.append(str(info.default))
    for choice in info.choices:
        text = f'"{choice}"'
        found.append(f"[{text}]" if info.takes in ("any", "some") else text)
    return tuple(found)
