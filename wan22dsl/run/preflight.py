"""What is missing on the server, all at once, before anything is submitted; and what has to be uploaded."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import inputs_of
from wan22dsl.comfyui.catalogue.schema import DECLARED
from wan22dsl.diagnostics import nearest
from wan22dsl.escapes import one_line
from wan22dsl.run import messages, request_retry, uploads
from wan22dsl.run.uploads import MOST_BYTES
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wan22dsl.comfyui.catalogue.schema import Input, NodeClass
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.run.client import Client
    from wan22dsl.run.live import LiveCatalogue

#: Names of what is stood in for that are listed.
_MOST_NAMES = 6

#: How long an upload is tried again, in seconds: as long as one attempt may take.
_UPLOAD_DEADLINE_S = 300.0

#: A PNG of one grey pixel.
_STAND_IN = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a494441"
    "54789c636800000082008177cd72b60000000049454e44ae426082"
)


class Upload(NamedTuple):
    """A file that the server needs; without a `file` a stand-in is sent, for a simulation."""

    node: str
    input: str
    name: str
    file: Path | None


class StandIns(NamedTuple):
    """What a simulated server lacks and can stand in for: classes by name, and model files by folder."""

    classes: tuple[str, ...]
    files: dict[str, tuple[str, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        """All of it, files first."""
        return (*(name for names in self.files.values() for name in names), *self.classes)


class Ready(NamedTuple):
    """What a look at the server gave. `renamed` are inputs by (node, input) as this server writes them."""

    uploads: tuple[Upload, ...]
    renamed: dict[tuple[str, str], str]
    most_upload_bytes: int = MOST_BYTES
    stand_ins: StandIns = StandIns((), {})


def look(
    graph: Graph,
    live: LiveCatalogue,
    client: Client,
    *,
    simulated: bool = False,
    most_upload_bytes: int = MOST_BYTES,
    own: bool = False,
) -> tuple[Ready, list[Diagnostic]]:
    """Compares a graph with what the server has. Raises ServerError.

    Where the server is `simulated`, pictures that are missing are stood in for; where it is our `own`
    simulation, classes and model files as well.
    """
    found: list[Diagnostic] = []
    sent: list[Upload] = []
    main = graph.span.source.file if graph.span is not None else None
    rules = uploads.Rules(main.parent if main is not None else None, most_upload_bytes)
    renamed: dict[tuple[str, str], str] = {}
    told: set[str] = set()
    files: dict[str, dict[str, None]] = {}
    for node in graph.nodes.values():
        offered = live.on_server(node.class_name)
        if offered is None:
            if node.class_name not in told and not own:
                declared = graph.catalogue.get(node.class_name)
                pack = live.pack_of(node.class_name) or (declared and declared.pack)
                found.append(_missing_class(node, live, pack, simulated=simulated))
            told.add(node.class_name)
            continue
        found += _kills(node, offered)
        for name, input_ in inputs_of(offered, node.inputs).items():
            value = node.inputs.get(name)
            if input_.files is None or not isinstance(value, str):
                continue
            if input_.files == "input":
                wrong = _input_file(node, name, value, client, sent, input_, rules)
                if simulated and any(each.code == "WAN903" for each in wrong):
                    sent.append(Upload(node.id, name, value, None))
                    wrong = [messages.STOOD_IN.at(_place(node, name), file=value)]
                found += wrong
            else:
                missing = list(_model_file(node, name, value, input_, renamed, simulated))
                if missing and own:
                    files.setdefault(input_.files, {})[value] = None
                    missing = []
                found += missing
    stand_ins = StandIns(
        tuple(sorted(told)) if own else (),
        {folder: tuple(names) for folder, names in files.items()},
    )
    if stand_ins.names:
        found.append(_stood_in(graph, stand_ins))
    return Ready(tuple(sent), renamed, most_upload_bytes, stand_ins), found


def prepare(prompt: dict[str, Any], ready: Ready, client: Client) -> dict[str, Any]:
    """Uploads the files, and gives the prompt with the names that the server knows.

    Raises ServerError, UnreadableFile.
    """
    named: dict[str, str] = {}
    changes = dict(ready.renamed)
    for upload in ready.uploads:
        if upload.name not in named:
            named[upload.name] = _upload(client, upload, ready.most_upload_bytes)
        changes[upload.node, upload.input] = named[upload.name]
    found = dict(prompt)
    for (node, name), value in changes.items():
        found[node] = {**found[node], "inputs": {**found[node]["inputs"], name: value}}
    return found


def _upload(client: Client, wanted: Upload, most_bytes: int) -> str:
    """Uploads a file. Twice does no harm: ComfyUI compares the bytes, and the same keep their name."""
    name = wanted.name.rpartition("/")[2]

    def upload() -> str:
        file = wanted.file
        with BytesIO(_STAND_IN) if file is None else uploads.content(file, most_bytes) as data:
            return client.upload(name, data)

    return request_retry.again(upload, deadline_s=_UPLOAD_DEADLINE_S)


def _stood_in(graph: Graph, stand_ins: StandIns) -> Diagnostic:
    """One line about all that is stood in for; what is meant to be where on a real server is the help."""
    names = [f"`{name}`" for name in stand_ins.names]
    shown = ", ".join(names[:_MOST_NAMES])
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    folders = [f"models/{folder}" for folder in sorted(stand_ins.files)]
    needs = [f"the files into {' and '.join(folders)}"] if folders else []
    install = "install the packs of the custom nodes" if stand_ins.classes else ""
    help = " and ".join(filter(None, ["put " + needs[0] if needs else "", install]))
    return messages.MODELS_STOOD_IN.at(
        graph.span, names=shown + more, help=f"Before a real run, {help}."
    )


_PLACE = "Put the file into the server's folder"

#: What to do about what a simulated server lacks that somebody has started.
_STAND_IN_HELP = "The server is simulated: start it with `wan serve --stand-in FILE`."


def _missing_class(
    node: Node, live: LiveCatalogue, pack: str | None, *, simulated: bool
) -> Diagnostic:
    if simulated:
        help = _STAND_IN_HELP
    elif pack is not None and pack != DECLARED:
        shown = one_line(pack)
        help = f"Install the pack {shown} (ComfyUI-Manager finds it by that name), and restart ComfyUI."
    elif live.is_own(node.class_name):
        help = "It is a node of ComfyUI itself: update ComfyUI."
    else:
        help = "Find the pack that has the class, install it, and restart ComfyUI."
    return messages.MISSING_CLASS.at(node.span, class_name=node.class_name, help=help)


def _kills(node: Node, offered: NodeClass) -> Iterator[Diagnostic]:
    """Unknown inputs that ComfyUI would follow as if they were links."""
    from wan22dsl.graph.model import Link

    known = inputs_of(offered, node.inputs)
    for name, value in node.inputs.items():
        if name not in known and isinstance(value, Link | list):
            yield messages.WOULD_STOP_THE_SERVER.at(
                node.spans.get(name, node.span),
                node=node.id,
                input=name,
                class_name=node.class_name,
            )


def _model_file(
    node: Node,
    name: str,
    value: str,
    input_: Input,
    renamed: dict[tuple[str, str], str],
    simulated: bool,
) -> Iterator[Diagnostic]:
    offered = [*(input_.options or ()), *input_.fixed]
    if input_.options is None or value in offered:
        return
    # A server on Windows writes its subfolders with a backslash.
    same = {str(own).replace("\\", "/"): str(own) for own in offered}
    if value.replace("\\", "/") in same:
        renamed[node.id, name] = same[value.replace("\\", "/")]
        return
    folder = f"models/{input_.files}" if input_.files != "output" else "output"
    close = nearest(value, [str(own) for own in offered])
    yield messages.MISSING_MODEL_FILE.at(
        _place(node, name),
        file=value,
        input=name,
        class_name=node.class_name,
        help=f"{_STAND_IN_HELP} A real server has it in its folder {folder}."
        if simulated and input_.files != "output"
        else f"{_PLACE} {folder}.",
        guess=f" It has `{close}`." if close else "",
    )


def _input_file(
    node: Node,
    name: str,
    value: str,
    client: Client,
    sent: list[Upload],
    input_: Input,
    rules: uploads.Rules,
) -> list[Diagnostic]:
    own = node.own_files.get(name)
    if own is not None:
        takes = f"{node.class_name}.{name}"
        reason = uploads.reason_against(own.file, own.written, takes, rules) or _damage(own.file)
        if reason is not None:
            place = _place(node, name)
            return [messages.UNUSABLE_INPUT_FILE.at(place, file=own.written, reason=reason)]
        sent.append(Upload(node.id, name, value, own.file))
        return []
    offered = {str(own).replace("\\", "/") for own in input_.options or ()}
    if value.replace("\\", "/") in offered or value.endswith("]") or _has(client, value):
        return []
    if uploads.leads_out(value, rules):
        place = _place(node, name)
        return [messages.UNUSABLE_INPUT_FILE.at(place, file=value, reason=uploads.OUTSIDE)]
    return [messages.MISSING_INPUT_FILE.at(_place(node, name), file=value)]


def _has(client: Client, name: str) -> bool:
    return request_retry.again(lambda: client.has_input(name))


def _damage(file: Path) -> str | None:
    from wan22dsl.run.verify import damage

    try:
        return damage(file)
    except OSError as error:
        return error.strerror or "it cannot be read"


def _place(node: Node, name: str) -> Any:
    asset = node.asset
    if name in node.spans:
        return node.spans[name]
    return asset.span if asset is not None and asset.span is not None else node.span
