"""What the header of a model file says: its tensors with their shapes, and its metadata. No weights are read.

Safetensors (https://github.com/huggingface/safetensors#format) begin with the length of their header in 8
bytes, little-endian, and the header, which is JSON; the rest is the weights, without a gap. `gguf.py` reads
GGUF. `.pth`, `.pt` and `.ckpt` are pickles: unpickling runs code of their author, so it is never done.

A file may be broken or hostile in any way: what is read is bounded, and all that is wrong is a BrokenHeader.
"""

from __future__ import annotations

import json
import os
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from wan22dsl import digest, disk
from wan22dsl.errors import UnreadableFile
from wan22dsl.model_files import gguf
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

#: The largest header that the format allows.
FORMAT_LIMIT_BYTES = 100_000_000

#: The largest that is read. The header of a 14B model has about 200 kB, those of LoRAs with notes on their
#: training several MB.
MOST_HEADER_BYTES = 32 * 1024**2

#: No model that is known has more tensors or dimensions.
_MOST_TENSORS, _MOST_DIMENSIONS = 65_536, 16

#: Bits of a value, by its number format.
_BITS = {
    **dict.fromkeys(("F4",), 4),
    **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
    **dict.fromkeys(("BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2", "F8_E8M0"), 8),
    **dict.fromkeys(("F8_E4M3FNUZ", "F8_E5M2FNUZ"), 8),
    **dict.fromkeys(("U16", "I16", "F16", "BF16"), 16),
    **dict.fromkeys(("U32", "I32", "F32"), 32),
    **dict.fromkeys(("U64", "I64", "F64", "C64"), 64),
}

#: How files begin that are no model, though they may be called one.
_NO_MODELS = (
    (b"version https://git-lfs", "is a pointer of Git LFS, not the file itself"),
    (b"<!DOCTYPE", "is a web page, not a model: its download went wrong"),
    (b"<!doctype", "is a web page, not a model: its download went wrong"),
    (b"<html", "is a web page, not a model: its download went wrong"),
    (b"Entry not found", "is an error message of a server, not a model"),
    (b"Invalid credentials", "is an error message of a server, not a model"),
    (b"Access to model", "is an error message of a server, not a model"),
)

#: How pickles begin: those of PyTorch since 1.6 are ZIP archives, older ones bare.
_PICKLES = (b"PK\x03\x04", *(bytes((0x80, version)) for version in range(2, 6)))


class BrokenHeader(UnreadableFile):
    """A model file whose header cannot be right: truncated, damaged, no model at all."""


class Tensor(NamedTuple):
    """A tensor: its number format, such as `F8_E4M3` or `Q4_K`, and its shape."""

    dtype: str
    shape: tuple[int, ...]


class Header(NamedTuple):
    """A header. `format` is "safetensors", "gguf" or "pickle"; of a pickle nothing else is known.

    `digest` is that of the header's bytes, which says nothing of the weights.
    """

    path: str
    format: str
    size_bytes: int
    tensors: Mapping[str, Tensor]
    metadata: Mapping[str, str]
    digest: str = ""


def read(path: str | os.PathLike[str]) -> Header:
    """The header of a file.

    Raises BrokenHeader where it is wrong or the file has not the length that it gives, and UnreadableFile
    where there is no file, or none that may be read.
    """
    name = os.fspath(path)
    with disk.opened(name) as file:
        size_bytes = os.fstat(file.fileno()).st_size
        begin = file.read(32)
        file.seek(0)
        shown = name.replace(os.sep, "/")
        if not size_bytes:
            raise BrokenHeader(shown, "is empty")
        for start, problem in _NO_MODELS:
            if begin.startswith(start):
                raise BrokenHeader(shown, problem)
        if begin.startswith(gguf.MAGIC):
            return _gguf(file, shown, size_bytes)
        # A safetensors header begins with `{`, and no pickle has one there.
        if begin.startswith(_PICKLES) and begin[8:9] != b"{":
            return Header(shown, "pickle", size_bytes, {}, {})
        return _safetensors(file, shown, size_bytes)


def _gguf(file: BinaryIO, shown: str, size_bytes: int) -> Header:
    try:
        tensors, metadata, header_bytes = gguf.read(file, size_bytes)
    except gguf.Broken as error:
        raise BrokenHeader(shown, str(error)) from error
    file.seek(0)
    of_header = digest.of(file.read(header_bytes))
    shapes = {name: Tensor(tensor.dtype, tensor.shape) for name, tensor in tensors.items()}
    return Header(shown, "gguf", size_bytes, shapes, metadata, of_header)


