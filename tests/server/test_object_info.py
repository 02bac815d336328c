"""What the simulated server tells of its classes, our own reader reads back to the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from wan22dsl.comfyui.catalogue.object_info import is_object_info, read_class
from wan22dsl.comfyui.catalogue.open import BUNDLED, open_catalogue
from wan22dsl.comfyui.catalogue.server import Server
from wan22dsl.server.dialect import Dialect
from wan22dsl.server.models import FILES
from wan22dsl.server.object_info import Describer

if TYPE_CHECKING:
    from tests.server.serving import Client


@pytest.mark.parametrize("version", BUNDLED)
def test_every_class_survives_the_way_there_and_back(version: str) -> None:
    catalogue = open_catalogue(version)
    describer = Describer(Dialect(catalogue.target), {})
    for name in catalogue.names():
        one = catalogue.get(name)
        assert one is not None
        info = json.loads(json.dumps(describer.info(one)))
        assert is_object_info({name: info})
        assert read_class(name, info, files=False) == one


def test_both_dialects_are_spoken(client: Client) -> None:
    listed = client.get("/object_info/KSampler").json()["KSampler"]["input"]["required"]
    assert "euler" in listed["sampler_name"][0]
    reported = client.get("/object_info/SaveVideo").json()["SaveVideo"]["input"]["required"]
    assert reported["codec"][0] == "COMBO"
    assert client.get("/object_info/NoSuchClass").json() == {}


def test_our_own_client_reads_it_as_a_server(client: Client) -> None:
    catalogue = Server(client.url).catalogue()
    loader = catalogue.get("UNETLoader")
    assert loader is not None
    assert loader.inputs[0].options == tuple(sorted(FILES["diffusion_models"]))
    assert client.get("/models/vae").json() == sorted(FILES["vae"])
