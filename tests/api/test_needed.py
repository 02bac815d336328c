"""What pipelines need: packs of node classes, and model files."""

from __future__ import annotations

from tests.conftest import ROOT
from wan22dsl.api.needed import needed


def test_packs_and_models_of_several_files_are_together() -> None:
    found = needed([ROOT / "examples" / "portrait.wan"])
    assert [pack.name for pack in found.packs] == ["ComfyUI-Frame-Interpolation"]
    assert ("vae", "wan_2.1_vae.safetensors") in found.models
    assert all(folder not in ("input", "output") for folder, _ in found.models)
    everything = needed(sorted((ROOT / "examples").glob("*.wan")))
    assert {"ComfyUI-KJNodes", "ComfyUI-WanVideoWrapper"} <= {
        pack.name for pack in everything.packs
    }
    assert all(pack.url for pack in everything.packs)
    assert set(found.models) < set(everything.models)
    assert everything.diagnostics == ()


def test_a_class_of_no_known_pack_and_a_file_with_an_error_are_told(tmp_path) -> None:
    text = (ROOT / "examples" / "portrait.wan").read_text(encoding="utf-8")
    broken = tmp_path / "broken.wan"
    broken.write_text(
        text.replace("832x1216", "833x1216").replace("wan 1", "wan 1\nfoo", 1), encoding="utf-8"
    )
    assert [finding.code for finding in needed([broken]).diagnostics]
    everything = needed(sorted((ROOT / "examples").glob("*.wan")))
    assert everything.unknown_classes == ("Smooth Motion (example)",)
