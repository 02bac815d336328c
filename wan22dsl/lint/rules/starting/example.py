"""What the examples of rules for profiles have in common."""

from __future__ import annotations

from wan22dsl.lint.rules.example import portrait


def profile(
    flags: str = "", *, card: str = "", comfyui: str = "0.39", env: str = "", packages: str = ""
) -> str:
    """A file with one profile; of the settings only those that are given."""
    settings = {
        "card": f'"{card}"' if card else "",
        "comfyui": f'"{comfyui}"' if comfyui else "",
        "flags": f"{{ {flags} }}" if flags else "",
        "env": f"{{ {env} }}" if env else "",
        "packages": f"[{packages}]" if packages else "",
    }
    written = {name: value for name, value in settings.items() if value}
    width = max(map(len, written))
    lines = "".join(f"    {name:<{width}} = {value}\n" for name, value in written.items())
    return f"wan 1\n\nprofile desktop {{\n{lines}}}\n"


def with_pipeline(text: str, *, size: str = "832x1216", length: str = "81f") -> str:
    """The same with a pipeline in the file."""
    pipeline = portrait('wan22.high -> wan22.low -> save("demo")', size=size, length=length)
    return pipeline + text.removeprefix("wan 1\n")
