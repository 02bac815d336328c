"""The files that a simulated server writes and recognises: videos, pictures and latents that really open.

`drawing` is what their frames show, `video` encodes it with PyAV and `pictures` with Pillow.
"""