def _safetensors(file: BinaryIO, shown: str, size_bytes: int) -> Header:
    begin = file.read(9)
    length = int.from_bytes(begin[:8], "little")
    if size_bytes < 10 or begin[8:9] != b"{":
        raise BrokenHeader(shown, "is not a model file: it does not begin with a header")
    if length > FORMAT_LIMIT_BYTES:
        raise BrokenHeader(
            shown,
            f"is damaged: its header would have {length:,} bytes, the format allows 100,000,000",
        )
    if 8 + length > size_bytes:
        raise BrokenHeader(
            shown,
            f"is truncated: it has {size_bytes:,} bytes, and its header alone has {length:,}",
        )
    if length > MOST_HEADER_BYTES:
        limit = disk.size_in_words(MOST_HEADER_BYTES)
        raise UnreadableFile(
            shown, f"has a header of {length:,} bytes; no more than {limit} is read"
        )
    data = begin[8:9] + file.read(length - 1)
    try:
        tensors, metadata, end = _parsed(data)
    except _Wrong as error:
        raise BrokenHeader(shown, f"has a damaged header: {error}") from error
    whole = 8 + length + end
    if size_bytes < whole:
        raise BrokenHeader(shown, f"is truncated: it has {size_bytes:,} bytes of {whole:,}")
    if size_bytes > whole:
        raise BrokenHeader(
            shown, f"has {size_bytes - whole:,} bytes more than its header gives: it is damaged"
        )
    return Header(shown, "safetensors", size_bytes, tensors, metadata, digest.of(data))


class _Wrong(Exception):
    """What is wrong with a header, in a few words."""


def _parsed(data: bytes) -> tuple[dict[str, Tensor], dict[str, str], int]:
    """The tensors, the metadata, and where the weights end. Raises _Wrong."""
    try:
        document = json.loads(data.decode("utf-8"), object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        raise _Wrong("it is not UTF-8") from error
    except RecursionError as error:
        raise _Wrong("its JSON is nested too deeply") from error
    except ValueError as error:
        raise _Wrong("it is not JSON") from error
    metadata = document.pop("__metadata__", {})
    if len(document) > _MOST_TENSORS:
        raise _Wrong(f"it has {len(document):,} tensors")
    tensors, places = {}, []
    for name, entry in document.items():
        tensor, begin, end = _tensor(name, entry)
        tensors[name] = tensor
        places.append((begin, end, name))
    places.sort()
    at = 0
    for begin, end, name in places:
        if begin != at:
            problem = "overlaps another one" if begin < at else "leaves a gap before it"
            raise _Wrong(f"the tensor {_short(name)} {problem}")
        at = end
    return tensors, _metadata(metadata), at


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = sorted(name for name, _ in pairs)
        twice = next(name for name, after in pairwise(names) if name == after)
        raise _Wrong(f"it has {_short(twice)} twice")
    return found


def _tensor(name: str, entry: Any) -> tuple[Tensor, int, int]:
    """A tensor, and where its weights begin and end. Raises _Wrong."""
    found = entry if isinstance(entry, dict) else {}
    dtype = found.get("dtype")
    shape, place = _counts(found.get("shape")), _counts(found.get("data_offsets"))
    if not isinstance(dtype, str) or shape is None or place is None:
        raise _Wrong(f"the tensor {_short(name)} has no format, shape or place")
    if len(shape) > _MOST_DIMENSIONS or len(dtype) > 32:
        raise _Wrong(f"the tensor {_short(name)} has {len(shape):,} dimensions")
    if len(place) != 2 or place[0] > place[1]:
        raise _Wrong(f"the tensor {_short(name)} ends before it begins")
    bits = _BITS.get(dtype)
    for length in shape:
        bits = None if bits is None else bits * length
    if bits is not None and -(-bits // 8) != place[1] - place[0]:
        raise _Wrong(f"the tensor {_short(name)} has a shape that does not fit its bytes")
    return Tensor(dtype, shape), place[0], place[1]


def _counts(values: Any) -> tuple[int, ...] | None:
    """A list of whole numbers from 0; None for anything else."""
    if not isinstance(values, list):
        return None
    if not all(type(value) is int and 0 <= value < 2**63 for value in values):
        return None
    return tuple(values)


def _metadata(found: Any) -> dict[str, str]:
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise _Wrong("its metadata does not consist of strings")
    return found


def _short(name: str) -> str:
    return repr(name if len(name) <= 80 else name[:77] + "…")
