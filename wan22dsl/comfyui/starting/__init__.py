"""How ComfyUI is started: a profile as data, the flags of each version, what becomes of the environment."""
