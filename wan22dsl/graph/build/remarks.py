"""What is said about a node in the braces after its call: its title, its mode, and facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, nearest
from wan22dsl.graph import messages
from wan22dsl.graph.build import evaluate, fitting, members
from wan22dsl.graph.build.refusing import choice
from wan22dsl.graph.build.values import Wire
from wan22dsl.graph.model import NOTHING_KNOWN, Facts
from wan22dsl.program.values import Constant, Type
from wan22dsl.syntax import spelling
from wan22dsl.syntax.tree import Attribute

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Env, Value
    from wan22dsl.syntax.tree import Call

_MODES = ("active", "bypass", "mute")


def read(b: Builder, node: Call, env: Env, settings: Settings) -> tuple[str, str, Facts]:
    """The title, the mode and the facts."""
    title, mode, stated = "", "active", {}
    for item in node.about or ():
        if not isinstance(item, Attribute):
            continue  # resolving the file has said so
        name = spelling.plain(item.key.text)
        if name == "title":
            title = _text(b, item, env, settings)
        elif name == "mode":
            mode = _mode(b, item, env, settings)
        elif name in members.FACTS:
            stated[name] = item
        else:
            _unknown(b, item, name, env)
    return title, mode, _facts(b, stated, env, settings) if stated else NOTHING_KNOWN


def _unknown(b: Builder, item: Attribute, name: str, env: Env) -> None:
    guess = nearest(name, ("title", "mode", *members.FACTS))
    mend = f"Did you mean `{guess}`?" if guess else "Remove it."
    span = env.span(item.key)
    fix = Fix(f"write `{guess}`", (Edit(span, guess),), safe=False) if guess else None
    b.say(messages.BAD_REMARK, span, name=name, mend=mend, fix=fix)


def _text(b: Builder, item: Attribute, env: Env, settings: Settings) -> str:
    with b.about(f"the {spelling.plain(item.key.text)} of a node"):
        found = evaluate.value(b, item.value, env, settings)
        found = fitting.fit(b, found, Type("text"), item.value, env, settings)
    return found.data if isinstance(found, Constant) else ""


def _mode(b: Builder, item: Attribute, env: Env, settings: Settings) -> str:
    mode = _text(b, item, env, settings)
    if not mode:
        return "active"
    chosen = choice(b, Constant("text", mode), _MODES, "mode", item.value, env)
    return chosen.data if isinstance(chosen, Constant) else "active"


def _facts(b: Builder, stated: dict[str, Attribute], env: Env, settings: Settings) -> Facts:
    values: dict[str, Value] = {}
    for name, item in stated.items():
        with b.about(f"the fact `{name}`"):
            want = Type(members.FACTS[name])
            with b.stating_facts():
                found = evaluate.value(b, item.value, env, settings, want=want)
            values[name] = fitting.fit(b, found, want, item.value, env, settings)

    def data(name: str) -> int | float | None:
        found = values.get(name)
        return found.data if isinstance(found, Constant) else None

    size, vae = values.get("size"), values.get("vae")
    width, height = size.data if isinstance(size, Constant) else (None, None)
    frames, fps, wide, high = (data(name) for name in ("length", "fps", "width", "height"))
    return Facts(
        frames=int(frames) if frames is not None else None,
        fps=float(fps) if fps is not None else None,
        width=int(wide) if wide is not None else width,
        height=int(high) if high is not None else height,
        vae=vae.link if isinstance(vae, Wire) else None,
    )
