"""The model files of a server, as far as it tells: their names, and the metadata of their headers.

ComfyUI: server.py, `/models`, `/models/{folder}`, `/view_metadata/{folder}?filename=`. Sizes, tensors and
whether a file is whole cannot be asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from wan22dsl.errors import ServerAnswered, ServerSilent
from wan22dsl.model_files.check import Checked, Needed
from wan22dsl.network.http import NOT_COMFYUI, Transport
from wan22dsl.network.limits import MIB, Limit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.network.address import Address

_NAMES = Limit(15.0, 16 * MIB)

#: Metadata of LoRAs has notes on the training, which may be several MB.
_METADATA = Limit(30.0, 32 * MIB)

#: What the metadata of a LoRA may say of the model that it was trained on.
_TRAINED_ON = ("ss_sd_model_name", "ss_base_model_version", "modelspec.architecture")


class ServerFiles:
    """Asks a server for its model files, each folder once."""

    def __init__(self, address: Address) -> None:
        self._http = Transport(address)
        self.shown = address.shown
        self._names: dict[str, list[str] | None] = {}

    def names(self, folder: str) -> list[str] | None:
        """The names in a folder; None where the server has no such folder. Raises ServerError."""
        if folder not in self._names:
            try:
                found = self._http.json("GET", f"/models/{quote(folder, safe='')}", _NAMES)
            except ServerAnswered as error:
                if error.status != 404:
                    raise
                found = None
            if found is not None and not (
                isinstance(found, list) and all(isinstance(name, str) for name in found)
            ):
                raise ServerSilent(self.shown, NOT_COMFYUI)
            self._names[folder] = found
        return self._names[folder]

    def metadata(self, folder: str, file: str) -> dict[str, Any]:
        """The metadata of a file's header; empty where it has none, or the server does not say."""
        path = f"/view_metadata/{quote(folder, safe='')}?filename={quote(file, safe='')}"
        try:
            found = self._http.json("GET", path, _METADATA)
        except ServerAnswered:
            return {}
        return found if isinstance(found, dict) else {}

    def check(self, needed: Iterable[Needed]) -> list[Checked]:
        """Whether the server has the files. Raises ServerError."""
        return [self._checked(each) for each in dict.fromkeys(needed)]

    def _checked(self, needed: Needed) -> Checked:
        names = self.names(needed.folder)
        if names is None:
            why = f"{self.shown} has no folder {needed.folder}"
            return Checked(needed, "unread", problems=(why,))
        wanted = needed.file.replace("\\", "/")
        if wanted not in {name.replace("\\", "/") for name in names}:
            return Checked(needed, "missing", problems=(f"is not on {self.shown}",))
        notes = ["is there; whether it is whole cannot be asked over HTTP"]
        if needed.folder == "loras":
            found = self.metadata(needed.folder, needed.file)
            said = [str(found[key])[:100] for key in _TRAINED_ON if found.get(key)]
            if said:
                notes.append(f"its metadata names {said[0]!r} as the model it was trained on")
        return Checked(needed, "fine", notes=tuple(notes))
