"""WAN501: a class that the catalogue does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.catalogue.open import BUNDLED
from wan22dsl.diagnostics import Edit, Fix, Label, Message, Severity
from wan22dsl.lint.rules.fixes import same_letters
from wan22dsl.lint.rules.generic.packs import pack_named_in
from wan22dsl.lint.rules.wording import counted, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN501",
    name="unknown-class",
    severity=Severity.WARNING,
    summary="A node class is unknown",
    text="{who}{what}",
    why=(
        "ComfyUI rejects the whole prompt when it does not know the class of a single node, used "
        "or not. It is an error where the name is close to a known one, or belongs to another "
        "version; otherwise the class may come from a pack that the catalogue does not list. It "
        "is a note where the name shows its pack."
    ),
    help="{help}",
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


#: So many classes of a pack are named.
_NAMED = 3


def check(view: View) -> Iterator[Diagnostic]:
    """Every unknown class once, and all classes of a pack that is known by their names together."""
    groups: dict[str, list[Node]] = {}
    for node in view.unknown:
        if view.classes[node.class_name] is None:  # else of another version, which WAN566 tells
            groups.setdefault(_pack(view, node) or node.class_name, []).append(node)
    for nodes in groups.values():
        pack = _pack(view, nodes[0])
        yield _finding(view.graph.catalogue, nodes) if pack is None else _of_pack(pack, nodes)


def _pack(view: View, node: Node) -> str | None:
    """The pack that a class is surely of, where it is the server that would know."""
    return pack_named_in(node.class_name) if _is_bundled(view.graph.catalogue) else None


def _is_bundled(catalogue: Catalogue) -> bool:
    return any(catalogue.target == f"ComfyUI {version}" for version in BUNDLED)


def _of_pack(pack: str, nodes: list[Node]) -> Diagnostic:
    """What is needed of a pack, and that nothing is said of what its nodes do."""
    names = list(dict.fromkeys(node.class_name for node in nodes))
    more = len(names) - _NAMED
    listed = ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    verb = "is" if len(nodes) == 1 else "are"
    return MESSAGE.at(
        nodes[0].span,
        severity=Severity.NOTE,
        related=_elsewhere(nodes),
        who="",
        what=(
            f"{counted(len(nodes), 'node')} {verb} of {pack}, by the name ({listed}): the pack "
            "must be installed, and its nodes are not checked here."
        ),
        help=(
            f"Install {pack} on the server. `wan lint --server URL` checks whether it is installed."
        ),
    )


def _elsewhere(nodes: list[Node]) -> list[Label]:
    return [Label(node.span, "and here") for node in nodes[1:_MOST] if node.span is not None]


#: No more places than this are named.
_MOST = 4


def _finding(catalogue: Catalogue, nodes: list[Node]) -> Diagnostic:
    from wan22dsl.comfyui.catalogue.nearby import meant_class

    node = nodes[0]
    meant, elsewhere = meant_class(node.class_name, catalogue)
    hint = f"; did you mean {meant}?" if meant else f"; {elsewhere} has it." if elsewhere else "."
    if meant:
        help = f"Write {meant}."
    elif elsewhere:
        help = f"Use a class that {catalogue.target} has, or compile for {elsewhere}."
    else:
        help = (
            "Install the pack it comes from, or check the spelling. `wan nodes list` shows the "
            "known classes; a `node` declaration adds one."
        )
    slip = meant is not None and _digits(meant) == _digits(node.class_name)
    surely = slip or elsewhere or not _is_bundled(catalogue)
    return MESSAGE.at(
        node.span,
        severity=Severity.ERROR if surely else Severity.WARNING,
        related=_elsewhere(nodes),
        fix=_fix(nodes, meant),
        who=f"{node.label}: " if node.label else "",
        what=f"{catalogue.target} has no node class {shown(node.class_name)}{hint}",
        help=help,
    )


def _digits(name: str) -> str:
    """A name with other numbers is rather a newer class than a slip: Wan3ImageToVideoApi."""
    return "".join(letter for letter in name if letter.isdigit())


def _fix(nodes: list[Node], meant: str | None) -> Fix | None:
    """The name replaced, where the text of each node has it exactly once."""
    if meant is None or not meant.isidentifier():
        return None
    edits = [edit for node in nodes if (edit := _edit(node, meant)) is not None]
    if len(edits) < len(nodes):
        return None
    return Fix(f"Write {meant}", tuple(edits), safe=same_letters(nodes[0].class_name, meant))


def _edit(node: Node, meant: str) -> Edit | None:
    if node.span is None:
        return None
    from wan22dsl.source import Span

    for written in (f"`{node.class_name}`", f'"{node.class_name}"', node.class_name):
        if node.span.text.count(written) == 1:
            start = node.span.start + node.span.text.index(written)
            text = f'"{meant}"' if written.startswith('"') else meant
            return Edit(Span(node.span.source, start, start + len(written)), text)
    return None
