"""What `wan run` takes from the configuration."""

from __future__ import annotations

import sys

import pytest

from tests.run.conftest import SPLIT
from wan22dsl import user_folders


@pytest.fixture
def wan(wan, monkeypatch):
    """A pipeline, and a configuration that names a server at a port where nobody answers."""
    monkeypatch.delenv("WAN_SERVER", raising=False)
    return wan.write("clip.wan", SPLIT).write(
        "wan.toml", 'server = "http://127.0.0.1:9"\ncard = "RTX 409"\n'
    )


def test_the_server_is_that_of_the_option_then_the_environment_then_the_configuration(
    wan, monkeypatch, tmp_path
):
    refused = wan("run", "clip.wan")
    assert (refused.status, "that you have not allowed" in refused.stderr) == (2, True)
    (tmp_path / "home" / "wan22dsl").mkdir(parents=True)
    own = tmp_path / "home" / "wan22dsl" / "config.toml"
    own.write_text('[servers."http://127.0.0.1:9"]\n', "utf-8")
    for variable in ("XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.setenv(variable, str(tmp_path / "home"))
    if sys.platform == "darwin":
        monkeypatch.setattr(user_folders, "config_folder", lambda: str(own.parent))
    assert "127.0.0.1:9 " in wan("run", "clip.wan").stderr
    monkeypatch.setenv("WAN_SERVER", "http://127.0.0.1:7")
    assert "127.0.0.1:7 " in wan("run", "clip.wan").stderr
    assert "127.0.0.1:5 " in wan("run", "clip.wan", "--server", "http://127.0.0.1:5").stderr


def test_the_card_of_the_configuration_is_that_of_the_simulation(wan):
    result = wan("run", "clip.wan", "--simulate")
    assert (result.status, "RTX 409" in result.stderr) == (2, True)
    # Without --simulate the card does not matter: the server is what is missing.
    assert "`server` names a server" in wan("run", "clip.wan").stderr
