"""Addresses, tokens and commands of the Hugging Face Hub."""

from __future__ import annotations

import pytest

from wan22dsl.errors import CommandError
from wan22dsl.model_files import hub


def test_the_address_of_a_file_follows_the_endpoint_of_the_user():
    assert hub.url_of("a/b", "x y/z.safetensors", environment={}) == (
        "https://huggingface.co/a/b/resolve/main/x%20y/z.safetensors"
    )
    mirror = {"HF_ENDPOINT": "https://hf-mirror.com/"}
    assert hub.url_of("a/b", "z", environment=mirror) == "https://hf-mirror.com/a/b/resolve/main/z"


@pytest.mark.parametrize(
    ("repository", "path"),
    [
        ("a", "x"), ("a/b/c", "x"), ("../b", "x"), ("a/..", "x"), ("a/b", ""), ("a/b", "../x"),
        ("a/b", "x//y"), ("a/b", "x\\y"), ("a b/c", "x"), ("a/b?x=", "y"), ("a@evil/b", "y"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_the_hub_has_no_address(repository, path):
    with pytest.raises(CommandError):
        hub.url_of(repository, path, environment={})


def test_a_token_is_that_of_the_environment_or_of_hf_auth_login(tmp_path):
    file = tmp_path / "token"
    file.write_text("hf_file\n", encoding="utf-8")
    assert hub.token({"HF_TOKEN": "hf_env", "HF_TOKEN_PATH": str(file)}) == "hf_env"
    assert hub.token({"HF_TOKEN_PATH": str(file)}) == "hf_file"
    assert hub.token({"HF_HOME": str(tmp_path)}) == "hf_file"
    assert hub.token({"HF_HOME": str(tmp_path / "none")}) == ""
    assert hub.token({"HF_TOKEN": "two\nlines", "HF_HOME": str(tmp_path)}) == ""


def test_offline_is_what_the_user_says():
    assert hub.is_offline({"HF_HUB_OFFLINE": "1"})
    assert not hub.is_offline({"HF_HUB_OFFLINE": "0"})
    assert not hub.is_offline({})


def test_the_commands_move_a_file_out_of_the_folders_of_the_repository(tmp_path, monkeypatch):
    import os

    monkeypatch.setattr(os, "name", "posix")
    target = str(tmp_path / "my loras" / "a.safetensors")
    download, move = hub.commands("o/r", "split_files/loras/a.safetensors", target)
    assert download == (
        f"hf download o/r split_files/loras/a.safetensors --local-dir '{tmp_path / 'my loras'}'"
    )
    assert move.startswith("mv ") and move.endswith(f"'{target}'")
    assert len(hub.commands("o/r", "a.safetensors", target)) == 1
