"""Launchers as `.wan` files: a profile that starts ComfyUI as the launcher does."""

from __future__ import annotations

import pytest

from tests.comfyui.starting.test_launchers import CASES
from wan22dsl.api.compiler import import_file
from wan22dsl.api.profiles import profiles_of
from wan22dsl.comfyui.starting.launchers.reading import read
from wan22dsl.errors import CommandError
from wan22dsl.importing.launchers import text_of
from wan22dsl.language.syntax import parse, print_file
from wan22dsl.source import Source


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_profile_of_a_launcher_has_its_flags(case):
    name, script, expected = case
    text, _ = text_of(Source(script, name))
    assert (text is None) == (not expected)
    if text is None:
        return
    profiles, findings = profiles_of(Source(text, "launch.wan"))
    assert not [finding for finding in findings if not finding.code.startswith("WAN9")], text
    wanted = [profile.flags for profile in read(Source(script, name))]
    assert [[flag[:2] for flag in profile.flags] for profile in profiles] == [
        [flag[:2] for flag in flags] for flags in wanted
    ]
    file, _ = parse(Source(text, "launch.wan"))
    assert print_file(file) == text


def test_variables_that_something_reads_are_kept_and_the_others_are_named():
    text, _ = text_of(
        Source("export OMP_NUM_THREADS=08 MY_DIR=/x\npython main.py --lowvram\n", "s.sh")
    )
    assert text is not None
    assert '    env   = { OMP_NUM_THREADS = "08" }' in text
    assert "# Left out as the script's own: MY_DIR." in text


def test_what_the_script_fills_in_is_named():
    text, _ = text_of(Source('python main.py --port "$PORT" --lowvram\n', "s.sh"))
    assert text is not None
    assert "# The script fills in: --port." in text
    assert "port" not in text.partition("profile")[2]


def test_names_are_the_file_s_and_each_is_there_once():
    text, _ = text_of(Source("python main.py --cpu\npython main.py --lowvram\n", "1 of_it.sh"))
    assert text is not None
    assert [line.split()[1] for line in text.splitlines() if line.startswith("profile")] == [
        "launcher_1_of_it_1",
        "launcher_1_of_it_2",
    ]


def test_a_launcher_is_imported_from_a_file_and_one_that_starts_nothing_is_not(tmp_path):
    file = tmp_path / "run.bat"
    file.write_bytes("rem große Karte\r\npython main.py --lowvram\r\n".encode("cp1252"))
    imported = import_file(file)
    assert imported.text is not None
    assert "lowvram = true" in imported.text
    file.write_text("pause\n")
    with pytest.raises(CommandError, match="no line here starts ComfyUI"):
        import_file(file)
