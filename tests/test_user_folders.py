"""The folders of the person who runs `wan`, on each platform."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from wan22dsl import user_folders

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_variables_of_the_platform_name_the_folders(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "a"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "b"))
    assert user_folders.config_folder() == os.path.join(tmp_path, "a", "wan22dsl")
    assert user_folders.cache_folder() == os.path.join(tmp_path, "b", "wan22dsl")
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("APPDATA", "C:/Roaming")
    monkeypatch.setenv("LOCALAPPDATA", "C:/Local")
    assert user_folders.config_folder() == os.path.join("C:/Roaming", "wan22dsl")
    assert user_folders.cache_folder() == os.path.join("C:/Local", "wan22dsl")


def test_a_relative_variable_does_not_put_the_cache_into_the_current_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", "cache")
    assert user_folders.cache_folder() == os.path.expanduser("~/.cache/wan22dsl")


def test_without_a_home_folder_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    for platform in ("linux", "darwin", "win32"):
        monkeypatch.setattr(sys, "platform", platform)
        for variable in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "APPDATA", "LOCALAPPDATA"):
            monkeypatch.delenv(variable, raising=False)
        assert user_folders.config_folder() is None
        assert user_folders.cache_folder() is None
