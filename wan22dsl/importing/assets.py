"""The models, VAEs, encoders and LoRAs of a graph: by the library's names, or declared in the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.filenames import read_name
from wan22dsl.comfyui.nodes import record_of, written
from wan22dsl.importing.spellings import Namings, json_value, number, of_file
from wan22dsl.importing.units import Value
from wan22dsl.language.program import kinds
from wan22dsl.language.syntax import spelling
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.model import Link
    from wan22dsl.importing.units import Sight, Target
    from wan22dsl.importing.vocabulary import AssetWord, Vocabulary


class Asset(NamedTuple):
    """What a loader loads. `declaration` is the line for it; empty for one of the library."""

    name: str
    kind: str
    settings: dict[str, str]
    declaration: str = ""


class File(NamedTuple):
    """An asset that is meant by its file alone, as a LoRA of a stage is."""

    name: str


#: Kinds by the socket that a loader gives.
_KINDS = {asset.socket: kind for kind, asset in kinds.ASSETS.items() if asset.socket}


class Assets:
    """Finds the asset behind a link, each declared once."""

    def __init__(self, sight: Sight, words: Vocabulary, names: Namings) -> None:
        self._sight = sight
        self._words = words
        self._names = names
        self._found: dict[str, Asset | None] = {}
        self._files: dict[tuple[str, str], Asset] = {}
        self.plain: set[str] = set()

    def of(self, target: Target) -> Asset | None:
        """The asset that a link comes from; None where it comes from something else."""
        if isinstance(target, Value):
            return None
        link: Any = target
        if getattr(link, "slot", 1) != 0 or link.node in self.plain:
            return None
        if link.node not in self._found:
            self._found[link.node] = self._read(link)
        return self._found[link.node]

    def file(self, kind: str, file: str) -> File:
        """The asset with that file, which no loader of its own loads: a LoRA."""
        return File(self._by_file(kind, file).name)

    def lora(self, file: str) -> Asset:
        """The LoRA with that file."""
        return self._by_file("lora", file)

    def declarations(self, names: set[str]) -> list[str]:
        """The lines for those of the assets that are not the library's, as far as they are named."""
        every = [*self._found.values(), *self._files.values()]
        return list(
            dict.fromkeys(
                asset.declaration
                for asset in every
                if asset is not None and asset.declaration and asset.name in names
            )
        )

    def _read(self, link: Link) -> Asset | None:
        node_class = self._sight.class_of(link.node)
        if node_class is None or len(node_class.outputs) != 1 or link.node in self._sight.twins:
            return None
        kind = _KINDS.get(node_class.outputs[0].type)
        inputs = self._sight.inputs(link.node)
        values = {name: item.json for name, item in inputs.items() if isinstance(item, Value)}
        if kind is None or len(values) != len(inputs) or not values:
            return None
        settings = _settings(kind, self._sight.node(link.node).class_name, values)
        if settings is not None:
            known = self._known(kind, settings)
            return known or self._own(kind, settings, values)
        load = ", ".join(
            f"{spelling.key(name)} = {json_value(item)}" for name, item in values.items()
        )
        call = f"{spelling.class_name(self._sight.node(link.node).class_name)}({load})"
        if "load" not in kinds.FIXED_SETTINGS[kind]:
            return None
        return self._own(kind, {"load": call}, values)

    def _known(self, kind: str, settings: dict[str, str]) -> Asset | None:
        """The asset of the library with these settings."""
        loaded = [name for name, _, _ in kinds.ASSETS[kind].inputs]
        for asset_word in self._words.assets:
            if asset_word.kind != kind or asset_word.settings.get("file") != settings["file"]:
                continue
            if all(_of(asset_word, name) == _default(kind, name, settings) for name in loaded):
                return Asset(asset_word.name, kind, asset_word.settings)
        return None

    def _own(self, kind: str, settings: dict[str, str], values: dict[str, Any]) -> Asset:
        """An asset that the text declares itself."""
        files = [item for name, item in values.items() if isinstance(item, str) and "name" in name]
        file = (
            files[0]
            if files
            else next((text for text in values.values() if isinstance(text, str)), "")
        )
        if kind == "model":
            settings = {**settings, **self._of_name(file)}
        if kind == "upscaler":
            settings = {**settings, **_scale(file)}
        wishes: tuple[str, ...] = (of_file(file), f"{of_file(file)}_{kind}", kind)
        base = self._same_file(kind, file)
        if base is not None and ("load" in settings or kind != "model"):
            wishes = (base.name.rpartition(".")[2], *wishes)
        name = self._names.new(*wishes)
        if base is not None and kind != "model":
            line = f"{kind} {name} = {base.name}({_changes(base, settings)})"
            return Asset(name, kind, {**base.settings, **settings}, line)
        expert = self._same_expert(settings) if kind == "model" else None
        if expert is not None:
            more = {
                key: value for key, value in settings.items() if expert.settings.get(key) != value
            }
            changes = {} if "file" in settings else {"file": "none"}
            inside = ", ".join(f"{key} = {value}" for key, value in {**changes, **more}.items())
            return Asset(name, kind, settings, f"{kind} {name} = {expert.name}({inside})")
        inside = ", ".join(f"{key} = {value}" for key, value in settings.items())
        return Asset(name, kind, settings, f"{kind} {name} {{ {inside} }}")

    def _same_expert(self, settings: dict[str, str]) -> AssetWord | None:
        """The model of the library for the same half of the schedule, which has nothing else but its file."""
        return next(
            (
                word
                for word in self._words.assets
                if word.kind == "model"
                and word.settings.keys() == {"file", "noise", "family"}
                and all(word.settings[name] == settings.get(name) for name in ("noise", "family"))
            ),
            None,
        )

    def _same_file(self, kind: str, file: str) -> AssetWord | None:
        quoted = spelling.quote(file)
        words = (asset_word for asset_word in self._words.assets if asset_word.kind == kind)
        return next(
            (asset_word for asset_word in words if asset_word.settings.get("file") == quoted), None
        )

    def _of_name(self, file: str) -> dict[str, str]:
        """Noise level and family of a model, as its file name has them."""
        said = read_name(file)
        found = {}
        if said.noise is not None:
            found["noise"] = spelling.quote(said.noise)
        if said.distilled:
            found["distilled"] = str(said.steps or 4)
        if said.family is not None:
            for name in (f"wan22.{said.family}", f"wan22.fun_{said.family}"):
                if name in self._words.families:
                    found["family"] = name
        return found

    def _by_file(self, kind: str, file: str) -> Asset:
        key = (kind, file)
        if key not in self._files:
            quoted = spelling.quote(file)
            known = next(
                (
                    Asset(asset_word.name, kind, asset_word.settings)
                    for asset_word in self._words.assets
                    if asset_word.kind == kind and asset_word.settings.get("file") == quoted
                ),
                None,
            )
            self._files[key] = known or self._own(kind, {"file": quoted}, {"name": file})
        return self._files[key]


