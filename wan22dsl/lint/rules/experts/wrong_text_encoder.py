"""WAN616: the text encoder of another model, or another packing of the right one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of, written
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.tracing import step_back
from wan22dsl.lint.rules.example import small
from wan22dsl.lint.rules.experts.wording import called, place
from wan22dsl.lint.rules.fixes import in_place
from wan22dsl.lint.rules.wording import named, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Link, Node
    from wan22dsl.lint.rules.view import View

_RIGHT = "umt5_xxl_fp8_e4m3fn_scaled.safetensors"

MESSAGE = Message(
    code="WAN616",
    name="wrong-text-encoder",
    severity=Severity.ERROR,
    summary="The text encoder does not fit Wan",
    text=("{node} loads {file}, {what}, but {who} needs {needs}."),
    why=(
        "Wan reads the prompt as vectors of UMT5 XXL. ComfyUI detects the type of a text encoder "
        "from its file, and loads this one as another type: sampling fails with “mat1 and mat2 "
        "shapes cannot be multiplied”, after all models are loaded. WanVideoWrapper has a loader of "
        "its own, which refuses scaled files."
    ),
    help="Use {right}.",
    bad=small((_RIGHT, "umt5-xxl-enc-bf16.safetensors")),
    good=small(),
    source="Comfy-Org/ComfyUI, comfy/sd.py, detect_te_model; issue 7114",
)

#: By what a name begins with. Names that may be merges of the right one are not read.
_OTHERS = (
    (("umt5-xxl-enc-", "umt5_xxl_enc_"), "UMT5 XXL as packaged for WanVideoWrapper"),
    (("models_t5_umt5",), "UMT5 XXL as packaged by its authors"),
    (
        ("t5xxl", "t5_xxl", "t5-xxl", "t5_base", "t5-base", "t5-v1", "t5_v1"),
        "T5, for other models",
    ),
    (("clip_l", "clip-l", "clip_g", "clip-g", "vit-l-14"), "CLIP, for other models"),
    (("llava", "qwen", "gemma", "llama", "mistral", "byt5"), "the text encoder of another model"),
)

#: Longer ways than this are given up.
_LONGEST = 50


#: What WanVideoWrapper's loader refuses, by what a name begins with.
_REFUSED = (
    (("umt5_xxl_fp8_e4m3fn_scaled",), "which has scales that it does not read"),
    (("t5xxl", "t5_xxl", "t5-xxl"), "T5, for other models"),
)
_WRAPPED = "umt5-xxl-enc-bf16.safetensors"


def check(view: View) -> Iterator[Diagnostic]:
    """Every loader of one text encoder whose prompt a pass of a Wan model gets, once."""
    yield from _of_wrapper(view)
    seen: set[str] = set()
    links: set[Link | None] = set()
    for pass_ in view.passes:
        if pass_.model is None or pass_.model.family is None:
            continue
        for link in (pass_.settings.positive, pass_.settings.negative):
            if link in links:
                continue
            links.add(link)
            loader = loader_of(view, link)
            if loader is None or loader.id in seen:
                continue
            seen.add(loader.id)
            file = view.value(loader, "clip_name")
            what = other_by_name(file) if isinstance(file, str) else None
            if what is not None:
                span = place(loader, "clip_name")
                yield MESSAGE.at(
                    span,
                    fix=in_place(span, shown(file), f'"{_RIGHT}"'),
                    node=named(loader),
                    file=shown(file),
                    what=what,
                    who=f"the Wan model of {called(pass_)}",
                    needs="UMT5 XXL as packaged for ComfyUI",
                    right=f'"{_RIGHT}" or "umt5_xxl_fp16.safetensors" of Comfy-Org',
                )


def _of_wrapper(view: View) -> Iterator[Diagnostic]:
    """Every loader of WanVideoWrapper that is needed."""
    for node in view.needed:
        record = record_of(node.class_name)
        if record.text_encoder != "wrapper" or record.file is None:
            continue
        file = view.value(node, record.file.input)
        name = _name(file) if isinstance(file, str) else ""
        found = [what for begins, what in _REFUSED if name.startswith(begins)]
        if name.endswith(".gguf"):
            found = ["a GGUF file, which it does not read"]
        if found:
            span = place(node, record.file.input)
            yield MESSAGE.at(
                span,
                fix=in_place(span, shown(file), f'"{_WRAPPED}"'),
                node=named(node),
                file=shown(file),
                what=found[0],
                who="WanVideoWrapper",
                needs="UMT5 XXL as packaged for it or, without scales, for ComfyUI",
                right=f'"{_WRAPPED}", or "umt5_xxl_fp16.safetensors" of Comfy-Org',
            )


def _name(file: str) -> str:
    return file.replace("\\", "/").rpartition("/")[2].lower()


def other_by_name(file: str) -> str | None:
    name = _name(file)
    return next((what for begins, what in _OTHERS if name.startswith(begins)), None)


def loader_of(view: View, link: Link | None) -> Node | None:
    """The CLIPLoader behind a conditioning."""
    for kind in ("CONDITIONING", "CLIP"):
        for _ in range(_LONGEST):
            node = view.graph.nodes.get(link.node) if link is not None else None
            if node is None:
                return None
            if node.class_name == written.TEXT_ENCODER_LOADER:
                return node
            before = step_back(view.graph, link, kind, view.facts)
            if before is None and kind == "CONDITIONING":
                before = step_back(view.graph, link, "CLIP", view.facts)
                link = before
                break
            link = before
    return None
