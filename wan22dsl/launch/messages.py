"""What a start that was read says that the profile does not, worded in one place."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity

_W = Severity.WARNING
_N = Severity.NOTE

OTHER_ATTENTION = Message(
    code="WAN950",
    name="other-attention",
    severity=_W,
    summary="ComfyUI uses a different attention backend than the profile requests",
    text="The profile asks for {wanted} attention; ComfyUI uses {actual}.",
    why="Speed and memory are those of {actual} attention, so a comparison would be wrong.",
    help="Check that `{flag}` is in this version of ComfyUI, and that its package fits torch and the card.",
    source="ComfyUI, comfy/ldm/modules/attention.py",
)

NOT_IN_EFFECT = Message(
    code="WAN951",
    name="flag-without-effect",
    severity=_W,
    summary="A flag of the profile is not in effect",
    text="`{flag}` is not in effect: {actual}.",
    why="ComfyUI accepts the flag, but this machine or this version does without it.",
    help="Check the card and the versions of torch and ComfyUI, or remove the flag.",
    source="ComfyUI, comfy/model_management.py",
)

LEGACY_LOADER = Message(
    code="WAN952",
    name="dynamic-vram-off",
    severity=_W,
    summary="DynamicVRAM is off, although the profile does not switch it off",
    text="DynamicVRAM is off: {why}.",
    why="The older loader decides differently what stays on the card, so times and memory are different.",
    help="Install what the line names, or write `disable_dynamic_vram = true` if that is what you want.",
    source="ComfyUI, main.py and comfy/dynamic_vram.py",
)

OTHER_ALLOCATOR = Message(
    code="WAN953",
    name="other-allocator",
    severity=_W,
    summary="PyTorch uses a different memory allocator than the profile requests",
    text="The profile asks for the allocator {wanted}; PyTorch uses {actual}.",
    why="Settings of `PYTORCH_CUDA_ALLOC_CONF` are for one allocator, and the other ignores them.",
    help="Check the flags and variables that choose the allocator.",
    source="ComfyUI, cuda_malloc.py",
)

OTHER_VERSION = Message(
    code="WAN954",
    name="other-version",
    severity=_W,
    summary="A version differs from the one that the profile names",
    text="The profile is for {what} {wanted}; this is {actual}.",
    why="Flags and their effect change between versions: the profile was checked against {wanted}.",
    help="Write the version that you start into the profile, or choose the other install.",
)

OTHER_CARD = Message(
    code="WAN955",
    name="other-card",
    severity=_W,
    summary="ComfyUI computes on another device than the profile names",
    text="The profile is for the {wanted}; ComfyUI computes on {actual}.",
    why="What suits one card may be slow on another, or fail there.",
    help="Use the profile for this card, or check CUDA_VISIBLE_DEVICES, the driver and torch.",
)

PACK_FAILED = Message(
    code="WAN956",
    name="node-pack-failed",
    severity=_W,
    summary="ComfyUI could not import a node pack",
    text="ComfyUI could not import {packs}.",
    why="The node classes of a pack that was not imported do not exist on this server.",
    help="Read its traceback in the log. Often `{python} -m pip install -r requirements.txt` there helps.",
)

INHERITED = Message(
    code="WAN957",
    name="inherited-variable",
    severity=_N,
    summary="A variable of your environment affects what the profile starts",
    text="ComfyUI also gets {variables} from your environment, which the profile does not name.",
    why="The variable tunes PyTorch or the card, so the same profile may be faster or slower elsewhere.",
    help="Unset it, or add it to `env` of the profile.",
)

REACHABLE = Message(
    code="WAN958",
    name="reachable-by-others",
    severity=_W,
    summary="Other machines can reach this server",
    text="ComfyUI listens on {addresses}: other machines can reach it.",
    why="ComfyUI asks for no password, and who reaches it can run its nodes on this machine.",
    help="Remove `listen`, or let your firewall pass only machines that you trust.",
)
