"""A Dockerfile: a stage for each version of ComfyUI with its packages, and on top one for each profile.

What a stage runs is written as a shell sees it, and in double quotes a Dockerfile itself reads `\\`, `"` and
`$` (docs.docker.com: Dockerfile reference, "Environment replacement" and "Here-Documents").
"""

from __future__ import annotations

import json
import re
from shlex import quote
from typing import TYPE_CHECKING

from wan22dsl.about import REPOSITORY
from wan22dsl.errors import CommandError
from wan22dsl.launch import container, docker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.launch.docker import Plan, Service, Variation
    from wan22dsl.launch.scripts import Recipe

#: What Debian has to have: git for ComfyUI and packs, a compiler for triton, and what OpenCV and PyAV load.
_PROGRAMS = "git gcc g++ libgl1 libglib2.0-0 ffmpeg"

#: Versions of Debian's packages are those of the image's day: the archive keeps no others.
_UNPINNED = "# hadolint ignore=DL3008"


def write(recipe: Recipe) -> bytes:
    """The file. Without `--target`, it is the image of the first profile."""
    parts = docker.plan(recipe)
    lines = [*image(recipe, parts)]
    for service in reversed(parts.services):
        lines += ["", *_profile(service)]
    return "\n".join([*lines, ""]).encode()


def image(recipe: Recipe, parts: Plan) -> Iterator[str]:
    """All stages but those of the profiles."""
    yield "# syntax=docker/dockerfile:1"
    for line in docker.head(recipe, parts):
        yield f"# {line}"
    if any(variation.sage or variation.built for variation in parts.variations):
        yield ""
        yield from _build(parts)
    yield ""
    yield from _base(recipe, parts)
    for variation in parts.variations:
        yield ""
        yield from _comfyui(recipe, parts, variation)


def _build(parts: Plan) -> Iterator[str]:
    """The stage with CUDA's compiler. There is no card while an image is built, so its kind is named."""
    built = sorted({name for variation in parts.variations for name in variation.built})
    yield f"FROM {docker.UV_IMAGE} AS uv"
    yield ""
    yield f"FROM {docker.CUDA_IMAGE} AS build"
    yield "COPY --from=uv /uv /usr/local/bin/uv"
    yield _UNPINNED
    yield "RUN apt-get update \\"
    yield "    && apt-get install --yes --no-install-recommends git g++ ninja-build \\"
    yield "    && rm -rf /var/lib/apt/lists/*"
    yield "ENV VIRTUAL_ENV=/build PATH=/build/bin:$PATH"
    yield f"RUN uv venv --python {docker.PYTHON} /build \\"
    yield f"    && uv pip install --index-url {docker.TORCH_INDEX} {quote(docker.TORCH[0])} \\"
    yield "    && uv pip install setuptools==80.9.0 wheel==0.45.1 packaging==25.0 ninja==1.13.0"
    yield f'ARG TORCH_CUDA_ARCH_LIST="{";".join(parts.capabilities)}"'
    yield "ARG MAX_JOBS=4"
    if any(variation.sage for variation in parts.variations):
        yield f"ARG SAGE_COMMIT={docker.SAGE_COMMIT}"
        yield "RUN git init --quiet /sage \\"
        yield f'    && git -C /sage fetch --quiet --depth 1 {docker.SAGE_URL} "$SAGE_COMMIT" \\'
        yield "    && git -C /sage checkout --quiet --detach FETCH_HEAD \\"
        yield "    && uv build --wheel --no-build-isolation --out-dir /wheels/sage /sage"
    for name in built:
        yield "RUN uv pip install pip==25.3 \\"
        yield f"    && pip wheel --no-deps --no-build-isolation --wheel-dir /wheels/{name} {name}"


def _base(recipe: Recipe, parts: Plan) -> Iterator[str]:
    yield f"FROM {docker.PYTHON_IMAGE} AS base"
    yield "ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore \\"
    yield "    NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility"
    yield _UNPINNED
    yield "RUN apt-get update \\"
    yield f"    && apt-get install --yes --no-install-recommends {_PROGRAMS} \\"
    yield "    && rm -rf /var/lib/apt/lists/*"
    yield "ARG UID=1000"
    yield "ARG GID=1000"
    yield 'RUN groupadd --gid "$GID" comfy \\'
    yield '    && useradd --uid "$UID" --gid "$GID" --create-home comfy \\'
    yield "    && install --directory --owner=comfy --group=comfy /home/comfy/.cache"
    yield f"RUN pip install --index-url {docker.TORCH_INDEX} \\"
    yield f"    {' '.join(map(quote, docker.TORCH))}"
    yield "# What is installed from here on leaves torch as it is."
    yield "RUN pip list --format=freeze > /opt/installed.txt \\"
    yield "    && grep -E '^(torch|torchvision|torchaudio|triton)=' /opt/installed.txt > /opt/torch.txt"
    yield "ENV PIP_CONSTRAINT=/opt/torch.txt"
    if parts.pipelines:
        yield from _wan(recipe.version)
    for name in container.NAMES:
        yield from _program(name)


