"""editors/vscode/snippets/wan.json: the templates of `wan new`, and one for each kind of declaration."""

from __future__ import annotations

import json
import re
from pathlib import Path

from wan22dsl.language.program.kinds import ASSETS, a

_TEMPLATES = Path(__file__).parents[3] / "wan22dsl" / "cli" / "templates"

#: By what is typed: the text in a form that VS Code takes, where `${1:x}` is a place to fill in.
_DECLARATIONS = {
    "param": 'param ${1:prompt}: ${2:text} = ${3:"She turns to the camera and smiles"}',
    "let": 'let ${1:name} = ${2:"soft window light"}',
    "pass": """pass ${1:high} {
    model   = ${2:wan22.i2v_high}
    loras   = [${3:wan22.lightx2v_high}]
    shift   = ${4:5.0}
    sampler = ${5:euler/simple}
    cfg     = ${6:1.0}
    steps   = ${7:0..2 of 4}
}""",
    "pass copy": "pass ${1:low} = ${2:wan22.low}(${3:cfg = 1.0})",
    "pipeline": """pipeline ${1:portrait} {
    image  = "${2:portrait.png}"
    prompt = "${3:She turns to the camera and smiles}"
    size   = ${4:832x1216}
    length = ${5:5s}
    seed   = ${6:42}
    flow   = ${7:wan22.high -> wan22.low} -> save("${8:portrait}")
}""",
    "stage": """stage ${1:half}(in ${2:frames}: IMAGE) -> IMAGE {
    out = ${3:ImageScaleBy(image = ${2:frames}, upscale_method = "lanczos", scale_by = 0.5)}
}""",
    "node": """node `${1:My VFI (custom)}`(${2:images: IMAGE, times: INT = 2}) -> (${3:frames: IMAGE}) {
    pack   = "${4:someone/comfyui-my-vfi}"
    length = ${5:(images.length - 1f) * times + 1f}
    fps    = ${6:images.fps * times}
}""",
    "graph": """graph ${1:imported} {
    let ${2:start} = LoadImage(image = "${3:portrait.png}")
    PreviewImage(images = ${2:start}.IMAGE)
}""",
    "profile": """profile ${1:desktop} {
    card    = "${2:RTX 4090}"
    comfyui = "${3:0.39}"
    flags   = { ${4:reserve_vram = 1.0} }
}""",
    "bench": """bench ${1:attention} {
    of       = ${2:portrait}
    profiles = [${3:desktop}]
    repeat   = ${4:3}
}""",
}


def file() -> str:
    """The text of the file."""
    found = {f"new file: {name}": _of_template(name) for name in _templates()}
    found |= {word: _snippet(word, text) for word, text in declarations().items()}
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def declarations() -> dict[str, str]:
    """The declarations by what is typed; those of assets have their file."""
    of_assets = {
        kind: f'{kind} ${{1:my_{kind}}} {{ file = "${{2:{kind}.safetensors}}" }}' for kind in ASSETS
    }
    return _DECLARATIONS | of_assets


def filled(text: str) -> str:
    """A snippet whose places are left as they are."""
    while True:
        shorter = re.sub(r"(?<!\\)\$\{\d+:([^{}]*(?:\{[^{}$]*\}[^{}]*)*)\}", r"\1", text)
        if shorter == text:
            return text.replace("\\$", "$")
        text = shorter


def _templates() -> list[str]:
    return sorted(file.stem for file in _TEMPLATES.glob("*.wan"))


def _of_template(name: str) -> dict[str, object]:
    text = (_TEMPLATES / f"{name}.wan").read_text(encoding="utf-8")
    escaped = text.replace("\\", "\\\\").replace("$", "\\$")
    return {
        "prefix": f"wan {name}",
        "description": f"A new file, as `wan new --template {name}` writes it",
        "body": escaped.splitlines(),
    }


def _snippet(word: str, text: str) -> dict[str, object]:
    what = "a copy of a pass" if word == "pass copy" else a(word)
    return {"prefix": word, "description": f"Declare {what}", "body": text.splitlines()}
