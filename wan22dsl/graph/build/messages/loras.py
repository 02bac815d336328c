"""LoRAs: a file for each expert, and lists that take the place of others."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity

_ERROR = Severity.ERROR

_PIPELINE = (
    'pipeline p {\n    image  = "a.png"\n    prompt = "x"\n    size   = 832x480\n'
    '    length = 81f\n    flow   = high -> wan22.low -> save("x")\n}'
)
_ANNA = 'lora anna { high = "anna_high.safetensors", low = "anna_low.safetensors" }\n\n'

LORA_FILES = Message(
    "WAN424",
    "file-and-expert-files",
    _ERROR,
    "the LoRA {problem}",
    "A LoRA has one `file` for a single model, or a `high` and a `low` file for the two "
    "experts of Wan 2.2. With both it is ambiguous which file a pass uses.",
    "{help}",
    summary="A LoRA has files for the experts and also `file` or `noise`",
    bad='wan 1\n\nlora anna { file = "anna.safetensors", high = "anna_high.safetensors" }',
    good='wan 1\n\nlora anna { high = "anna_high.safetensors", low = "anna_low.safetensors" }',
)

NO_FILE_FOR_EXPERT = Message(
    "WAN425",
    "no-file-for-expert",
    _ERROR,
    "{problem}",
    "Each pass uses the file of its own expert. Its model must be one of the two experts, "
    "and the LoRA needs a file for it.",
    "{help}",
    summary="A LoRA has no file for a pass, or it is ambiguous which",
    bad='wan 1\nuse wan22\n\nlora anna { low = "anna_low.safetensors" }\n\n'
    f"pass high = wan22.high(add_loras = [anna])\n\n{_PIPELINE}",
    good=f"wan 1\nuse wan22\n\n{_ANNA}pass high = wan22.high(add_loras = [anna])\n\n{_PIPELINE}",
)

DISTILLED_REPLACED = Message(
    "WAN426",
    "distilled-lora-replaced",
    Severity.WARNING,
    "`loras` of `{name}` removes {lost}; without it {steps} steps are too few",
    "A copy replaces the whole list. The base model removes little noise per step; after so "
    "few steps the frames are blurred, grey or noisy.",
    "{help}",
    summary="A copy replaces `loras` and drops the distilled LoRA",
    bad=f"wan 1\nuse wan22\n\n{_ANNA}pass high = wan22.high(loras = [anna])\n\n{_PIPELINE}",
    good=f"wan 1\nuse wan22\n\n{_ANNA}pass high = wan22.high(add_loras = [anna])\n\n{_PIPELINE}",
)
