"""Wan 2.2's two experts: which model, LoRA and conditioning belongs where."""
