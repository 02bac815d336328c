"""Settings in the braces of a string: `{seed}` where `{pipeline.seed}` is meant."""

from __future__ import annotations

import pytest

from tests.findings import findings_of, piped
from tests.graph.build.test_no_family import applied

PASSES = "wan22.high -> wan22.low"

#: The name in the braces, more of the pipeline, what is written instead, and whether that is sure.
SETTINGS = {
    "a setting of the pipeline": ("size", "", "pipeline.size", True),
    "a setting with a default": ("seed", "", "pipeline.seed", True),
    "a setting that only the pass has": ("cfg", "", "wan22.high.cfg", False),
    "a setting that both have": ("cfg", "    cfg    = 1.0\n", "pipeline.cfg", True),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_in_braces_is_read_from_where_it_is_set(name: str) -> None:
    setting, more, written, safe = SETTINGS[name]
    flow = PASSES if more or setting != "cfg" else "wan22.high(steps = 4)"
    text = piped(f'{flow} -> save("out/{{{setting}}}/p")', more=more)
    (found,) = [finding for finding in findings_of(text) if finding.is_error]
    assert found.code == "WAN207"
    assert f"`{{{written}}}`" in found.help
    assert found.fix is not None
    assert found.fix.safe is safe
    fixed = applied(text, found)
    assert f'save("out/{{{written}}}/p")' in fixed
    assert not [finding for finding in findings_of(fixed) if finding.is_error]


def test_of_two_passes_none_is_chosen() -> None:
    (found,) = findings_of(piped(f'{PASSES} -> save("p_{{cfg}}")'))
    assert "`cfg = …` in the pipeline" in found.help
    assert found.fix is None


def test_a_pass_that_is_changed_in_place_is_not_read() -> None:
    flow = 'wan22.high(steps = 4, cfg = 2.0) -> save("p_{cfg}")'
    found = [finding for finding in findings_of(piped(flow)) if finding.code == "WAN207"]
    assert "wan22.high.cfg" not in found[0].help


def test_a_misspelt_name_keeps_its_braces() -> None:
    text = piped(f'{PASSES} -> save("p_{{facce}}")', declarations='param face: text = "f"')
    found = next(finding for finding in findings_of(text) if finding.code == "WAN207")
    assert found.help == "Did you mean `{face}`?"
    assert 'save("p_{face}")' in applied(text, found)


def test_another_name_is_declared_or_has_its_braces_escaped() -> None:
    (found,) = findings_of(piped(f'{PASSES} -> save("p_{{nonsense}}")'))
    assert found.help == r"Declare it, or write `\{nonsense}` for literal braces."
    assert findings_of(piped(rf'{PASSES} -> save("p_\{{nonsense}}")')) == []
