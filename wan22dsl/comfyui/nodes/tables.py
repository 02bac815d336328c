"""Tables of what the records say of many classes, for what has not come to ask the records yet."""

from __future__ import annotations

from wan22dsl.comfyui.nodes import records

#: Nodes that put frames between frames, and the input that the frames go into.
INTERPOLATORS = {r.class_name: r.interpolation.frames for r in records() if r.interpolation}

#: Nodes that set the rate of frames: the input of the frames, and that of the rate.
PLAYERS = {r.class_name: (r.player.frames, r.player.rate) for r in records() if r.player}

#: Those of them that write nothing but animated pictures.
ANIMATED = frozenset(r.class_name for r in records() if r.player and r.player.animated)

#: Nodes that load a video, and the input that names the file.
LOADERS = {r.class_name: r.file.input for r in records() if r.file and r.file.kind == "video"}

#: Every class that makes the latent of a Wan video from `width`, `height` and `length`.
SHAPES = {
    r.class_name: r.latent
    for r in records()
    if r.latent and not r.latent.one_picture and not r.latent.follows
}

#: Classes whose latent holds nothing, so that the model that samples it decides its rate.
EMPTY = frozenset(name for name, shape in SHAPES.items() if shape.empty)

#: Classes that change the pictures of one input, not how many there are, their rate or their size.
SAME_SHAPE = {r.class_name: r.same_shape for r in records() if r.same_shape}

#: Classes that keep the number and the rate of the frames of one input.
SAME_LENGTH = {r.class_name: r.same_length for r in records() if r.same_length}

#: Arguments that the function of a class takes although its schema does not have them, with their type
#: (ComfyUI, nodes_wan.py).
ARGUMENTS = {(r.class_name, name): type_ for r in records() for name, type_ in r.undocumented}

#: Classes that take inputs of any name (rgthree-comfy; ComfyUI, nodes_logic.py).
TAKE_ANYTHING = frozenset(r.class_name for r in records() if r.takes_anything)
