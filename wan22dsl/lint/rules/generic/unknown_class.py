"""WAN501: a class that the catalogue does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.catalogue.open import BUNDLED
from wan22dsl.diagnostics import Edit, Fix, Label, Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.generic.packs import pack_named_in
from wan22dsl.lint.rules.wording import counted, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.catalogue.packs import Pack
    from wan22dsl.comfyui.catalogue.schema import Catalogue, NodeClass
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
        "or not. A class of a pack whose schemas are not bundled is a note, and so is one that has only its "
        "name in common with a known class, or that an editor has saved. It is an error where the "
        "class belongs to another version, where the target is a server or a file without it, and "
        "where a known class has almost the same name and fits."
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

_PULL = "`wan nodes pull URL -o FILE` gets its schemas from a server, for `--target FILE`."


def check(view: View) -> Iterator[Diagnostic]:
    """Every unknown class once, and all classes of a pack or of another version together."""
    groups: dict[str, list[Node]] = {}
    packs: dict[str, Pack] = {}
    versions = of_other_versions(view)
    others = {node.id for nodes in versions.values() for node in nodes}
    namesakes: dict[str, list[Node]] = {}
    for node in view.unknown:
        if node.id in others:
            continue
        known = view.classes[node.class_name]
        pack = _pack(view.graph.catalogue, node) if known is None else _other_pack(known, node)
        if known is not None and pack is None:
            if (
                not view.graph.drawn
            ):  # otherwise it was saved in another version, which WAN566 tells
                namesakes.setdefault(node.class_name, []).append(node)
            continue
        key = node.class_name if pack is None else f"\0{pack.name}"
        groups.setdefault(key, []).append(node)
        if pack is not None:
            packs[key] = pack
    for version, nodes in versions.items():
        yield of_version(view, version, nodes)
    for name, nodes in namesakes.items():
        yield _namesake(view.classes[name], nodes)
    for key, nodes in groups.items():
        yield _of_pack(packs[key], nodes) if key in packs else _finding(view, nodes)


def _other_pack(node_class: NodeClass, node: Node) -> Pack | None:
    """The pack that a file names, where another one is known to have a class of this name."""
    if node_class.pack is None or node.sockets is None or not node.sockets.packs:
        return None
    from wan22dsl.comfyui.catalogue.packs import other_pack

    return other_pack(node_class, node.sockets.packs)


def of_other_versions(view: View) -> dict[str, list[Node]]:
    """The nodes of classes that only another bundled version of ComfyUI has, by that version."""
    found: dict[str, list[Node]] = {}
    catalogue = view.graph.catalogue
    for node in view.unknown:
        if view.classes[node.class_name] is not None or _pack(catalogue, node) is not None:
            continue
        from wan22dsl.comfyui.catalogue.nearby import version_with

        version = version_with(node.class_name, catalogue)
        if version:
            found.setdefault(version, []).append(node)
    return found


def of_version(
    view: View, version: str, nodes: list[Node], severity: Severity = Severity.ERROR
) -> Diagnostic:
    """One finding for all nodes that need another version of ComfyUI."""
    target, node = view.graph.catalogue.target, nodes[0]
    if len({each.class_name for each in nodes}) == 1:
        who = f"{node.label}: " if node.label else ""
        what = f"{target} has no node class {shown(node.class_name)}; {version} has it."
    else:
        who = ""
        what = f"{counted(len(nodes), 'node')} ({_listed(nodes)}) are not in {target}; {version} has them."
    return MESSAGE.at(
        node.span,
        severity=severity,
        related=_elsewhere(nodes),
        who=who,
        what=what,
        help=f"Use `--target {version.removeprefix('ComfyUI ')}` and a server of that version.",
    )


def _listed(nodes: list[Node]) -> str:
    names = list(dict.fromkeys(node.class_name for node in nodes))
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _pack(catalogue: Catalogue, node: Node) -> Pack | None:
    """The pack of a class, where the server might have it: by the file, by the map of packs, by its name."""
    if not _is_bundled(catalogue):
        return None
    from wan22dsl.comfyui.catalogue import packs
    from wan22dsl.comfyui.catalogue.nearby import version_with

    sockets = node.sockets
    for name in sockets.packs if sockets is not None else ():
        found = packs.pack_with_id(name) or packs.Pack(name)
        if found.name != packs.COMFYUI:
            return found
        if sockets is not None and _is_newer(sockets.version, catalogue.target):
            return packs.Pack(f"ComfyUI {sockets.version}")
    known = packs.pack_of(node.class_name)
    if known is not None and known.name != packs.COMFYUI:
        return known
    if version_with(node.class_name, catalogue):
        return None
    named = pack_named_in(node.class_name)
    return packs.Pack(named) if named else None


def _is_bundled(catalogue: Catalogue) -> bool:
    return any(catalogue.target == f"ComfyUI {version}" for version in BUNDLED)


def _of_pack(pack: Pack, nodes: list[Node]) -> Diagnostic:
    """What is needed of a pack, and that nothing is said of what its nodes do."""
    from wan22dsl.comfyui.catalogue.packs import PARTNERS

    verb = "is" if len(nodes) == 1 else "are"
    if pack.name == PARTNERS:
        whose, help = "a partner of ComfyUI", f"Sign in to ComfyUI before you run it. {_PULL}"
    elif pack.name.startswith("ComfyUI ") and not pack.repository:
        whose, help = f"{pack.name}, which the file was saved with", f"Update the server. {_PULL}"
    else:
        whose = pack.name
        where = f" ({pack.url})" if pack.url else ""
        help = f"Install {pack.name}{where} on the server. {_PULL}"
    return MESSAGE.at(
        nodes[0].span,
        severity=Severity.NOTE,
        related=_elsewhere(nodes),
        who="",
        what=(
            f"{counted(len(nodes), 'node')} {verb} of {whose} ({_listed(nodes)}), whose schemas are not "
            "bundled: inputs and outputs are not checked."
        ),
        help=help,
    )


def _namesake(node_class: NodeClass | None, nodes: list[Node]) -> Diagnostic:
    """What is said of nodes with none of the inputs that a pack's class of their name has."""
    node = nodes[0]
    pack = "a known pack" if node_class is None else node_class.pack
    return MESSAGE.at(
        node.span,
        severity=Severity.NOTE,
        related=_elsewhere(nodes),
        who=f"{node.label}: " if node.label else "",
        what=(
            f"{shown(node.class_name)} has no input of the class of this name in {pack}. It may be another "
            "pack's: its inputs and outputs are not checked."
        ),
        help=f"Check the names of its inputs, or install the pack that it comes from. {_PULL}",
    )


