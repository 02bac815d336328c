"""A client of the protocol as plain as can be, and prompts to send: no part of the executor is in it."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any, NamedTuple

import websocket

from wan22dsl.graph.cost.cards import Card
from wan22dsl.server.media.drawing import Clip
from wan22dsl.server.media.pictures import png

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.server.embedded import EmbeddedServer

#: Longer than anything here takes, so that a test that hangs ends.
PATIENCE_S = 20.0

#: A card on which nothing is ever loaded for long, and steps of the small prompt take about 2.5 s.
QUICK_TO_LOAD = Card("a card for tests", 2**35, 1.0, 0, 1e18, 1e18, 1e18)

START = png(Clip(64, 96, 1, 16.0, "0badcafe"), 0, {})

_HIGH = "wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors"
_LOW = "wan2.2_i2v_low_noise_14B_fp8_scaled.safetensors"


class Answer(NamedTuple):
    """An HTTP answer."""

    status: int
    body: bytes
    headers: dict[str, str]

    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """One client of one server, with at most one socket at a time."""

    def __init__(self, server: EmbeddedServer, client_id: str = "tests") -> None:
        self.url = server.url
        self.client_id = client_id
        self.socket: websocket.WebSocket | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()

    def call(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Any request; a status that tells of an error is an answer too."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, body, names, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as response:
                return Answer(response.status, response.read(), dict(response.headers))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read(), dict(error.headers))

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, **headers)

    def post(self, path: str, reported: Any = None) -> Answer:
        body = b"" if reported is None else json.dumps(reported).encode()
        return self.call("POST", path, body, Content_Type="application/json")

    def upload(self, name: str, data: bytes = START, **fields: str) -> Answer:
        parts = [
            f'--wan\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in fields.items()
        ]
        head = f'--wan\r\nContent-Disposition: form-data; name="image"; filename="{name}"\r\n\r\n'
        body = b"".join([*parts, head.encode(), data, b"\r\n--wan--\r\n"])
        return self.call(
            "POST", "/upload/image", body, Content_Type="multipart/form-data; boundary=wan"
        )

    def connect(self, **first: Any) -> Client:
        """Opens the socket; what is given is sent as the first message."""
        self.hang_up()
        address = self.url.replace("http", "ws", 1) + f"/ws?clientId={self.client_id}"
        self.socket = websocket.create_connection(address, timeout=PATIENCE_S)
        if first:
            self.socket.send(json.dumps(first))
        return self

    def hang_up(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def lose(self) -> None:
        """Forgets a socket that the server has cut."""
        if self.socket is not None:
            self.socket.shutdown()
            self.socket = None

    def receive(self) -> Any:
        """The next message: a dict, or the bytes of a preview."""
        assert self.socket is not None
        data = self.socket.recv()
        return data if isinstance(data, bytes) else json.loads(data)

    def until(self, is_last: Callable[[Any], bool]) -> list[Any]:
        """All messages up to one."""
        found = []
        while True:
            found.append(self.receive())
            if is_last(found[-1]):
                return found

    def until_end(self) -> list[Any]:
        """All messages up to the one that ends a prompt."""
        return self.until(is_end)

    def submit(self, prompt: dict[str, Any], **more: Any) -> Answer:
        return self.post("/prompt", {"prompt": prompt, "client_id": self.client_id, **more})

    def run(self, prompt: dict[str, Any], **more: Any) -> list[Any]:
        """Submits a prompt and gives all messages up to its end."""
        if self.socket is None:
            self.connect()
        answer = self.submit(prompt, **more)
        assert answer.status == 200, answer.body
        return self.until_end()

    def history(self, prompt_id: str) -> dict[str, Any]:
        """An entry of the history, waited for."""
        path = "/history/" + urllib.parse.quote(prompt_id, safe="")
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            found: dict[str, dict[str, Any]] = self.get(path).json()
            if found:
                return found[prompt_id]
            time.sleep(0.01)
        raise AssertionError(f"{prompt_id} never came into the history")


def is_end(message: Any) -> bool:
    """Whether a message says that nothing runs any more."""
    return (
        isinstance(message, dict)
        and message["type"] == "executing"
        and message["data"].get("node", "") is None
    )


def types(messages: list[Any]) -> list[str]:
    """The types of messages, in order."""
    return ["preview" if isinstance(message, bytes) else message["type"] for message in messages]


def data_of(messages: list[Any], kind: str) -> list[dict[str, Any]]:
    """The data of all messages of one type."""
    return [
        message["data"]
        for message in messages
        if isinstance(message, dict) and message["type"] == kind
    ]


def nodes_run(messages: list[Any]) -> list[str]:
    """The nodes that ran, in order."""
    return [each["node"] for each in data_of(messages, "executing") if each["node"] is not None]


def node(class_type: str, **inputs: Any) -> dict[str, Any]:
    """A node of a prompt."""
    return {"class_type": class_type, "inputs": inputs}


def sampler(model: str, latent: list[Any], start: int, end: int, seed: int = 1) -> dict[str, Any]:
    """One pass of a split of four steps."""
    return node(
        "KSamplerAdvanced",
        model=[model, 0], positive=["cond", 0], negative=["cond", 1], latent_image=latent,
        add_noise="enable" if start == 0 else "disable", noise_seed=seed, steps=4, cfg=1.0,
        sampler_name="euler", scheduler="simple", start_at_step=start, end_at_step=end,
        return_with_leftover_noise="enable" if start == 0 else "disable",
    )  # fmt: skip


def split(seed: int = 1, width: int = 64, height: int = 96, length: int = 5) -> dict[str, Any]:
    """The smallest split: text, two experts, two passes, and a video."""
    size = {"width": width, "height": height, "length": length, "batch_size": 1}
    return {
        "high_model": node("UNETLoader", unet_name=_HIGH, weight_dtype="default"),
        "low_model": node("UNETLoader", unet_name=_LOW, weight_dtype="default"),
        "clip": node("CLIPLoader", clip_name="umt5_xxl_fp8_e4m3fn_scaled.safetensors", type="wan"),
        "text": node("CLIPTextEncode", clip=["clip", 0], text="rain"),
        "vae": node("VAELoader", vae_name="wan_2.1_vae.safetensors"),
        "cond": node(
            "WanImageToVideo", positive=["text", 0], negative=["text", 0], vae=["vae", 0], **size
        ),
        "high.sampler": sampler("high_model", ["cond", 2], 0, 2, seed),
        "low.sampler": sampler("low_model", ["high.sampler", 0], 2, 4, seed),
        "decode": node("VAEDecode", samples=["low.sampler", 0], vae=["vae", 0]),
        "video": node("CreateVideo", images=["decode", 0], fps=16.0),
        "save": node(
            "SaveVideo", video=["video", 0], filename_prefix="wan/clip", format="auto", codec="auto"
        ),
    }
