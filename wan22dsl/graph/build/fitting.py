"""Fits values to the type that is wanted: what fits by itself, what is loaded, decoded, encoded or run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, nearest
from wan22dsl.graph import messages
from wan22dsl.graph.build import assets, flows, members
from wan22dsl.graph.build.values import (
    Declared,
    Ended,
    Flow,
    Flows,
    Open,
    Outputs,
    Several,
    StageName,
    Wire,
    describe,
)
from wan22dsl.program import kinds
from wan22dsl.program.arithmetic import frames_of
from wan22dsl.program.values import (
    BROKEN,
    FILE_SOCKETS,
    Broken,
    Constant,
    Nothing,
    Type,
    Unknown,
)

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Env, Value
    from wan22dsl.syntax.operators import Nested


#: What ComfyUI's constant types take of ours.
_WIDGETS = {
    "INT": ("int", "frames", "bytes"),
    "FLOAT": ("float", "int", "seconds", "fps"),
    "STRING": ("text", "image", "video", "audio"),
    "BOOLEAN": ("bool",),
}

_RUNNABLE = (Flow, Flows, Open, StageName)


def fit(
    b: Builder,
    value: Value,
    want: Type,
    at_node: Nested,
    env: Env,
    settings: Settings,
    at: str = "",
) -> Value:
    """The value as one of the wanted type; BROKEN, with a finding, when there is no way.

    `at` is the id for what has to be made for it: a loader, a decoder.
    """
    if isinstance(value, (Broken, Nothing)):
        return value
    if want.name == "*" or want.name == "flow":
        return value
    if want.is_socket:
        return _socket(b, value, want, at_node, env, settings, at)
    if isinstance(value, Unknown):
        return _unknown(b, value, want, at_node, env)
    if want.item is not None:
        return _list(b, value, want, at_node, env, settings, at)
    if want.name in kinds.ASSETS or want.name == "family":
        if isinstance(value, Declared) and value.kind == want.name:
            return value
        return refuse(b, value, want, at_node, env)
    if isinstance(value, _RUNNABLE) or (isinstance(value, Declared) and value.kind == "pipeline"):
        return refuse(b, value, want, at_node, env)
    if isinstance(value, Constant):
        fitted = _constant(value, want, settings)
        if fitted is not None:
            return fitted
    return refuse(b, value, want, at_node, env)


def _constant(value: Constant, want: Type, settings: Settings) -> Constant | None:
    kind, data = value
    if kind == want.name:
        return value
    if want.name == "float" and kind == "int":
        return Constant("float", data)
    if want.name in FILE_SOCKETS and kind == "text":
        return Constant(want.name, data)
    if want.name == "text" and kind in FILE_SOCKETS:
        return Constant("text", data)
    if want.name == "frames" and kind == "seconds":
        fps = settings.get("fps")
        if isinstance(fps, Constant):
            return Constant("frames", frames_of(data, fps.data))
        if isinstance(fps, Unknown):
            return Constant("frames", frames_of(data, 16))
        return None
    if want.name == "steps" and kind == "int":
        return Constant("steps", (0, data, data))
    if want.name == "steps" and kind == "range":
        low, high = data
        if low.type == high.type == "int":
            return Constant("steps", (low.data, high.data, None))
    return None


def _unknown(b: Builder, value: Unknown, want: Type, node: Nested, env: Env) -> Value:
    name = value.type.name
    if name in ("*", want.name) or (name, want.name) in (
        ("int", "float"),
        ("seconds", "frames"),
        ("int", "steps"),
        ("text", "image"),
        ("text", "video"),
        ("text", "audio"),
        ("range", "steps"),
    ):
        return Unknown(want)
    if want.item is not None and value.type.item is not None:
        return Unknown(want)
    return refuse(b, value, want, node, env)


def _list(
    b: Builder, value: Value, want: Type, node: Nested, env: Env, settings: Settings, at: str
) -> Value:
    assert want.item is not None
    if not (isinstance(value, Constant) and value.type == "list"):
        return refuse(b, value, want, node, env)
    items = [fit(b, one, want.item, node, env, settings, at) for one in value.data]
    return (
        BROKEN if any(isinstance(one, Broken) for one in items) else Constant("list", tuple(items))
    )


def _socket(
    b: Builder, value: Value, want: Type, node: Nested, env: Env, settings: Settings, at: str
) -> Value:
    if isinstance(value, Flows):
        return refuse(b, value, want, node, env)
    if isinstance(value, _RUNNABLE) or (
        isinstance(value, Declared) and value.kind in ("pass", "pipeline")
    ):
        value = flows.give(b, value, node, env, settings, want)
        if isinstance(value, (Broken, Nothing)):
            return value
    if isinstance(value, Declared):
        return assets.load(b, value, want, node, env, settings)
    if isinstance(value, (Outputs, Several)):
        return members.one_output(b, value, node, env)
    if isinstance(value, Wire):
        if b.fits(value.type, want.name):
            return value
        if value.type == "LATENT" and "IMAGE" in want.name.split(","):
            return flows.decode(b, value, node, env, settings)
        return refuse(b, value, want, node, env)
    if isinstance(value, Unknown):
        if value.type.name == "*" or value.type.is_socket or value.type.name in FILE_SOCKETS:
            name = FILE_SOCKETS.get(value.type.name, value.type.name)
            if name == "*" or b.fits(name, want.name) or (name, want.name) == ("LATENT", "IMAGE"):
                return Unknown(want)
        if value.type.name in _of_widget(want.name) or value.type.name in kinds.ASSETS:
            return Unknown(want)
        return refuse(b, value, want, node, env)
    if isinstance(value, Constant):
        return _widget_or_file(b, value, want, node, env, settings, at)
    return refuse(b, value, want, node, env)


def _of_widget(name: str) -> tuple[str, ...]:
    found: tuple[str, ...] = ()
    for part in name.split(","):
        found += _WIDGETS.get(part, ())
    return found


def _widget_or_file(
    b: Builder, value: Constant, want: Type, node: Nested, env: Env, settings: Settings, at: str
) -> Value:
    if value.type in _of_widget(want.name):
        return value
    for part in want.name.split(","):
        if part in FILE_SOCKETS.values() and value.type in ("text", *FILE_SOCKETS):
            return assets.load_file(b, value, part, env.span(node), settings, at)
    return refuse(b, value, want, node, env)


_WORDS = {
    "int": "a whole number such as 4",
    "float": "a number such as 1.0",
    "bool": "true or false",
    "text": 'a text in quotes, such as "x"',
    "seconds": "seconds, such as 5s",
    "frames": "a length, such as 81f or 5s",
    "fps": "frames per second, such as 16fps",
    "bytes": "an amount of memory, such as 24GiB",
    "size": "a size, such as 832x1216",
    "sampler": "a sampler and a scheduler, such as euler/simple",
    "steps": "steps, such as 0..2 of 4, or 4 for a whole schedule",
    "image": 'the name of an image file, such as "portrait.png"',
    "video": 'the name of a video file, such as "dance.mp4"',
    "audio": 'the name of a sound file, such as "voice.mp3"',
    "INT": "a whole number",
    "FLOAT": "a number",
    "STRING": "a text",
    "BOOLEAN": "true or false",
}


def in_words(want: Type) -> str:
    """A type in the words of a message."""
    if want.item is not None:
        return f"a list of {want.item}s"
    if want.name in _WORDS:
        return _WORDS[want.name]
    if want.is_socket:
        return f"a link of type {want.name}"
    return f"the name of a {want.name}"


def refuse(b: Builder, value: Value, want: Type, node: Nested, env: Env) -> Broken:
    if isinstance(value, Ended):
        b.say(messages.GIVES_NOTHING, env.span(node), what="this flow")
        return BROKEN
    mend, fix = _mend(value, want, node, env)
    what = b.what or "this"
    b.say(
        messages.WRONG_TYPE,
        env.span(node),
        what=what,
        wanted=in_words(want),
        found=describe(value),
        mend=mend,
        fix=fix,
    )
    return BROKEN


def _mend(value: Value, want: Type, node: Nested, env: Env) -> tuple[str, Fix | None]:
    def write(text: str, *, safe: bool = True) -> tuple[str, Fix]:
        return f"Write `{text}`.", Fix(f"write `{text}`", (Edit(env.span(node), text),), safe=safe)

    written = env.span(node).text
    if isinstance(value, Constant) and value.type in ("int", "float"):
        if want.name == "frames" and value.type == "int":
            return write(f"{value.data}f")
        if want.name in ("fps", "seconds"):
            return write(f"{value.data}{'fps' if want.name == 'fps' else 's'}")
        if want.name == "int":
            return "Write a whole number.", None
        if want.name == "text":
            return write(f'"{written}"')
        if want.name == "size" and "*" in written:
            return write("x".join(part.strip() for part in written.split("*")))
        if want.name == "steps" and "-" in written:
            return write(f"{written.replace('-', '..')} of 4", safe=False)
        if want.name == "bytes":
            return write(f"{value.data}GiB", safe=False)
    if isinstance(value, Constant) and want.name == "bool" and value.type == "text":
        guess = nearest(value.data, ("true", "false"))
        if guess:
            return write(guess)
    if isinstance(value, Declared) and want.name == "text":
        return write(f'"{written}"')
    if isinstance(value, Constant) and value.type == "text" and want.name == "flow":
        return "Write the name of a stage or a pass without quotes.", None
    return f"Give {in_words(want)}.", None
