"""Out of memory in all its shapes, and what is tried then."""

from __future__ import annotations

import pytest

from tests.run.conftest import compiled
from wan22dsl.run import retry_policy
from wan22dsl.run.events import Fault
from wan22dsl.run.retry_policy import Mode


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("torch.OutOfMemoryError", "Allocation on device 0 would exceed allowed memory."),
        ("torch.cuda.OutOfMemoryError", "CUDA out of memory. Tried to allocate 20.00 GiB."),
        (
            "RuntimeError",
            "[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory",
        ),
        ("RuntimeError", "CUDA error: out of memory"),
        ("RuntimeError", "HIP out of memory. Tried to allocate 2 GiB"),
        ("RuntimeError", "MPS backend out of memory (MPS allocated: 9 GB)"),
        (
            "RuntimeError",
            "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        ),
        ("numpy.core._exceptions._ArrayMemoryError", "Unable to allocate 9.1 GiB for an array"),
        ("MemoryError", ""),
        ("OSError", "[Errno 12] Cannot allocate memory"),
    ],
)
def test_want_of_memory_is_recognised(kind, message):
    assert retry_policy.is_out_of_memory(Fault("a", "B", kind, message))


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("RuntimeError", "mat1 and mat2 shapes cannot be multiplied"),
        ("ValueError", "the memory of the model is fine"),
        ("FileNotFoundError", "no such file"),
    ],
)
def test_other_faults_are_not(kind, message):
    assert not retry_policy.is_out_of_memory(Fault("a", "B", kind, message))


@pytest.mark.parametrize("decoding", [True, False])
@pytest.mark.parametrize("can_stage", [True, False])
@pytest.mark.parametrize("can_tile", [True, False])
@pytest.mark.parametrize("staged", [True, False])
def test_retries_end_and_none_is_made_twice(decoding, can_stage, can_tile, staged):
    mode, taken = Mode(staged=staged), []
    while True:
        following = retry_policy.next_retry(
            mode, taken, decoding=decoding, can_stage=can_stage, can_tile=can_tile
        )
        if following is None:
            break
        name, mode = following
        taken.append(name)
        assert len(taken) <= 3
    assert len(taken) == len(set(taken))
    assert taken[0] == retry_policy.FREE
    assert mode.tiled == can_tile
    assert mode.staged == (staged or can_stage)


def test_only_a_decode_is_tried_in_tiles_before_the_passes_are_staged():
    options = {"can_stage": True, "can_tile": True}
    after = {
        decoding: retry_policy.next_retry(Mode(), [retry_policy.FREE], decoding=decoding, **options)
        for decoding in (True, False)
    }
    assert after[True] == (retry_policy.TILED, Mode(tiled=True))
    assert after[False] == (retry_policy.STAGED, Mode(staged=True))


def test_activations_are_those_that_comfyui_reckons():
    # 15,299 MiB for 832x1216 and 81 frames.
    assert retry_policy.activation_bytes(832, 1216, 81) // 2**20 == 15_298
    # frames past 4k + 1 are dropped
    assert retry_policy.activation_bytes(832, 1216, 80) == retry_policy.activation_bytes(
        832, 1216, 77
    )


def test_what_fits_names_frames():
    plan = compiled().plan
    reported = retry_policy.what_fits(plan, 12 * 2**30)
    assert "About 53 frames at 832x1216" in reported
    assert "--reserve-vram" in reported
    assert "About" not in retry_policy.what_fits(plan, 48 * 2**30)
    assert "too large" in retry_policy.what_fits(plan, 2 * 2**30)
    assert "fewer frames" in retry_policy.what_fits(plan, None)