def _elsewhere(nodes: list[Node]) -> list[Label]:
    return [Label(node.span, "and here") for node in nodes[1:_MOST] if node.span is not None]


#: No more places than this are named.
_MOST = 4


def _of_an_editor(node: Node) -> bool:
    """Whether an editor wrote the node, which had the class: with its sockets, or with a title."""
    return node.sockets is not None or bool(node.title)


def _finding(view: View, nodes: list[Node]) -> Diagnostic:
    from wan22dsl.comfyui.catalogue.nearby import meant_class
    from wan22dsl.comfyui.catalogue.packs import COMFYUI, pack_of

    node, catalogue = nodes[0], view.graph.catalogue
    meant, _ = meant_class(node.class_name, catalogue)
    older = meant if meant and _version_in(meant) != _version_in(node.class_name) else None
    if older or (meant and not all(_fits(view, each, meant) for each in nodes)):
        meant = None
    near = catalogue.get(older) if older else None
    pack = pack_of(node.class_name)
    hint = f"; did you mean {meant}?" if meant else "."
    if meant:
        help = f"Write {meant}."
    elif pack is not None and pack.name != COMFYUI:
        help = f"Install {pack.name}" + (f" ({pack.url})" if pack.url else "") + " there."
    elif near is not None and near.pack is not None:
        help = (
            f"Another version of {near.pack}, which has {older}, may have it: update the pack, or check "
            f"the spelling. {_PULL}"
        )
    else:
        help = (
            "Install the pack it comes from, or check the spelling. `wan nodes list` shows the "
            "known classes; a `node` declaration adds one."
        )
    slip = meant is not None and _digits(meant) == _digits(node.class_name)
    surely = slip or not _is_bundled(catalogue)
    saved = not meant and not older and all(map(_of_an_editor, nodes))
    return MESSAGE.at(
        node.span,
        severity=Severity.ERROR if surely else Severity.NOTE if saved else Severity.WARNING,
        related=_elsewhere(nodes),
        fix=_fix(nodes, meant),
        who=f"{node.label}: " if node.label else "",
        what=f"{catalogue.target} has no node class {shown(node.class_name)}{hint}",
        help=help,
    )


def _fits(view: View, node: Node, meant: str) -> bool:
    """Whether the rest of a node is as the class that may be meant has it."""
    from wan22dsl.comfyui.catalogue.inputs import fits, inputs_of

    node_class = view.graph.catalogue.get(meant)
    if node_class is None:
        return False
    known = inputs_of(node_class, node.inputs)
    if node.sockets is not None and not known.keys() >= dict(node.sockets.inputs).keys():
        return False
    for name, value in node.inputs.items():
        given = view.type_of(value) if isinstance(value, Link) else None
        if name not in known or (given is not None and not fits(given, known[name].type)):
            return False
    outputs = node.sockets.outputs if node.sockets is not None else ()
    return len(outputs) <= len(node_class.outputs) and all(
        fits(given, output.type) for given, output in zip(outputs, node_class.outputs)
    )


def _is_newer(version: str, target: str) -> bool:
    """Whether a version such as `0.41.0` comes after that of a target."""
    numbers = [[int(part) for part in each.split(".") if part.isdecimal()] for each in (
        version.strip(), target.removeprefix("ComfyUI "),
    )]  # fmt: skip
    return bool(numbers[0]) and numbers[0][:2] > numbers[1][:2]


def _version_in(name: str) -> str:
    """The version at the end of a name, such as V2: with another one a class is no slip."""
    bare = name.rstrip("0123456789")
    return name[len(bare.removesuffix("V").removesuffix("v")) :] if bare != name else ""


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
    return Fix(f"Write {meant}", tuple(edits), safe=False)


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
