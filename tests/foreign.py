"""Files that are something else, and what they are: for the tests of messages and of fixes."""

from __future__ import annotations

from tests.newcomers import PORTRAIT

#: What is in the file, what it is called, and words that the help has.
FILES: list[tuple[str, str, str]] = [
    ("A cat walks through the snow, soft light.\n", "plain text", 'prompt = "…"'),
    ('"A cat walks through the snow."\n', "plain text", 'prompt = "…"'),
    ("1. Load the high model\n2. Run 2 steps\n3. Run the low model\n", "plain text", "wan new"),
    (
        "a cat, best quality, (soft:1.2)\nNegative prompt: blurry\nSteps: 20, CFG scale: 7\n",
        "a prompt alone",
        'prompt = "…"',
    ),
    ("pipeline:\n  prompt: She turns\n  size: 832x480\n  loras:\n    - anna: 0.8\n", "YAML", "{"),
    ('---\nprompt: "a cat"\nseed: 42\n', "YAML", "name = value"),
    ("wan: 1\nprompt: >\n  a cat\n  walks\nsteps: 20\n", "YAML", "name = value"),
    ('{\n  // mine\n  "prompt": "a cat",\n}\n', "JSON", "name = value"),
    ('{"prompt": "a cat", "size": [832, 480]}\n', "JSON", "name = value"),
    ('[{"class_type": "KSampler"}]\n', "JSON", "name = value"),
    ('{"3": {"class_type": "KSampler", "inputs": {"seed": 1}}}\n', "ComfyUI JSON", "wan import"),
    ('{"nodes": [], "links": [], "version": 0.4}\n', "ComfyUI JSON", "wan import"),
    ('[pipeline]\nprompt = "a cat"\nseed = 42\n\n[loras]\nanna = 0.8\n', "TOML or INI", "{"),
    ('prompt = "a cat"\n\n[settings]\nseed = 42\n', "TOML or INI", "name = value"),
    ("; mine\n[pipeline]\nprompt=a cat\nseed=42\n", "TOML or INI", "name = value"),
    ("import torch\n\ndef main():\n    return 1\n", "Python", "name = value"),
    ("from wan22 import high\n\nx = high(cfg=1.0)\n", "Python", "name = value"),
    ("class Portrait:\n    size = (832, 480)\n", "Python", "name = value"),
    ("#!/bin/bash\nset -e\npython a.py --size 1280*720\n", "a shell script", "name = value"),
    ('python generate.py --task t2v-A14B --prompt "a cat"\n', "a shell script", "name = value"),
    ('const pipeline = {\n  prompt: "a cat",\n};\nexport default pipeline;\n', "JavaScript", "{"),
    ("use wan22::high;\nfn main() {\n    let x = 1;\n}\n", "Rust", "name = value"),
    ("#include <stdio.h>\nint main() { return 0; }\n", "C", "name = value"),
    ("<!DOCTYPE html>\n<html><body>404</body></html>\n", "HTML", "raw file"),
    ('<?xml version="1.0"?>\n<pipeline name="a"/>\n', "XML", "name = value"),
    ("--- a/p.wan\n+++ b/p.wan\n@@ -1 +1 @@\n-seed = 1\n+seed = 2\n", "a patch", "git apply"),
    ("# Mine\n\nHere it is:\n\n```\nhello\n```\n", "Markdown", "name = value"),
]

#: Fences around a pipeline, and whether it is safe to take away what is around it.
FENCED: list[tuple[str, bool]] = [
    (f"```wan\n{PORTRAIT}```\n", True),
    (f"```\n{PORTRAIT}```\n\n", True),
    (f"```\n{PORTRAIT}", True),
    (f"# My video\n\n```wan\n{PORTRAIT}```\n\nEnjoy!\n", False),
    (f"Sure! Here is your pipeline:\n\n~~~\n{PORTRAIT}~~~\n", False),
]

_SETTINGS = "\n".join(PORTRAIT.split("pipeline portrait {\n")[1].split("\n")[:-2]).replace(
    "    ", ""
)
_INSIDE = PORTRAIT.replace("portrait {", "main {").rstrip("\n")

#: What is at the left edge of a file, and the file that was meant.
OUTSIDE: list[tuple[str, str]] = [
    (PORTRAIT.split("pipeline")[0] + _SETTINGS + "\n", _INSIDE + "\n"),
    (
        "prompt: a cat in the snow\nseed: 42\n",
        'wan 1\nuse wan22\n\npipeline main {\n    prompt = "a cat in the snow"\n    seed = 42\n}\n',
    ),
    (
        '# mine\nprompt = "a cat"\nloras = [\n    a\n    b\n]\n',
        (
            '# mine\nwan 1\nuse wan22\n\npipeline main {\n    prompt = "a cat"\n    loras = [\n        a\n'
            "        b\n    ]\n}\n"
        ),
    ),
    (
        'wan22.high -> wan22.low -> save("a")\n',
        'wan 1\nuse wan22\n\npipeline main {\n    flow = wan22.high -> wan22.low -> save("a")\n}\n',
    ),
    (
        'wan22.high\n-> wan22.low\n-> save("a")\n',
        (
            "wan 1\nuse wan22\n\npipeline main {\n    flow = wan22.high\n    -> wan22.low\n    "
            '-> save("a")\n}\n'
        ),
    ),
]
