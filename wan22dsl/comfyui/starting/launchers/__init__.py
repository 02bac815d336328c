"""Launchers that people have: `run_nvidia_gpu.bat`, shell and PowerShell scripts, Dockerfiles, compose files.

`read` gives a profile for every line that starts ComfyUI, with the place of each flag and variable.
"""

from __future__ import annotations

from wan22dsl.comfyui.starting.launchers.reading import kind_of, read

__all__ = ["kind_of", "read"]
