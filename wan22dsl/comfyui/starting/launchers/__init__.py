"""Launchers that people have: `run_nvidia_gpu.bat`, shell and PowerShell scripts, Dockerfiles, compose files.

kinds       what a file is, by its name
reading     from a launcher to a profile for every line that starts ComfyUI
  scripts     batch, shell, PowerShell          container   Dockerfiles and compose files
  lines       which commands start ComfyUI      words       words, quotes and variables, with their places
"""