def _wan(version: str) -> Iterator[str]:
    """wan22dsl, which fetches the models of pipelines; in an environment of its own."""
    tag = f"@v{version}" if version else ""
    yield f'ARG WAN22DSL="wan22dsl @ git+{REPOSITORY}{tag}"'
    yield "RUN python -m venv /opt/wan \\"
    yield '    && PIP_CONSTRAINT="" /opt/wan/bin/pip install "$WAN22DSL" \\'
    yield "    && ln -s /opt/wan/bin/wan /usr/local/bin/wan"


def _program(name: str) -> Iterator[str]:
    yield f"COPY --chmod=755 <<'PROGRAM' /usr/local/bin/{name}"
    yield container.program(name).rstrip("\n")
    yield "PROGRAM"
    yield ""


def _comfyui(recipe: Recipe, parts: Plan, variation: Variation) -> Iterator[str]:
    yield f"FROM base AS {variation.stage}"
    yield f"ARG COMFYUI_REF={variation.ref}"
    yield f'RUN git-at {docker.COMFYUI_URL} "$COMFYUI_REF" /comfyui \\'
    yield "    && pip install -r /comfyui/requirements.txt"
    packs = [pack for pack in recipe.packs if pack.url]
    if packs:
        yield "# Which commit of a pack this was tried with is not known: HEAD is the newest. Pin it here."
    used: set[str] = set()
    for pack in packs:
        folder = re.sub(r"[^\w.-]", "_", pack.repository.rpartition("/")[2], flags=re.ASCII)
        argument = _argument(folder, used)
        yield f"ARG {argument}=HEAD"
        yield f'RUN add-pack {quote(pack.url)} "${argument}" {quote(folder)}'
    wheels = ["sage"] * variation.sage + list(variation.built)
    for name in wheels:
        yield f"RUN --mount=type=bind,from=build,source=/wheels/{name},target=/wheels \\"
        yield "    pip install /wheels/*.whl"
    if variation.packages:
        yield f"RUN pip install {' '.join(map(quote, variation.packages))}"
    yield "RUN for folder in models input output user temp custom_nodes; do \\"
    yield '        mkdir -p "/comfyui/$folder" && chown -R comfy:comfy "/comfyui/$folder"; \\'
    yield "    done"
    yield "ARG UID=1000"
    yield "USER $UID"
    yield "WORKDIR /comfyui"
    yield f"EXPOSE {docker.PORT}"
    yield "# ComfyUI ends well with SIGINT."
    yield "STOPSIGNAL SIGINT"
    yield "HEALTHCHECK --start-period=60m --interval=30s --timeout=15s --retries=3 \\"
    yield f"    CMD {_words(('comfyui-ready', *parts.models))}"
    yield 'ENTRYPOINT ["start-comfyui"]'
    words = ("--", *docker.COMMAND, "--listen", "0.0.0.0", "--port", str(docker.PORT))
    yield f"CMD {_words(words)}"


def _profile(service: Service) -> Iterator[str]:
    yield f"FROM {service.variation.stage} AS {service.name}"
    for name, value in service.variables:
        yield f"ENV {name}={_value(name, value)}"
    yield f"CMD {_words(service.words)}"


def _argument(folder: str, used: set[str]) -> str:
    name = "REF_" + re.sub(r"[^A-Z0-9]+", "_", folder.upper()).strip("_")
    names = (name, *(f"{name}_{number}" for number in range(2, 100)))
    found = next(each for each in names if each not in used)
    used.add(found)
    return found


def _words(words: tuple[str, ...]) -> str:
    """Words as a list of JSON, which Docker takes as they are."""
    for word in words:
        if "\0" in word:
            raise CommandError(
                f"an argument has a character that a Dockerfile cannot hold: {word!r}"
            )
    return json.dumps(list(words), ensure_ascii=True)


def _value(name: str, value: str) -> str:
    """A value in double quotes, in which a Dockerfile reads escapes and variables."""
    if any(sign in value for sign in "\0\r\n"):
        raise CommandError(
            f"the variable {name} has a line end, which a Dockerfile cannot hold: {value!r}"
        )
    return '"' + re.sub(r'[\\"$]', r"\\\g<0>", value) + '"'
