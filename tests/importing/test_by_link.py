"""Values by link come back in the settings of the pipeline, not as a conditioning of their own."""

from __future__ import annotations

import pytest

from tests.graph.build.test_by_link import FITTED, text_of
from tests.importing.test_laws import brought_in
from tests.language.library.building import prompt_of

PROPORTIONAL = FITTED.replace("width = 480", "width = 0")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ((PROPORTIONAL, "image = fitted.IMAGE", "size = fitted"), "size = fitted"),
        ((FITTED, "size = { width = 512, height = fitted.height }"), "size = { width = 512"),
        (("size = pipeline.image.size",), "size = pipeline.image.size"),
        (('length = VHS_LoadVideo(video = "x.mp4").frame_count',), "length = "),
        (('prompt = CLIPSomething(text = "x")[0]',), "prompt = "),
    ],
)
def test_it_is_a_setting_again(settings: tuple[str, ...], expected: str) -> None:
    text = " ".join(brought_in(prompt_of(text_of(*settings))).split())
    assert expected in text
    assert 'flow = wan22.high -> wan22.low -> save("p")' in text
    assert "WanImageToVideo" not in text
