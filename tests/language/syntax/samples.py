"""The files of `samples/`: small ones, in canonical layout, which together use the whole grammar."""

from __future__ import annotations

from pathlib import Path

SAMPLES = {
    file.stem: file.read_text(encoding="utf-8")
    for file in sorted((Path(__file__).parent / "samples").glob("*.wan"))
}
