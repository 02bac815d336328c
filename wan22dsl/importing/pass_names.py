"""What the passes of a text are: those of the library as they are, or copies with what differs."""

from __future__ import annotations

from wan22dsl.tuples import NamedTuple

#: The order in which people write the settings of a pass.
ORDER = (
    *"model loras loras_by patches shift sampler cfg steps denoise engine schedule_model".split(),
    *"conditioning image size length seed add_noise leftover_noise handoff vae".split(),
)

#: From so many differences on, a pass is written out instead of being a copy, unless that saves as much.
_TOO_MANY = 4
_SAVES = 3


#: What an engine may leave unread: a pass may have it from the one that it is a copy of.
_UNREAD = ("sampler", "cfg", "denoise")


class Base(NamedTuple):
    """A pass that others can be copies of."""

    name: str
    settings: dict[str, str]


class Written(NamedTuple):
    """A pass as it is in the text: the name in the flow, and its declaration, if it needs one."""

    name: str
    declaration: str


def nearest(settings: dict[str, str], bases: list[Base]) -> tuple[Base | None, dict[str, str]]:
    """The pass that a pass is nearest to, and what differs from it; all of it where none is near."""
    best: Base | None = None
    least: dict[str, str] = {}
    for base in bases:
        found = differences(settings, base.settings)
        if best is None or len(found) < len(least):
            best, least = base, found
    if best is None or len(least) >= len(settings):
        return None, settings
    if len(least) >= _TOO_MANY and len(settings) - len(least) < _SAVES:
        return None, settings
    return best, least


def without_shift(base: Base, library: tuple[str, ...]) -> Base:
    """A pass of the library as it is taken over with patches that set the shift."""
    own = {name: value for name, value in base.settings.items() if name != "shift"}
    return base._replace(settings=own) if base.name.startswith(library) else base


def on_merged(base: Base, settings: dict[str, str], distilled: frozenset[str]) -> Base:
    """A pass as it is taken over on a model that has its distilled LoRA merged in: without distilled ones.

    LoRAs that the copy has of its own are always written; with the same model all are taken over.
    """
    if base.settings.get("model") == settings.get("model"):
        return base
    taken_over = dict(base.settings)
    loras = taken_over.pop("loras", "")
    if "loras" not in settings:
        names = [
            name
            for name in loras.strip("[]").split(", ")
            if name.partition("(")[0] not in distilled
        ]
        if any(names):
            taken_over["loras"] = f"[{', '.join(names)}]"
    return Base(base.name, taken_over)


def differences(settings: dict[str, str], base: dict[str, str]) -> dict[str, str]:
    """What has to be written to make one pass of another."""
    found = {
        name: value for name, value in settings.items() if _alike(base.get(name)) != _alike(value)
    }
    for name in base:
        if name not in settings and not ("engine" in settings and name in _UNREAD):
            found[name] = "[]" if name == "loras" else "none"
    return found


def declared(name: str, base: Base | None, settings: dict[str, str]) -> str:
    """The declaration of a pass."""
    ordered = sorted(settings, key=lambda text: (ORDER.index(text) if text in ORDER else 99, text))
    if base is None:
        inside = "\n".join(f"    {item} = {settings[item]}" for item in ordered)
        return f"pass {name} {{\n{inside}\n}}"
    inside = ", ".join(f"{item} = {settings[item]}" for item in ordered)
    return f"pass {name} = {base.name}({inside})"


def changed(name: str, settings: dict[str, str]) -> str:
    """A pass as it is in a flow, with what can only be said there."""
    if not settings:
        return name
    ordered = sorted(settings, key=lambda text: (ORDER.index(text) if text in ORDER else 99, text))
    return f"{name}({', '.join(f'{item} = {settings[item]}' for item in ordered)})"


def _alike(text: str | None) -> str | None:
    """`1` and `1.0`, and `4` and `0..4 of 4`, are the same."""
    if text is None:
        return None
    try:
        return repr(float(text))
    except ValueError:
        return text.replace(" ", "")
