"""A folder of lines has one writer: what the stores of benches and of batches promise alike."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from wan22dsl.errors import CommandError

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType


def check_that_it_is_refused(store: ModuleType, folder: Path, said: str, line: Any) -> None:
    """As long as a process has the folder nobody else can write there; when it is killed, anybody can."""
    code = f"""
from pathlib import Path
from {store.__name__} import resume
with resume(Path({str(folder)!r})):
    print("has it", flush=True)
    input()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "has it"
        refused = pytest.raises(CommandError, match=said)
        with refused, store.resume(folder):
            pass
        assert not store.load(folder).lines  # reading is always possible
        process.kill()
    with store.resume(folder) as resumed:
        resumed.add(line)
    assert store.load(folder).lines == (line,)
