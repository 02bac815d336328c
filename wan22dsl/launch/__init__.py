"""From a profile to a running ComfyUI, and to launchers and Docker files that start it elsewhere."""
