"""rgthree's contexts: many links in one (rgthree/rgthree-comfy: py/context_utils.py)."""

from __future__ import annotations

from wan22dsl.comfyui.nodes.facts import IS_NONE, NOTHING_KNOWN, Facts, Link
from wan22dsl.comfyui.nodes.record import NodeRecord, Reading
from wan22dsl.comfyui.nodes.switches import handed_on

_PACK = "rgthree-comfy"

#: What a context holds, in the order of the outputs behind the context itself.
_FIELDS = (
    *("model", "clip", "vae", "positive", "negative", "latent", "images", "seed"),
    *("steps", "step_refiner", "cfg", "ckpt_name", "sampler", "scheduler"),
    *("clip_width", "clip_height", "text_pos_g", "text_pos_l", "text_neg_g", "text_neg_l"),
    *("mask", "control_net"),
)


def _of_context(fields: dict[str, Link | None], slot: int) -> Link | Facts:
    """An output of a context: itself, or one of its fields; those that are missing are not known."""
    if slot == 0:
        if len(fields) == len(_FIELDS) and not any(fields.values()):
            return IS_NONE
        return Facts(fields=tuple(fields.items()))
    if not 0 < slot <= len(_FIELDS) or _FIELDS[slot - 1] not in fields:
        return NOTHING_KNOWN
    return fields[_FIELDS[slot - 1]] or IS_NONE


_EMPTY: dict[str, Link | None] = dict.fromkeys(_FIELDS)


def _fields_of(facts: Facts) -> dict[str, Link | None]:
    return dict(_EMPTY) if facts.is_none else dict(facts.fields)


def _context(reading: Reading) -> Link | Facts:
    """Context: what is linked to a field, else what the base has there."""
    base = reading.link("base_ctx")
    fields = dict(_EMPTY) if base is None else _fields_of(reading.known(base))
    for name in _FIELDS:
        value = reading.inputs.get(name)
        if isinstance(value, Link):
            if not reading.known(value).is_none:
                fields[name] = value
        elif value is not None:
            fields.pop(name, None)  # a value, which is no link that could be followed
    return _of_context(fields, reading.slot)


def _contexts(reading: Reading) -> list[Facts]:
    links = [link for name, link in reading.links() if name.startswith("ctx_")]
    return [reading.known(link) for link in links]


def _context_switch(reading: Reading) -> Link | Facts:
    """Context Switch: the first context that holds anything."""
    for facts in _contexts(reading):
        if facts.is_none:
            continue
        if not any(link for _, link in facts.fields):
            return NOTHING_KNOWN  # it may hold something or not
        return _of_context(_fields_of(facts), reading.slot)
    return _of_context(dict(_EMPTY), reading.slot)


def _context_merge(reading: Reading) -> Link | Facts:
    """Context Merge: of each field the last one that holds something."""
    contexts = [_fields_of(facts) for facts in reversed(_contexts(reading))]
    fields: dict[str, Link | None] = {}
    for name in _FIELDS:
        for context in contexts:
            if name not in context:
                break
            if context[name] is not None:
                fields[name] = context[name]
                break
        else:
            fields[name] = None
    return _of_context(fields, reading.slot)


RECORDS: tuple[NodeRecord, ...] = (
    *(
        NodeRecord(
            f"{name}{size} (rgthree)",
            _PACK,
            role="pass_on",
            facts=handed_on,
            hands_on=hands_on,
            takes_anything=True,
        )
        for name, hands_on in (
            ("Context", _context),
            ("Context Switch", _context_switch),
            ("Context Merge", _context_merge),
        )
        for size in ("", " Big")
    ),
)
