"""A file with thirty pipelines, checked again after an edit in one: by a session, and from the beginning.

Both in one run and in turn, so that their ratio holds on any machine.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from wan22dsl.api import compiler
from wan22dsl.api.session import Session
from wan22dsl.comfyui.catalogue.open import open_catalogue

PIPELINES = 30
ROUNDS = 25

_HEAD = """\
wan 1
use wan22

param seed: int = 42

pass high = wan22.high(cfg = 1.0)
pass low = wan22.low(cfg = 1.0)
"""

_PIPELINE = """
pipeline clip_{number} {{
    image  = "portrait.png"
    prompt = "She turns to the camera and smiles, take {number}"
    size   = 832x1216
    length = 5s
    seed   = seed
    flow   = high -> low -> rife(times = 2) -> save("clip_{number}")
}}
"""


def text(edit: int) -> str:
    """The file after so many edits of the prompt of its middle pipeline."""
    whole = _HEAD + "".join(_PIPELINE.format(number=number) for number in range(PIPELINES))
    return whole.replace(f"take {PIPELINES // 2}", f"take {PIPELINES // 2}, edit {edit}")


def main() -> None:
    """Prints milliseconds of a fresh check, of one by a session, and how many times faster that is."""
    catalogue = open_catalogue("0.33.0")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "thirty.wan"
        session = Session(target=catalogue)
        session.workspace.open(file, text(0))
        assert not session.check(file).diagnostics
        fresh, kept = [], []
        for edit in range(1, ROUNDS + 1):
            session.workspace.open(file, text(edit))
            start = perf_counter()
            compiler.check(file, target=catalogue, workspace=session.workspace)
            middle = perf_counter()
            session.check(file)
            kept.append(perf_counter() - middle)
            fresh.append(middle - start)
    print(f"{PIPELINES} pipelines, fresh:      median {median(fresh) * 1000:6.2f} ms")
    print(f"after an edit in one: median {median(kept) * 1000:6.2f} ms")
    print(f"  fastest {min(kept) * 1000:.2f} ms, {median(fresh) / median(kept):.0f} times faster")


if __name__ == "__main__":
    main()
