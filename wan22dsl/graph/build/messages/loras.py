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
    "A LoRA has one `file` for one model, or a `high` and a `low` file for the two experts of Wan 2.2. With "
    "both, which one a pass takes would be a guess.",
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
    "Each pass takes the file of its own expert, so its model has to be one of the two, and the LoRA has to "
    "have a file for it.",
    "{help}",
    summary="A LoRA has no file for a pass, or which one is unknown",
    bad='wan 1\nuse wan22\n\nlora anna { low = "anna_low.safetensors" }\n\n'
    f"pass high = wan22.high(add_loras = [anna])\n\n{_PIPELINE}",
    good=f"wan 1\nuse wan22\n\n{_ANNA}pass high = wan22.high(add_loras = [anna])\n\n{_PIPELINE}",
)

DISTILLED_REPLACED = Message(
    "WAN426",
    "distilled-lora-replaced",
    Severity.WARNING,
    "`loras` of `{name}` replaces {lost}, without which {steps} steps are too few",
    "A copy replaces a list whole. The bare model takes away a little noise in each step; after so few, the "
    "frames are blurred, grey or still noisy.",
    "{help}",
    summary="A copy replaces `loras` and loses the distilled LoRA",
    bad=f"wan 1\nuse wan22\n\n{_ANNA}pass high = wan22.high(loras = [anna])\n\n{_PIPELINE}",
    good=f"wan 1\nuse wan22\n\n{_ANNA}pass high = wan22.high(add_loras = [anna])\n\n{_PIPELINE}",
)
