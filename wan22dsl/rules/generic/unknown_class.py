"""WAN501: a class that the catalogue does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.catalogue.nearby import meant_class
from wan22dsl.catalogue.open import BUNDLED
from wan22dsl.diagnostics import Edit, Fix, Message, Severity
from wan22dsl.rules.mending import same_letters
from wan22dsl.rules.wording import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.rules.view import View

MESSAGE = Message(
    code="WAN501",
    name="unknown-class",
    severity=Severity.WARNING,
    text="{who}{target} has no node class {class_name}{hint}",
    why="ComfyUI refuses the whole prompt when it does not know the class of a single node, used "
    "or not. It is an error where the name is nearly a known one, or belongs to another "
    "version; otherwise it may come from a pack that the catalogue does not list.",
    mend="{mend}",
    bad="""\
wan 1

graph demo {
    let start = LoadImage(image = "start.png")
    let latent = VAEEncode(pixels = start.IMAGE, vae = VAELoader(vae_name = "wan_2.1_vae.safetensors"))
    let frames = `VAE Decode (Video)`(
        samples = latent
        vae = VAELoader(vae_name = "wan_2.1_vae.safetensors")
    )
    SaveImage(images = frames[0], filename_prefix = "demo")
}
""",
    good="""\
wan 1

graph demo {
    let start = LoadImage(image = "start.png")
    let latent = VAEEncode(pixels = start.IMAGE, vae = VAELoader(vae_name = "wan_2.1_vae.safetensors"))
    let frames = VAEDecode(samples = latent, vae = VAELoader(vae_name = "wan_2.1_vae.safetensors"))
    SaveImage(images = frames, filename_prefix = "demo")
}
""",
    source="Comfy-Org/ComfyUI, execution.py, validate_prompt",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every node of an unknown class."""
    meant: dict[str, tuple[str | None, str]] = {}
    for node in view.unknown:
        if view.classes[node.class_name] is not None:
            continue  # of another version, which WAN566 tells
        if node.class_name not in meant:
            meant[node.class_name] = meant_class(node.class_name, view.graph.catalogue)
        yield _finding(node, view.graph.catalogue, *meant[node.class_name])


def _finding(node: Node, catalogue: Catalogue, meant: str | None, elsewhere: str) -> Diagnostic:
    hint = f"; did you mean {meant}?" if meant else f"; {elsewhere} has it." if elsewhere else "."
    bundled = any(catalogue.target == f"ComfyUI {version}" for version in BUNDLED)
    if meant:
        mend = f"Write {meant}."
    elif elsewhere:
        mend = f"Use a class that {catalogue.target} has, or compile for {elsewhere}."
    else:
        mend = "Install the pack it comes from, or check the spelling. `wan nodes list` shows what is known."
    surely = (meant and _digits(meant) == _digits(node.class_name)) or elsewhere or not bundled
    return MESSAGE.at(
        node.span,
        severity=Severity.ERROR if surely else Severity.WARNING,
        fix=_fix(node, meant),
        who=f"{node.label}: " if node.label else "",
        target=catalogue.target,
        class_name=shown(node.class_name),
        hint=hint,
        mend=mend,
    )


def _digits(name: str) -> str:
    """A name with other numbers is rather a newer class than a slip: Wan3ImageToVideoApi."""
    return "".join(letter for letter in name if letter.isdigit())


def _fix(node: Node, meant: str | None) -> Fix | None:
    """The name replaced, where the text of the node has it exactly once."""
    if meant is None or node.span is None or not meant.isidentifier():
        return None
    from wan22dsl.source import Span

    for written in (f"`{node.class_name}`", f'"{node.class_name}"', node.class_name):
        if node.span.text.count(written) == 1:
            start = node.span.start + node.span.text.index(written)
            text = f'"{meant}"' if written.startswith('"') else meant
            edit = Edit(Span(node.span.source, start, start + len(written)), text)
            return Fix(f"Write {meant}", (edit,), safe=same_letters(node.class_name, meant))
    return None