def _settings(kind: str, class_name: str, values: dict[str, Any]) -> dict[str, str] | None:
    """The settings of an asset whose usual loader this is; None where it is another one."""
    asset = kinds.ASSETS[kind]
    loader = record_of(written.LOADERS[kind])
    file_input = "" if loader.file is None else loader.file.input
    file = values.get(file_input)
    others = {input_name: (name, default) for name, input_name, default in asset.inputs}
    if class_name != loader.class_name or not isinstance(file, str):
        return None
    needed = {input_name for input_name, (_, default) in others.items() if default is not None}
    if not {file_input, *needed} <= set(values) <= {file_input, *others}:
        return None
    settings = {"file": spelling.quote(file)}
    for input_name, (name, default) in others.items():
        value = values.get(input_name)
        if value is not None and not isinstance(value, str):
            return None
        if value is not None and value != default:
            settings[name] = spelling.quote(value)
    return settings


def _changes(base: AssetWord, settings: dict[str, str]) -> str:
    """What differs from an asset of the library with the same file."""
    if "load" in settings:
        return f"file = none, load = {settings['load']}"
    names = dict.fromkeys(("file", *(name for name, _, _ in kinds.ASSETS[base.kind].inputs)))
    wanted = {name: _default(base.kind, name, settings) or "none" for name in names}
    return ", ".join(f"{name} = {item}" for name, item in wanted.items() if _of(base, name) != item)


def _default(kind: str, name: str, settings: dict[str, str]) -> str:
    """A setting of an asset, as it is when nobody sets it too; empty where it is left out then."""
    defaults = {item: default for item, _, default in kinds.ASSETS[kind].inputs}
    default = defaults.get(name)
    return settings.get(name, "" if default is None else spelling.quote(default))


def _of(word: AssetWord, name: str) -> str:
    return _default(word.kind, name, word.settings)


def _scale(file: str) -> dict[str, str]:
    """How much larger an upscale model makes its picture, as its name has it: `4x-UltraSharp`."""
    found = re.search(r"(?<![0-9])([1-8])x|x([1-8])(?![0-9])", file, re.IGNORECASE)
    return {} if found is None else {"scale": found[1] or found[2]}


def with_strength(asset: Asset, strength: float, *, on: bool = True) -> str:
    """A LoRA with the strength that it is put on with, or that it has while it is off."""
    said, changes = number(float(strength)), []
    if _float(asset.settings.get("strength", "1.0")) != said:
        changes.append(f"strength = {said}")
    if not on:
        changes.append("on = false")
    return f"{asset.name}({', '.join(changes)})" if changes else asset.name


def _float(text: str) -> str:
    try:
        return number(float(text))
    except ValueError:
        return text
