"""What a newcomer writes for another stage or pass: help names the one that there is."""

from __future__ import annotations

import pytest

from tests.findings import findings_of, piped

COMBINE = 'combine("name", format = "image/gif")'
PASSES = "wan22.high -> wan22.low"


@pytest.mark.parametrize(
    ("saved", "code", "shown"),
    [
        ('save_gif("x")', "WAN207", COMBINE),
        ('gif("x")', "WAN207", COMBINE),
        ('save("x", format = "gif")', "WAN505", COMBINE),
        ('save("x", format = "webp")', "WAN505", 'save_webp("name")'),
    ],
)
def test_a_format_that_save_has_not_is_shown_with_the_stage_that_has_it(
    saved: str, code: str, shown: str
) -> None:
    (found,) = findings_of(piped(f"{PASSES} -> {saved}"))
    assert found.code == code
    assert f"`{shown}`" in found.help
    assert found.fix is None
    stage = shown.replace("name", "x")
    assert not [
        finding for finding in findings_of(piped(f"{PASSES} -> {stage}")) if finding.is_error
    ]


@pytest.mark.parametrize(
    ("flow", "instead"),
    [
        ("wan22.text_high -> wan22.text_low", "`wan22.high` and `wan22.low`"),
        ("wan22.base_text_high -> wan22.base_text_low", "`wan22.base_high` and `wan22.base_low`"),
    ],
)
def test_an_image_with_passes_of_text_alone_names_those_that_begin_with_one(
    flow: str, instead: str
) -> None:
    (found,) = [
        finding for finding in findings_of(piped(f'{flow} -> save("x")')) if finding.is_error
    ]
    assert found.code == "WAN409"
    assert found.help == f"Use {instead}, which start from an image, or remove it."
