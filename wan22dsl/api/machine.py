"""Snapshots of a machine: of a server, of an install of ComfyUI, of this computer; and what differs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl.api import server_start
from wan22dsl.errors import CommandError, ServerError, ServerSilent
from wan22dsl.network import address, trust

if TYPE_CHECKING:
    from wan22dsl.machine.difference import Compared
    from wan22dsl.machine.doctor.examination import Examination
    from wan22dsl.machine.doctor.facts import Models
    from wan22dsl.machine.server import Server
    from wan22dsl.machine.snapshot import Place, Snapshot


def take_snapshot(
    server: str | None = None, comfyui: str | None = None, python: str | None = None
) -> Snapshot:
    """A snapshot of this computer, and of the server and the install that are named.

    Without `server` it is that of WAN_SERVER or of http://127.0.0.1:8188, if it answers. `comfyui` is a
    folder, or the name of an install in a configuration. Raises CommandError, and ServerError where the
    server that is named does not answer.
    """
    from wan22dsl import __version__
    from wan22dsl.machine import snapshot

    found = server_of(server)
    return snapshot.take(found, place_of(comfyui, python, found), made_by=__version__)


def compare_snapshots(first: str, second: str) -> Compared:
    """What differs between two snapshots in files. Raises CommandError for what is none."""
    from wan22dsl.machine import difference, snapshot

    return difference.compare(snapshot.load(first), snapshot.load(second))


def examine_machine(
    server: str | None = None, comfyui: str | None = None, python: str | None = None
) -> Examination:
    """Problems of this computer, of the server and of the install, named as for `take_snapshot`.

    A server that does not answer is a finding. Raises CommandError.
    """
    from wan22dsl import __version__
    from wan22dsl.machine import snapshot
    from wan22dsl.machine.doctor.examination import examine
    from wan22dsl.machine.doctor.facts import Facts

    url = server or os.environ.get("WAN_SERVER", "").strip() or address.DEFAULT
    shown = address.read(url).shown
    found, silent = None, ""
    try:
        found = _asked(server)
    except ServerError as error:
        silent = str(error)
    place = place_of(comfyui, python, found)
    taken = snapshot.take(found, place, made_by=__version__, thorough=False)
    facts = Facts(
        snapshot=taken,
        server=shown,
        is_named=server is not None,
        answers=found is not None,
        silent=silent,
        need_bytes=_need_bytes(),
        models=_models(taken),
    )
    return examine(facts._replace(start=server_start.findings(facts)))


def _need_bytes() -> int:
    """What a pipeline of two experts in fp8 loads, with its LoRAs, text encoder and VAE."""
    from wan22dsl.graph.cost import weights

    experts = [f"wan2.2_i2v_{noise}_noise_14B_fp8_scaled.safetensors" for noise in ("high", "low")]
    files = [*experts, "umt5_xxl_fp8_e4m3fn_scaled.safetensors", "wan_2.1_vae.safetensors"]
    lora = "wan2.2_i2v_lightx2v_4steps_lora_v1_high_noise.safetensors"
    return sum(map(weights.size_bytes, files)) + 2 * weights.lora_bytes(lora)


def _models(taken: Snapshot) -> Models | None:
    """The diffusion models of Wan in an install, and the files that are not whole."""
    from wan22dsl.machine.doctor.facts import BrokenModel, Models
    from wan22dsl.model_files.kinds import MODEL, WIDTHS
    from wan22dsl.model_files.looking import Looker

    if taken.data["models"] is None or not taken.model_places:
        return None
    looker, experts, broken = Looker(), 0, []
    for file in taken.data["models"]:
        path = _path_of(taken, file["folder"], file["name"])
        if path is None:
            continue
        looked = looker.look(str(path), "none")
        if looked.is_broken:
            broken.append(BrokenModel(file["name"], looked.problem or "is damaged"))
        about = looked.identity
        if about is not None and about.kind == MODEL and (about.families or about.width in WIDTHS):
            experts += 1
    return Models(experts, tuple(broken))


def _path_of(taken: Snapshot, folder: str, name: str) -> Path | None:
    paths = (place / name for kind, place in taken.model_places if kind == folder)
    return next((path for path in paths if path.is_file()), None)


def server_of(named: str | None) -> Server | None:
    """The server that is named, else the usual one if it answers. Raises CommandError, ServerError."""
    try:
        return _asked(named)
    except ServerError:
        if named:
            raise
        return None


def _asked(named: str | None) -> Server:
    """The server that is named, else the usual one. Raises CommandError, ServerError where none answers."""
    from wan22dsl.machine.server import Server
    from wan22dsl.network.http import NOT_COMFYUI

    url = named or os.environ.get("WAN_SERVER", "").strip() or address.DEFAULT
    found = Server(trust.with_login(url))
    if not isinstance(found.stats().get("system"), dict):
        raise ServerSilent(found.address.shown, NOT_COMFYUI)
    return found


def place_of(comfyui: str | None, python: str | None, server: Server | None) -> Place:
    """Where the install is. Without a name, and without a server that shows its own, the configured one."""
    from wan22dsl.api.installs import install_of
    from wan22dsl.machine.comfyui_folder import is_comfyui
    from wan22dsl.machine.snapshot import Place

    exe = Path(python).expanduser() if python else None
    if comfyui is None and server is not None:
        return Place(None, exe)
    try:
        install = install_of(comfyui, python)
    except CommandError:
        if comfyui is None:
            return Place(None, exe)
        folder = Path(comfyui).expanduser()
        if not is_comfyui(folder):
            raise
        return Place(folder, exe)  # a ComfyUI whose Python is elsewhere
    return Place(Path(install.folder), Path(install.python))
