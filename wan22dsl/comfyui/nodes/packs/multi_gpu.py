"""The nodes of WanVideoWrapper with a device of their own (pollockjj/ComfyUI-MultiGPU).

Each is the class that it is named after, with one more input that says where its model is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes.packs import wan_video_wrapper

if TYPE_CHECKING:
    from wan22dsl.comfyui.nodes.record import NodeRecord

_PACK = "ComfyUI-MultiGPU"

_OF = (
    *("WanVideoModelLoader", "WanVideoVAELoader", "LoadWanVideoT5TextEncoder"),
    *("WanVideoSampler", "WanVideoDecode", "WanVideoEncode"),
    *("WanVideoTextEncode", "WanVideoTextEncodeCached", "WanVideoTextEncodeSingle"),
    *("WanVideoImageToVideoEncode", "WanVideoVACEEncode"),
)

RECORDS: tuple[NodeRecord, ...] = tuple(
    record._replace(class_name=f"{record.class_name}MultiGPU", pack=_PACK)
    for record in wan_video_wrapper.RECORDS
    if record.class_name in _OF
)
