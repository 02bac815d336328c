"""A bench: cells that are compared, measured in sessions of ComfyUI, and what can be said of them."""
