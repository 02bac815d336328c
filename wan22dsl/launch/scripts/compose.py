"""A file for Docker Compose that needs no other: a service for each profile, with the Dockerfile in it.

YAML has JSON in it, so every value is written as JSON has it, with all that is not plain ASCII escaped.
Compose itself reads `$` in every value, so it is doubled (docs.docker.com: Compose file reference,
"Interpolation").
"""

from __future__ import annotations

import json
import os.path
import re
from typing import TYPE_CHECKING

from wan22dsl.errors import CommandError
from wan22dsl.launch import docker
from wan22dsl.launch.scripts import dockerfile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.launch.docker import Plan, Service
    from wan22dsl.launch.scripts import Recipe

#: The folders of ComfyUI that stay when the container goes: variable → name and place.
_FOLDERS = {
    "WAN_MODELS": ("models", "/comfyui/models"),
    "WAN_INPUT": ("input", "/comfyui/input"),
    "WAN_OUTPUT": ("output", "/comfyui/output"),
    "WAN_USER": ("user", "/comfyui/user"),
    "WAN_CACHE": ("cache", "/home/comfy/.cache"),
}


def write(recipe: Recipe) -> bytes:
    """The file."""
    parts = docker.plan(recipe)
    lines = [
        *(f"# {line}" for line in docker.head(recipe, parts)),
        *_usage(parts),
        "name: comfyui-wan",
        "",
        "x-dockerfile: &dockerfile |",
        *("  " + line if line else "" for line in _inline(recipe, parts)),
        "",
        "services:",
    ]
    for service in parts.services:
        lines += [*_service(recipe, parts, service), ""]
    lines += ["volumes:", *(f"  {name}: {{}}" for name, _ in _FOLDERS.values())]
    return "\n".join([*lines, ""]).encode()


def _inline(recipe: Recipe, parts: Plan) -> list[str]:
    text = "\n".join(dockerfile.image(recipe, parts))
    return text.replace("$", "$$").split("\n")


def _usage(parts: Plan) -> Iterator[str]:
    many = len(parts.services) > 1
    first = parts.services[0]
    chosen = f" --profile {first.name}" if many else ""
    yield "#"
    yield f"# docker compose{chosen} up --build --detach --wait    starts it, and waits until it is ready"
    yield f"# docker compose{chosen} down                          stops it; models and outputs stay"
    yield "#"
    yield "# Variables, in a file .env next to this one:"
    for service in parts.services:
        port, card = _names(parts, service)
        yield f"#   {port}, {card}: port on this machine, and number of the card (nvidia-smi -L)"
    yield "#   WAN_UID, WAN_GID: who writes the files (id -u, id -g)"
    yield f"#   {', '.join(_FOLDERS)}: folders of this machine in place of volumes,"
    yield "#   with / or ./ in front; they must be that user's"
    if parts.pipelines:
        yield "#   WAN_PIPELINES: folder with the .wan files; WAN_FETCH=0: do not fetch their models"
    yield ""


def _names(parts: Plan, service: Service) -> tuple[str, str]:
    """The variables of a service: of its port, and of its card."""
    end = "" if len(parts.services) == 1 else "_" + service.name.upper().replace("-", "_")
    return f"WAN_PORT{end}", f"WAN_GPU{end}"


def _service(recipe: Recipe, parts: Plan, service: Service) -> Iterator[str]:
    port, card = _names(parts, service)
    host = docker.PORT + parts.services.index(service)
    yield f"  {service.name}:"
    if len(parts.services) > 1:
        yield f"    profiles: [{_text(service.name)}]"
    yield "    build:"
    yield "      context: ."
    yield "      dockerfile_inline: *dockerfile"
    yield f"      target: {_text(service.variation.stage)}"
    yield '      args: {UID: "${WAN_UID:-1000}", GID: "${WAN_GID:-1000}"}'
    yield f"    image: {_text(f'comfyui-wan/{service.variation.stage}')}"
    yield f"    command: [{', '.join(map(_text, service.words))}]"
    variables = [f"{_text(name)}: {_text(value)}" for name, value in service.variables]
    if parts.pipelines:
        variables.append('"WAN_FETCH": "${WAN_FETCH:-1}"')
        variables.append('"HF_TOKEN": "${HF_TOKEN:-}"')
    if variables:
        yield "    environment:"
        yield from (f"      {item}" for item in variables)
    yield "    ports:"
    yield f'      - "127.0.0.1:${{{port}:-{host}}}:{docker.PORT}"'
    yield "    volumes:"
    for variable, (name, place) in _FOLDERS.items():
        yield f'      - "${{{variable}:-{name}}}:{place}"'
    if parts.pipelines:
        folder = _text(_source(recipe))[1:-1]
        yield f'      - "${{WAN_PIPELINES:-{folder}}}:/pipelines:ro"'
    yield "    deploy:"
    yield "      resources:"
    yield "        reservations:"
    yield "          devices:"
    yield f'            - {{driver: nvidia, device_ids: ["${{{card}:-0}}"], capabilities: [gpu]}}'
    yield "    healthcheck:"
    words = ("CMD", "comfyui-ready", *parts.models)
    yield f"      test: [{', '.join(map(_text, words))}]"
    yield "      start_period: 60m"
    yield "      start_interval: 5s"
    yield "      interval: 30s"
    yield "      timeout: 15s"
    yield "    init: true"
    yield "    restart: unless-stopped"
    yield "    stop_signal: SIGINT"
    yield "    stop_grace_period: 30s"
    yield "    # Pinned memory needs pages that stay where they are."
    yield "    ulimits: {memlock: {soft: -1, hard: -1}}"
    yield "    shm_size: 2gb"
    yield "    security_opt: [no-new-privileges:true]"


def _source(recipe: Recipe) -> str:
    """The folder with the pipelines, from where the file is."""
    folder = docker.pipelines_folder(recipe)
    try:
        found = os.path.relpath(folder, recipe.folder or ".").replace(os.sep, "/")
    except ValueError:  # another drive
        found = folder.as_posix()
    if any(sign in found for sign in ":}"):
        raise CommandError(f"Compose cannot mount a folder with `:` or `}}` in its name: {found}")
    return found if found.startswith(("/", ".")) else f"./{found}"


def _text(text: str) -> str:
    """A value as YAML and Compose take it."""
    if "\0" in text:
        raise CommandError(f"a value has a character that a compose file cannot hold: {text!r}")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise CommandError(
            f"a value is not Unicode, which a compose file must be: {text!r}"
        ) from None
    quoted = json.dumps(text.replace("$", "$$"), ensure_ascii=False)
    return re.sub(r"[^\x20-\x7e]", _escaped, quoted)


def _escaped(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\U{number:08X}" if number > 0xFFFF else f"\\u{number:04X}"
