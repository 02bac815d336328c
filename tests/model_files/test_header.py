"""Headers of model files: what is read, and that whatever is wrong with one is a single clear error."""

from __future__ import annotations

import json
import os
import struct
import sys
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model_files import making
from wan22dsl.errors import UnreadableFile
from wan22dsl.model_files import identity
from wan22dsl.model_files.header import BrokenHeader, read

TWO: making.Shapes = {"a.weight": ("BF16", (4, 8)), "b.weight": ("F32", (2,))}


def test_a_header_gives_tensors_and_metadata_of_a_file_of_14_gb_without_its_weights(tmp_path):
    tensors = making.wan(scaled=True)
    path = making.safetensors(tmp_path / "model.safetensors", tensors, {"format": "pt"})
    tracemalloc.start()
    header = read(path)
    most_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert header.format == "safetensors"
    assert {name: tuple(each) for name, each in header.tensors.items()} == tensors
    assert header.metadata == {"format": "pt"}
    assert header.size_bytes == path.stat().st_size > 14e9
    assert most_bytes < 20e6


def test_the_order_of_tensors_in_the_header_is_not_that_of_their_weights(tmp_path):
    entries = {
        "b": {"dtype": "U8", "shape": [2], "data_offsets": [4, 6]},
        "a": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]},
        "none": {"dtype": "U8", "shape": [0], "data_offsets": [4, 4]},
    }
    path = making.raw(tmp_path / "x.safetensors", json.dumps(entries).encode(), 6)
    assert set(read(path).tensors) == {"a", "b", "none"}


def entry(begin: int, end: int, shape: object = (4,), dtype: object = "U8") -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


#: More tensors than are read; all are one, so that they cost nothing before the test.
MANY = dict.fromkeys(map(str, range(100_000)), entry(0, 0, [0]))

