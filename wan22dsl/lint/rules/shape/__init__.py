"""Frames, sizes and rates: what is really made."""
