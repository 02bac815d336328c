"""Every test below `tests/` is run: no folder has a name that pytest passes by."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

TESTS = Path(__file__).parent


def test_no_folder_with_tests_is_passed_by(request: pytest.FixtureRequest) -> None:
    passed_by = request.config.getini("norecursedirs")
    folders = {
        folder for file in TESTS.rglob("test_*.py") for folder in file.relative_to(TESTS).parents
    }
    assert {Path("graph/build"), Path("language/program")} <= folders
    hidden = [folder for folder in folders if any(fnmatch(folder.name, name) for name in passed_by)]
    assert not hidden