BROKEN = {
    "not UTF-8": (b'{"\xff\xfe": 1}', "not UTF-8"),
    "not JSON": (b"{not json}", "not JSON"),
    "nested": (b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}", "nested"),
    "a name twice": (
        b'{"a":{"dtype":"U8","shape":[4]},"a":{"dtype":"U8","shape":[4]}}',
        "'a' twice",
    ),
    "a field twice": (
        b'{"a":{"dtype":"U8","dtype":"U8","shape":[4],"data_offsets":[0,4]}}',
        "'dtype' twice",
    ),
    "overlapping": ({"a": entry(0, 4), "b": entry(2, 6)}, "overlaps"),
    "a gap": ({"a": entry(0, 4), "b": entry(8, 12)}, "gap"),
    "a gap at the start": ({"a": entry(4, 8)}, "gap"),
    "ends before it begins": ({"a": entry(4, 0)}, "ends before it begins"),
    "another shape": ({"a": entry(0, 4, [5])}, "does not fit its bytes"),
    "a huge shape": ({"a": entry(0, 4, [2**62, 2**62, 2**62])}, "does not fit its bytes"),
    "many dimensions": ({"a": entry(0, 4, [1] * 100_000)}, "100,000 dimensions"),
    "a negative place": (
        {"a": {**entry(0, 4), "data_offsets": [-4, 0]}},
        "no format, shape or place",
    ),
    "three places": ({"a": {**entry(0, 4), "data_offsets": [0, 4, 8]}}, "ends before it begins"),
    "a fraction": ({"a": entry(0, 4, [4.0])}, "no format, shape or place"),
    "a truth value": ({"a": entry(0, 4, [True])}, "no format, shape or place"),
    "a number of 5000 digits": (
        b'{"a":{"dtype":"U8","shape":[' + b"9" * 5000 + b'],"data_offsets":[0,4]}}',
        "damaged header",
    ),
    "no fields": ({"a": 5}, "no format, shape or place"),
    "metadata of numbers": ({"__metadata__": {"a": 5}, "a": entry(0, 4)}, "metadata"),
    "metadata that is a list": ({"__metadata__": [], "a": entry(0, 4)}, "metadata"),
    "100,000 tensors": (MANY, "100,000 tensors"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_header_that_cannot_be_right_is_one_error_that_says_why(name, tmp_path):
    found, words = BROKEN[name]
    header = found if isinstance(found, bytes) else json.dumps(found).encode()
    path = making.raw(tmp_path / "model.safetensors", header, 4)
    with pytest.raises(BrokenHeader) as caught:
        read(path)
    assert words in caught.value.reason
    assert len(str(caught.value)) < 400
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("length", [100 * 10**9, 2**64 - 1, 100_000_001])
def test_a_header_of_100_gb_is_refused_before_it_is_read(length, tmp_path):
    path = making.raw(tmp_path / "model.safetensors", b"{}", length=length, size_bytes=200 * 10**9)
    tracemalloc.start()
    with pytest.raises(BrokenHeader, match=f"{length:,} bytes"):
        read(path)
    assert tracemalloc.get_traced_memory()[1] < 1e6
    tracemalloc.stop()


def test_a_header_larger_than_what_is_read_is_not_called_broken(tmp_path):
    path = making.raw(tmp_path / "x.safetensors", b"{" + b" " * 40_000_000 + b"}")
    with pytest.raises(UnreadableFile, match="no more than 32 MiB") as caught:
        read(path)
    assert not isinstance(caught.value, BrokenHeader)


def test_a_truncated_file_is_told_with_its_bytes(tmp_path):
    header, weights = making.document(TWO)
    whole = 8 + len(header) + weights
    for size in (whole - 1, whole - weights):
        path = making.safetensors(tmp_path / "x.safetensors", TWO, size_bytes=size)
        with pytest.raises(BrokenHeader, match=f"truncated: it has {size:,} bytes of {whole:,}"):
            read(path)
    path = making.safetensors(tmp_path / "x.safetensors", TWO, size_bytes=40)
    with pytest.raises(BrokenHeader, match="its header alone"):
        read(path)
    path = making.safetensors(tmp_path / "x.safetensors", TWO, size_bytes=whole + 3)
    with pytest.raises(BrokenHeader, match="3 bytes more"):
        read(path)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"short", "does not begin with a header"),
        (b"\x08\0\0\0\0\0\0\0[1,2,3] ", "does not begin with a header"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"Entry not found", "error message"),
    ],
)
def test_what_is_no_model_is_named(data, words, tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(data)
    with pytest.raises(BrokenHeader, match=words):
        read(path)


class Boom:
    def __reduce__(self):
        return (os.system, ("echo unpickled > /tmp/unpickled",))


def test_a_pickle_is_named_as_one_and_never_unpickled(tmp_path):
    import pickle

    for data in (pickle.dumps(Boom(), 2), pickle.dumps(Boom(), 5), b"PK\x03\x04" + b"\0" * 40):
        path = tmp_path / "model.pth"
        path.write_bytes(data)
        header = read(path)
        assert (header.format, header.tensors) == ("pickle", {})


def test_what_is_not_a_file_is_named(tmp_path):
    with pytest.raises(UnreadableFile, match="folder"):
        read(tmp_path)
    with pytest.raises(UnreadableFile):
        read(tmp_path / "missing.safetensors")


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes in folders there")
def test_pipes_links_and_forbidden_files_do_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe.safetensors")
    with pytest.raises(UnreadableFile, match="pipe"):
        read(tmp_path / "pipe.safetensors")
    link = tmp_path / "link.safetensors"
    link.symlink_to(link.name)
    with pytest.raises(UnreadableFile):
        read(link)
    making.safetensors(tmp_path / "real.safetensors", TWO)
    link.unlink()
    link.symlink_to("real.safetensors")
    assert set(read(link).tensors) == set(TWO)
    if os.geteuid():
        (tmp_path / "real.safetensors").chmod(0)
        with pytest.raises(UnreadableFile, match="denied"):
            read(link)


QUANTISED = {"head.modulation": ("F32", (1, 2, 256)), "blocks.0.ffn.0.weight": ("Q4_K", (512, 256))}


@pytest.mark.parametrize("version", [2, 3])
def test_a_gguf_header_gives_shapes_as_safetensors_has_them(version, tmp_path):
    words = {"general.architecture": "wan", "general.name": "Wan", "words": ["a"] * 300, "n": 7}
    path = making.gguf(tmp_path / "model.gguf", QUANTISED, words, version=version)
    header = read(path)
    assert header.format == "gguf"
    assert {name: tuple(each) for name, each in header.tensors.items()} == QUANTISED
    assert header.metadata == {"general.architecture": "wan", "general.name": "Wan", "n": "7"}


def test_a_tensor_that_was_flattened_for_gguf_has_its_own_shape(tmp_path):
    key = "patch_embedding.weight"
    shape = [5120, 36, 1, 2, 2]
    path = making.gguf(
        tmp_path / "model.gguf",
        {key: ("F16", (5120, 144))},
        {f"comfy.gguf.orig_shape.{key}": shape},
    )
    assert read(path).tensors[key].shape == tuple(shape)


def gguf_bytes(*parts: object) -> bytes:
    """A GGUF header: whole numbers as 8 bytes, texts with their length, bytes as they are."""
    out = b"GGUF"
    for part in parts:
        if isinstance(part, int):
            out += struct.pack("<Q", part)
        elif isinstance(part, str):
            out += struct.pack("<Q", len(part)) + part.encode()
        else:
            out += part
    return out


def u32(*numbers: int) -> bytes:
    return b"".join(struct.pack("<I", number) for number in numbers)


BROKEN_GGUF = {
    "version 1": (gguf_bytes(u32(1), 0, 0), "version 1"),
    "big-endian": (gguf_bytes(struct.pack(">I", 3), 0, 0), "big-endian"),
    "many tensors": (gguf_bytes(u32(3), 2**60, 0), "entries"),
    "many values": (gguf_bytes(u32(3), 0, 2**60), "entries"),
    "ends": (gguf_bytes(u32(3), 1, 0), "truncated"),
    "a long name": (gguf_bytes(u32(3), 1, 0, 2**50), "name of"),
    "many dimensions": (gguf_bytes(u32(3), 1, 0, "a", u32(2**31)), "dimensions"),
    "an unknown type": (gguf_bytes(u32(3), 0, 1, "a", u32(77)), "unknown type 77"),
    "lists of lists": (gguf_bytes(u32(3), 0, 1, "a", u32(9, 9), 4), "unknown type 9"),
    "an endless list": (gguf_bytes(u32(3), 0, 1, "a", u32(9, 8), 2**60), "damaged"),
    "a long list": (gguf_bytes(u32(3), 0, 1, "a", u32(9, 4), 2**60), "header"),
    "a key twice": (gguf_bytes(u32(3), 0, 2, "a", u32(4, 1), "a", u32(4, 1)), "twice"),
    "a tensor twice": (
        gguf_bytes(u32(3), 2, 0, *(2 * ("a", u32(1), 4, u32(0), 0)), bytes(200)), "twice",
    ),
    "overlapping": (
        gguf_bytes(u32(3), 2, 0, "a", u32(1), 40, u32(0), 0, "b", u32(1), 40, u32(0), 32, bytes(400)),
        "overlap",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN_GGUF)
def test_a_gguf_header_that_cannot_be_right_is_one_error_that_says_why(name, tmp_path):
    data, words = BROKEN_GGUF[name]
    path = tmp_path / "model.gguf"
    path.write_bytes(data)
    with pytest.raises(BrokenHeader) as caught:
        read(path)
    assert words in caught.value.reason


def test_a_truncated_gguf_file_is_told(tmp_path):
    path = making.gguf(tmp_path / "model.gguf", QUANTISED, {}, size_bytes=4000)
    with pytest.raises(BrokenHeader, match="truncated"):
        read(path)


@given(st.data())
def test_a_damaged_file_is_a_header_or_one_error_whatever_is_damaged(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("damaged")
    kind = data.draw(st.sampled_from(["safetensors", "gguf"]))
    if kind == "gguf":
        path = making.gguf(folder / "x.gguf", QUANTISED, {"a": "b", "n": 3, "l": [1, 2]})
    else:
        path = making.safetensors(folder / "x.safetensors", TWO, {"format": "pt"})
    content = bytearray(path.read_bytes()[:2000])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, min(len(content), 250) - 1))
        content[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    path.write_bytes(bytes(content if cut % 3 else content[:cut]))
    try:
        found = identity.of(read(path))
    except UnreadableFile as error:
        assert len(str(error)) < 600
    else:
        assert found.words()
