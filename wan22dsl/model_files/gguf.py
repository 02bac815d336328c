"""Headers of GGUF files: metadata and tensors of versions 2 and 3, without the weights.

ggml-org/ggml, docs/gguf.md, has the format; the sizes of its number formats are those of ggml-common.h.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from typing import BinaryIO

MAGIC = b"GGUF"

#: The most that is read of a header. A tokenizer of 256,000 words takes about 6 MB.
_MOST_BYTES = 64 * 1024**2

#: No model that is known has more tensors, or more values in its metadata.
_MOST_TENSORS, _MOST_VALUES, _MOST_DIMENSIONS, _MOST_NAME_BYTES = 65_536, 65_536, 8, 1024

#: The largest tokenizers have about 260,000 words.
_MOST_WORDS = 1_000_000

#: Lists that are kept: shapes of tensors are, tokenizers are not.
_MOST_ITEMS = 16

#: Number formats: weights in a block, and its bytes.
_FORMATS: dict[int, tuple[str, int, int]] = {
    0: ("F32", 1, 4),
    1: ("F16", 1, 2),
    2: ("Q4_0", 32, 18),
    3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24),
    8: ("Q8_0", 32, 34),
    9: ("Q8_1", 32, 36),
    10: ("Q2_K", 256, 84),
    11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210),
    15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74),
    18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18),
    21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82),
    23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1),
    25: ("I16", 1, 2),
    26: ("I32", 1, 4),
    27: ("I64", 1, 8),
    28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2),
}

#: Values of metadata by their type; strings and lists have types of their own.
_VALUES = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q"}
_VALUES.update({11: "<q", 12: "<d"})
_STRING, _LIST = 8, 9


class Broken(Exception):
    """What is wrong with the header, as the end of a sentence that begins with the name of the file."""


class Tensor(NamedTuple):
    """A tensor: its number format, its shape with the slowest dimension first, and its place in the file."""

    dtype: str
    shape: tuple[int, ...]
    begin: int
    size_bytes: int | None


class _Reader:
    """Reads a header, of which no more may be read than it may have."""

    def __init__(self, file: BinaryIO, size_bytes: int) -> None:
        self._file = file
        self._size_bytes = size_bytes
        self.at = 0

    def bytes(self, count: int) -> bytes:
        if self.at + count > self._size_bytes:
            raise Broken("ends within its header: the file is truncated")
        if self.at + count > _MOST_BYTES:
            raise Broken("has a header of more than 64 MiB, which no model has")
        data = self._file.read(count)
        if len(data) != count:
            raise Broken("ends within its header: the file is truncated")
        self.at += count
        return data

    def number(self, form: str) -> int:
        value: int = struct.unpack(form, self.bytes(struct.calcsize(form)))[0]
        return value

    def string(self, most_bytes: int = _MOST_BYTES) -> str:
        length = self.number("<Q")
        if length > most_bytes:
            raise Broken(f"has a name of {length:,} bytes in its header, so it is damaged")
        return self.bytes(length).decode("utf-8", "replace")

    def value(self) -> str | None:
        """A value of the metadata as text; None for a list that is too long to be of use."""
        kind = self.number("<I")
        if kind != _LIST:
            return self._scalar(kind)
        kind, count = self.number("<I"), self.number("<Q")
        if kind not in _VALUES and count > _MOST_WORDS:
            raise Broken(f"has a list of {count:,} words in its metadata, so it is damaged")
        items: list[str] = []
        if kind in _VALUES and count > _MOST_ITEMS:
            self.bytes(struct.calcsize(_VALUES[kind]) * min(count, _MOST_BYTES))
            return None
        for _ in range(count):
            item = self._scalar(kind)
            if len(items) <= _MOST_ITEMS:
                items.append(item)
        return None if count > _MOST_ITEMS else ",".join(items)

    def _scalar(self, kind: int) -> str:
        if kind == _STRING:
            return self.string()
        if kind not in _VALUES:
            raise Broken(f"has metadata of the unknown type {kind}, so it is damaged or newer")
        return str(struct.unpack(_VALUES[kind], self.bytes(struct.calcsize(_VALUES[kind])))[0])


def read(file: BinaryIO, size_bytes: int) -> tuple[dict[str, Tensor], dict[str, str], int]:
    """The tensors, the metadata and the length of the header. Raises Broken."""
    reader = _Reader(file, size_bytes)
    if reader.bytes(4) != MAGIC:
        raise Broken("is not a GGUF file")
    version = reader.number("<I")
    if version not in (2, 3):
        if int.from_bytes(struct.pack("<I", version), "big") in (2, 3):
            raise Broken("is a GGUF file for big-endian machines")
        raise Broken(f"is a GGUF file of version {version}; versions 2 and 3 are read")
    count, values = reader.number("<Q"), reader.number("<Q")
    if count > _MOST_TENSORS or values > _MOST_VALUES:
        raise Broken(f"has {max(count, values):,} entries in its header, so it is damaged")
    metadata: dict[str, str] = {}
    for _ in range(values):
        name = reader.string(_MOST_NAME_BYTES)
        value = reader.value()
        if name in metadata:
            raise Broken(f"has {name!r} twice in its metadata")
        if value is not None:
            metadata[name] = value
    tensors = _tensors(reader, count, metadata)
    _check_places(tensors, reader.at, metadata, size_bytes)
    return tensors, metadata, reader.at


def _tensors(reader: _Reader, count: int, metadata: dict[str, str]) -> dict[str, Tensor]:
    tensors: dict[str, Tensor] = {}
    for _ in range(count):
        name = reader.string(_MOST_NAME_BYTES)
        dimensions = reader.number("<I")
        if dimensions > _MOST_DIMENSIONS:
            raise Broken(f"has a tensor with {dimensions:,} dimensions, so it is damaged")
        if name in tensors:
            raise Broken(f"has the tensor {name!r} twice")
        stored = tuple(reader.number("<Q") for _ in range(dimensions))
        kind, begin = reader.number("<I"), reader.number("<Q")
        elements = 1
        for length in stored:
            elements *= length
        dtype, block, block_bytes = _FORMATS.get(kind, (f"type {kind}", 0, 0))
        size_bytes = elements // block * block_bytes if block else None
        tensors[name] = Tensor(dtype, _shape(name, stored, metadata), begin, size_bytes)
    return tensors


def _shape(name: str, stored: tuple[int, ...], metadata: dict[str, str]) -> tuple[int, ...]:
    """The shape; where a converter had to flatten a tensor, the one that it had before."""
    before = metadata.get(f"comfy.gguf.orig_shape.{name}", "")
    words = before.split(",")
    if before and all(word.isdecimal() and len(word) < 10 for word in words):
        return tuple(map(int, words))
    return stored[::-1]


def _check_places(
    tensors: dict[str, Tensor], header_bytes: int, metadata: dict[str, str], size_bytes: int
) -> None:
    word = metadata.get("general.alignment", "32")
    alignment = int(word) if word.isdecimal() and 0 < int(word) <= 2**20 else 32
    start = -(-header_bytes // alignment) * alignment
    end = 0
    for tensor in sorted(tensors.values(), key=lambda each: each.begin):
        if tensor.begin < end:
            raise Broken("has tensors that overlap, so it is damaged")
        end = tensor.begin + (tensor.size_bytes or 0)
    if tensors and start + end > size_bytes:
        raise Broken(f"is truncated: it has {size_bytes:,} bytes of {start + end:,}")
