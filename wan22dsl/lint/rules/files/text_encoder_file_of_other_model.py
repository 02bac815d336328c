"""WAN677: a text encoder of another model, by what is in its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import called
from wan22dsl.lint.rules.experts.wrong_text_encoder import loader_of, other_by_name
from wan22dsl.lint.rules.files.slots import evidence, file_of, folder_of, identity_of
from wan22dsl.lint.rules.wording import named, shown
from wan22dsl.model_files.kinds import CHECKPOINT, MODEL, TEXT_ENCODER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View
    from wan22dsl.model_files.lookup import ModelFiles

MESSAGE = Message(
    code="WAN677",
    name="text-encoder-file-of-other-model",
    severity=Severity.ERROR,
    summary="A text encoder's header says that it does not fit Wan",
    text="{node} loads {file}, which is not UMT5 XXL ({evidence}), but {who} runs a model of Wan.",
    why=(
        "Wan reads the prompt as vectors of UMT5 XXL, which knows 256,384 words and is 4,096 wide. "
        "With another encoder sampling fails, or the prompt means nothing to the model."
    ),
    help="Use umt5_xxl_fp8_e4m3fn_scaled.safetensors or umt5_xxl_fp16.safetensors.",
    bad=portrait(
        'wan22.high -> wan22.low -> save("demo")',
        'text_encoder own { file = "my_encoder.safetensors" }',
        more="text_encoder = own",
    ),
    good=portrait('wan22.high -> wan22.low -> save("demo")'),
    source="Comfy-Org/ComfyUI, comfy/text_encoders/umt5_config_xxl.json; comfy/sd.py",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every loader of one text encoder whose prompt a pass of a Wan model gets, once."""
    models = view.models
    if models is None:
        return
    seen: set[str] = set()
    for pass_ in view.passes:
        if not _runs_wan(view, models, pass_):
            continue
        for link in (pass_.settings.positive, pass_.settings.negative):
            loader = loader_of(view, link)
            if loader is None or loader.id in seen:
                continue
            seen.add(loader.id)
            file, span = file_of(view, loader, "clip_name")
            identity = None if file is None else identity_of(models, "text_encoders", file)
            if file is None or identity is None or identity.kind != TEXT_ENCODER:
                continue
            # Of an encoder that is not known here nothing is said; of one that its name tells, WAN616.
            is_other = identity.family not in (None, "umt5_xxl") or (
                identity.family is None and bool(identity.evidence) and identity.width is None
            )
            if is_other and other_by_name(file) is None:
                yield MESSAGE.at(
                    span,
                    node=named(loader),
                    file=shown(file),
                    evidence=evidence(identity),
                    who=called(pass_),
                )


def _runs_wan(view: View, models: ModelFiles, pass_: Pass) -> bool:
    """Whether the model of a pass is one of Wan, by its declaration or name, or else by its header."""
    model = pass_.model
    if model is None or model.family is not None:
        return model is not None
    folder = folder_of(view, model.node, model.input, "diffusion_models")
    identity = identity_of(models, folder, model.file)
    return identity is not None and identity.kind in (MODEL, CHECKPOINT) and bool(identity.families)
