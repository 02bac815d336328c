"""What ComfyUI writes while it runs a prompt: how models were loaded, what did not work as it was set.

There are two loaders. The old one says how much of a model is on the card and how much is not; what is not is
sent to the card in every step. DynamicVRAM, the default on NVIDIA cards from ComfyUI 0.16 on, only says how
large the weights are that it may bring there ("staged"), not how many of them stay.

The texts are those of ComfyUI 0.3.33 to 0.39 (comfy/model_patcher.py, comfy/model_management.py,
comfy/ldm/modules/attention.py, comfy/lora.py, comfy/ops.py, comfy/sd.py, execution.py).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from wan22dsl.comfyui.log.lines import joined, lines_of
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

MIB = 1024**2


class Load(NamedTuple):
    """A model that was brought to the card; None is "not said". `model` is ComfyUI's class, such as WAN21.

    `offloaded_bytes` of the old loader are sent to the card in every step. `staged_bytes` of DynamicVRAM are
    all weights that it may bring there. `patches` are weights that a LoRA changes while they are used.
    """

    loader: Literal["legacy", "dynamic"]
    model: str | None = None
    loaded_bytes: int | None = None
    offloaded_bytes: int | None = None
    staged_bytes: int | None = None
    patches: int | None = None
    line: str = ""


class Resident(NamedTuple):
    """What `--verbose DETAIL` says behind a load: what of the model is in memory and on the card just then.

    DynamicVRAM brings weights when they are used: right behind the first load there is none on the card.
    """

    model: str
    patcher: str
    ram_bytes: int
    vram_bytes: int


class Fallback(NamedTuple):
    """An attention that failed, what was used in its place, and the reason of the first time.

    `times` is how many lines say it: one a call, and the log has only the last ones.
    """

    attention: str
    used: str
    reason: str
    times: int


class Read(NamedTuple):
    """What the log of a run says. `whole` is false where its beginning is no longer there.

    `executed_s` is of the last prompt.
    """

    loads: tuple[Load, ...] = ()
    residents: tuple[Resident, ...] = ()
    fallbacks: tuple[Fallback, ...] = ()
    lora_keys: tuple[str, ...] = ()
    lora_errors: tuple[str, ...] = ()
    weight_dtypes: tuple[str, ...] = ()
    native_ops: tuple[str, ...] = ()
    emulated_ops: tuple[str, ...] = ()
    tiled_decode: bool = False
    out_of_memory: bool = False
    executed_s: float | None = None
    whole: bool = True


_NUMBER = r"(\d{1,12}(?:\.\d{1,20})?(?:e[+-]\d{1,3})?)"
_REQUESTED = re.compile(r"Requested to load (\w+)")
_PARTIALLY = re.compile(
    rf"loaded partially; {_NUMBER} MB usable, {_NUMBER} MB loaded, {_NUMBER} MB offloaded"
    r"(?:, [\d.]+ MB buffer reserved)?, lowvram patches: (\d{1,9})"
)
_COMPLETELY = re.compile(rf"loaded completely; {_NUMBER} MB usable, {_NUMBER} MB loaded")
#: Up to 0.3.64; what is not on the card has no number.
_PARTIALLY_BEFORE = re.compile(rf"loaded partially {_NUMBER} {_NUMBER} (\d{{1,9}})")
_COMPLETELY_BEFORE = re.compile(rf"loaded completely {_NUMBER} {_NUMBER} (?:True|False)")
_DYNAMIC = re.compile(
    r"Model (\w+) prepared for dynamic VRAM loading\. (\d{1,9})MB Staged\.(?: (\d{1,9}) patches attached\.)?"
)
_RESIDENT = re.compile(
    rf"Model loaded: patcher=(\w+) model=(\w+) ram_mb={_NUMBER} vram_mb={_NUMBER}"
)

_FALLBACKS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (
        re.compile(r"Error running sage attention: (.*?)(?:, using pytorch attention instead\.|$)"),
        "sage",
        "pytorch",
    ),
    (
        re.compile(r"Error running SageAttention3: (.*?)(?:, falling back to pytorch attention|$)"),
        "sage 3",
        "pytorch",
    ),
    (re.compile(r"Flash Attention failed, using default SDPA: (.*)"), "flash", "pytorch"),
)

_LONGEST_REASON = 300

_LORA_KEY = re.compile(r"lora key not loaded: (\S+)")
#: A shape that does not fit: the weight stays as it was.
_LORA_ERROR = re.compile(r"ERROR (?:lora|loha|lokr|glora|oft|boft|diff) (\S+)")
_DTYPE = re.compile(r"model weight dtype (\S+), manual cast: (\S+)")
_OPS = re.compile(r"Native ops: ([\w, ]*?)\s*(?:, emulated ops: ([\w, ]*))?$")
_TILED = re.compile(
    r"Ran out of memory when regular VAE decoding, retrying with tiled VAE decoding"
)
_OOM = re.compile(r"Got an OOM, unloading all loaded models")
_EXECUTED = re.compile(
    r"Prompt executed in (?:(\d{1,9}(?:\.\d{1,9})?) seconds|(\d\d):(\d\d):(\d\d))"
)


def since(entries: Sequence[tuple[str, str]], mark: str) -> tuple[list[str], bool]:
    """The lines of `/internal/logs/raw` behind the one at the time `mark`, and whether they are all there.

    The server keeps only its last lines. Where all of them are new, older ones may be gone.
    """
    lines = [line for at, line in joined([entry for entry in entries if entry[0] > mark])]
    return lines, any(at <= mark for at, _ in entries)


def read(lines: Iterable[str], *, whole: bool = True) -> Read:
    """What the lines of a run say; see `start.read` for what they may look like."""
    reader = _Reader()
    for line in lines_of(lines):
        reader.take(line)
    return reader.result(whole)


class _Reader:
    """What was read so far. Lines are searched, not compared: another thread may have begun the line."""

    def __init__(self) -> None:
        self._requested: list[str] = []
        self._loads: list[Load] = []
        self._residents: list[Resident] = []
        self._fallbacks: dict[tuple[str, str], tuple[str, int]] = {}
        self._texts: dict[str, dict[str, None]] = {}
        self._executed_s: float | None = None
        self._takers: tuple[tuple[str, Callable[[str], bool]], ...] = (
            # What is in a line, before anything is searched in it: most lines are none of these.
            ("Requested to load", self._request),
            ("loaded ", self._legacy),
            ("dynamic VRAM", self._dynamic),
            ("Model loaded:", self._resident),
            ("ttention", self._fallback),
            ("lora", self._lora),
            ("ERROR", self._lora),
            ("dtype", self._precision),
            ("Native ops", self._ops),
            ("emory", self._memory),
            ("OOM", self._memory),
            ("Prompt executed", self._executed),
        )

    def take(self, line: str) -> None:
        """What one line says."""
        for word, taker in self._takers:
            if word in line and taker(line):
                return

    def result(self, whole: bool) -> Read:
        """All of it."""
        texts = {name: tuple(found) for name, found in self._texts.items()}
        return Read(
            loads=tuple(self._loads),
            residents=tuple(self._residents),
            fallbacks=tuple(
                Fallback(attention, used, reason, times)
                for (attention, used), (reason, times) in self._fallbacks.items()
            ),
            lora_keys=texts.get("lora_keys", ()),
            lora_errors=texts.get("lora_errors", ()),
            weight_dtypes=texts.get("weight_dtypes", ()),
            native_ops=texts.get("native_ops", ()),
            emulated_ops=texts.get("emulated_ops", ()),
            tiled_decode="tiled" in texts,
            out_of_memory="oom" in texts,
            executed_s=self._executed_s,
            whole=whole,
        )

    def _add(self, name: str, *texts: str) -> bool:
        self._texts.setdefault(name, {}).update(dict.fromkeys(texts))
        return True

    def _request(self, line: str) -> bool:
        found = _REQUESTED.search(line)
        if found is not None:
            self._requested.append(found[1])
        return found is not None

    def _legacy(self, line: str) -> bool:
        load = _legacy_load(line)
        if load is None:
            return False
        # Only where one model was asked for it is clear which one this is.
        model = self._requested[0] if len(self._requested) == 1 else None
        self._requested.clear()
        self._loads.append(load._replace(model=model))
        return True

    def _dynamic(self, line: str) -> bool:
        found = _DYNAMIC.search(line)
        if found is None:
            return False
        is_new = found[1] in self._requested
        self._requested = [name for name in self._requested if name != found[1]]
        patches = int(found[3]) if found[3] else None
        load = Load("dynamic", found[1], None, None, int(found[2]) * MIB, patches, found[0])
        if is_new or load not in self._loads[-1:]:  # it is said again whenever the model is used
            self._loads.append(load)
        return True

    def _resident(self, line: str) -> bool:
        found = _RESIDENT.search(line)
        if found is not None:
            self._residents.append(Resident(found[2], found[1], _bytes(found[3]), _bytes(found[4])))
        return found is not None

    def _fallback(self, line: str) -> bool:
        for pattern, attention, used in _FALLBACKS:
            found = pattern.search(line)
            if found is not None:
                reason, times = self._fallbacks.get(
                    (attention, used), (found[1].strip()[:_LONGEST_REASON], 0)
                )
                self._fallbacks[attention, used] = (reason, times + 1)
                return True
        return False

    def _lora(self, line: str) -> bool:
        if (key := _LORA_KEY.search(line)) is not None:
            return self._add("lora_keys", key[1])
        if (error := _LORA_ERROR.search(line)) is not None:
            return self._add("lora_errors", error[1])
        return False

    def _precision(self, line: str) -> bool:
        found = _DTYPE.search(line)
        if found is None:
            return False
        weight, cast = (text.removeprefix("torch.") for text in found.groups())
        return self._add(
            "weight_dtypes", weight if cast in ("None", weight) else f"{weight}, cast to {cast}"
        )

    def _ops(self, line: str) -> bool:
        found = _OPS.search(line)
        if found is None:
            return False
        self._add("native_ops", *_words(found[1]))
        return self._add("emulated_ops", *_words(found[2]))

    def _memory(self, line: str) -> bool:
        if _TILED.search(line):
            return self._add("tiled", line)
        return self._add("oom", line) if _OOM.search(line) else False

    def _executed(self, line: str) -> bool:
        found = _EXECUTED.search(line)
        if found is None:
            return False
        if found[1]:
            self._executed_s = float(found[1])
        else:
            hours, minutes, seconds = (int(found[part]) for part in (2, 3, 4))
            self._executed_s = float(3600 * hours + 60 * minutes + seconds)
        return True


def _legacy_load(line: str) -> Load | None:
    """What a line of the old loader says."""
    if (found := _PARTIALLY.search(line)) is not None:
        loaded, offloaded = _bytes(found[2]), _bytes(found[3])
        return Load("legacy", None, loaded, offloaded, None, int(found[4]), found[0])
    if (found := _COMPLETELY.search(line)) is not None:
        return Load("legacy", None, _bytes(found[2]), 0, None, None, found[0])
    if (found := _PARTIALLY_BEFORE.search(line)) is not None:
        return Load("legacy", None, _bytes(found[2]), None, None, int(found[3]), found[0])
    if (found := _COMPLETELY_BEFORE.search(line)) is not None:
        return Load("legacy", None, _bytes(found[2]), 0, None, None, found[0])
    return None


def is_streamed(load: Load, card_bytes: int | None) -> bool:
    """Whether it is certain that weights are sent to the card in every step.

    The old loader says it. Of DynamicVRAM it is certain only where the weights are larger than the card.
    """
    if load.loader == "legacy":
        return load.line.startswith("loaded partially")
    return bool(load.staged_bytes and card_bytes and load.staged_bytes > card_bytes)


def _bytes(mib: str) -> int:
    """A number of MiB; the old loader writes 1e26 where it has no limit."""
    return round(min(float(mib) * MIB, 2.0**63))


def _words(text: str | None) -> list[str]:
    return [word for word in re.split(r"[,\s]+", text or "") if word]
