"""What has to be installed to measure a video: the extra `quality`."""

from __future__ import annotations

from importlib.util import find_spec

from wan22dsl.errors import CommandError

#: The names of modules, and of the libraries.
_LIBRARIES = {"numpy": "numpy", "cv2": "OpenCV", "av": "PyAV", "PIL": "Pillow"}


def look() -> None:
    """Raises CommandError when a library is not installed; none is imported for that."""
    missing = [name for module, name in _LIBRARIES.items() if find_spec(module) is None]
    if missing:
        *others, last = missing
        named = f"{', '.join(others)} and {last}" if others else last
        raise CommandError(f'measuring a video needs {named}: pip install "wan22dsl[quality]"')
