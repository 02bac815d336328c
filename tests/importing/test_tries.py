"""An import is tried a number of times that does not grow with the clips of a long video."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.prompts import HIGH, LOW, conditioned, node, split
from wan22dsl.api import compiler
from wan22dsl.formats.prompt import dump
from wan22dsl.importing.candidates import Search

if TYPE_CHECKING:
    import pytest

    from tests.prompts import Prompt

#: What the clips share; everything else is there once for each.
SHARED = {"clip", "vae", "high_model", "low_model", "high_shift", "low_shift"}


def clips(count: int) -> Prompt:
    """Clips from picture to picture, each with nodes of its own for what says the same in the next."""
    start = conditioned("WanFirstLastFrameToVideo")
    start["end"] = node("LoadImage", image="end.png")
    start["start"]["inputs"]["end_image"] = ["end", 0]
    one = split((HIGH, LOW), (None, None), start=start)
    made: Prompt = {}
    for number in range(count):

        def own(id: str, number: int = number) -> str:
            return id if id in SHARED else f"{id}_{number}"

        own_values = {
            "load": {"image": f"frame {number}.png"},
            "end": {"image": f"frame {number + 1}.png"},
            "positive": {"text": f"the part {number} of a walk"},
            "high_sampler": {"noise_seed": number},
            "save": {"filename_prefix": f"part {number}"},
        }
        for id, each in one.items():
            inputs = {
                name: [own(value[0]), value[1]] if isinstance(value, list) else value
                for name, value in each["inputs"].items()
            }
            inputs.update(own_values.get(id, {}))
            made[own(id)] = {**each, "inputs": inputs, "_meta": {"title": f"{id} {number}"}}
    return made


def tries(count: int, monkeypatch: pytest.MonkeyPatch) -> int:
    made = []
    built = Search._built

    def counted(self: Search, *given: object) -> object:
        made.append(given)
        return built(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Search, "_built", counted)
    found = compiler.import_file(dump(clips(count)).encode(), shown="made.json")
    monkeypatch.undo()
    assert found.text is not None and "pipeline made {" in found.text
    return len(made)


def test_twice_as_many_clips_are_not_tried_more_often(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tries(16, monkeypatch) <= tries(8, monkeypatch) + 4
