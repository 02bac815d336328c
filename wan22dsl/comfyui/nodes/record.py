"""The record of a node class: everything that is known of what the nodes of one class do.

A record asks for what it needs through a `Reading`. What the versions of ComfyUI have in different ways is in
`Versions`, and which inputs hold the settings of a pass in `SamplerInputs`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts, Link, held
from wan22dsl.comfyui.nodes.widgets import Widgets
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wan22dsl.comfyui.catalogue.schema import NodeClass
    from wan22dsl.comfyui.nodes.facts import OwnFile

#: The pack of ComfyUI's own classes.
COMFYUI = "ComfyUI"

Role = Literal[
    "",
    "loader",
    "lora",
    "model_patch",
    "shift",
    "sampler",
    "schedule",
    "guider",
    "noise",
    "text",
    "conditioning",
    "camera",
    "latent",
    "decode",
    "encode",
    "interpolation",
    "scaling",
    "picture",
    "frames",
    "video",
    "value",
    "switch",
    "pass_on",
    "saving",
    "preview",
    "editor",
]

#: What a node works on for a while: it is estimated by `graph.cost` and simulated by `server`.
Work = Literal[
    "",
    "load_file",
    "load_text_encoder",
    "load_lora",
    "put_sage_on",
    "encode_text",
    "encode_pictures",
    "sample",
    "make_schedule",
    "read_schedule",
    "split_schedule",
    "guide",
    "decode",
    "decode_tiled",
    "encode",
    "encode_tiled",
    "make_video",
    "take_apart",
    "interpolate",
    "upscale",
]

#: How the noise levels of a schedule are made, or cut.
Schedule = Literal[
    "", "basic", "beta", "listed", "manual", "moe", "split", "split_denoise", "split_at_sigma"
]

FileKind = Literal["picture", "video", "sound", "latent", "model", "lora", "vae", "other"]


class File(NamedTuple):
    """The file that a node loads: the input that names it, and what is in it.

    `gguf` tells that it takes GGUF files and no others; `also_pictures` that a picture is a video of one
    frame to it.
    """

    input: str
    kind: FileKind
    gguf: bool = False
    also_pictures: bool = False


#: What a clip is made from. `other` is what has no name here.
VideoKind = Literal[
    "text_to_video",
    "image_to_video",
    "first_last_frame",
    "last_frame",
    "video_to_video",
    "control_video",
    "camera_move",
    "vace",
    "character",
    "sound",
    "other",
]


class LatentShape(NamedTuple):
    """How a class makes the latent of a Wan video from `width`, `height` and `length`.

    `slot` is the output of the latent; `fps` what its models make (None: it depends on the model);
    `cell_px` what sizes are cut to; `grid_px` the step of a size in ComfyUI's editor. `empty` tells that
    the latent holds nothing, so that the model that samples it decides its rate. `one_picture` tells that
    it is the latent of a picture, of models that make no videos. `follows` is the input of the latent whose
    size it takes over. `channels` is how many it has; `holds` is the input whose picture is in the latent
    itself. `length` is the input that holds the number of frames. `fails_off_grid` tells that sampling fails
    at a size between two steps of the grid.
    """

    slot: int
    fps: float | None = None
    cell_px: int = 8
    grid_px: int = 16
    empty: bool = False
    one_picture: bool = False
    follows: str | None = None
    channels: int = 16
    holds: str | None = None
    length: str = "length"
    fails_off_grid: bool = False


class Conditioning(NamedTuple):
    """What a class tells a Wan model beside the prompt.

    `kind` is the kind of video that it makes, as `wan describe` calls it; `by_pictures` tells that its
    first and last picture decide the kind. `encodes` are the inputs whose pictures it encodes. `channels`
    is how many channels it puts beside the latent.

    `families` are the families of models that it is for, the first one above all; empty: it is not known.
    `with_others` is what becomes of it with a model of another family; `fails` tells that sampling fails
    then. Where an input of `alone` is linked, or a class adds to it, that is not known.

    `cropped` are the inputs whose pictures are scaled and cropped to the size of the video. `laid_over`
    are those whose clip is laid over the whole of the video, frame by frame, with grey behind its end.
    `needs` are the inputs of which its model needs one. `trim_output` is the output that says how many
    latent steps of the reference to cut off again.
    """

    kind: VideoKind = "other"
    by_pictures: bool = False
    encodes: tuple[str, ...] = ()
    channels: int = 36
    families: tuple[str, ...] = ()
    with_others: str = ""
    fails: bool = False
    alone: tuple[str, ...] = ()
    cropped: tuple[str, ...] = ()
    laid_over: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    trim_output: int | None = None


class Interpolation(NamedTuple):
    """Puts frames between frames: the input of the frames, and how often (None: its input `times`).

    `by_film` tells that it does so with FILM, which takes longer; None: the file of its model tells.
    """

    frames: str
    factor: int | None = None
    by_film: bool | None = False
    times: str = "multiplier"


class Stretch(NamedTuple):
    """Takes a stretch of frames: the inputs of the frames, of the first one, and of how many.

    A `number` of `everything` or more is written for all that there are. `fails_beyond` tells that it fails
    where the first one is behind the last frame; else it takes the last one.
    """

    frames: str
    first: str
    number: str
    everything: int = 4096
    fails_beyond: bool = False


class Player(NamedTuple):
    """Sets the rate at which frames are shown: the input of the frames, and that of the rate.

    `animated` tells that it writes nothing but animated pictures.
    """

    frames: str
    rate: str
    animated: bool = False


#: What a node that saves or shows writes.
Writes = Literal[
    "video",
    "webm",
    "webp",
    "apng",
    "pictures",
    "temp_pictures",
    "latent",
    "text",
    "combined",
]


class Saving(NamedTuple):
    """What a node writes. `facts` are those of the file; None where it has no frames."""

    what: Writes
    facts: Callable[[Reading], Facts] | None = None


class Automatic(NamedTuple):
    """An input whose `word` stands for the value that fits another input, `by`: `values` of that, and it."""

    input: str
    word: str
    by: str
    values: tuple[tuple[Any, Any], ...]


class Moved(NamedTuple):
    """An input that newer versions of ComfyUI have on the node linked to `link`, under the name `to`."""

    input: str
    link: str
    to: str


class Versions(NamedTuple):
    """The differences of a class.

    `moved` are inputs that newer versions have on another node. `automatic` are inputs with a word for the
    value that fits another one. `added` are defaults that came with a newer version, which the editor sends
    of every node. `choice_sent` tells that the editor sends the inputs of its choice, and that the class has
    their defaults where they are missing.
    """

    moved: tuple[Moved, ...] = ()
    automatic: tuple[Automatic, ...] = ()
    added: tuple[tuple[str, Any], ...] = ()
    choice_sent: bool = False


class SamplerInputs(NamedTuple):
    """The inputs of a sampler, by the setting of its pass that they hold. Empty: no input holds it.

    Without `start` a pass begins at step 0, without `end` it goes to the last, without `denoise` it has 1;
    without `add_noise` it adds noise, without `leftover_noise` it leaves none. `guider`, `noise` and `sigmas`
    are links to nodes that hold the rest: a guider the model, the prompts and the cfg, a source of noise the
    seed, a schedule the steps and the scheduler. `sampler` may be a link to a node that names the sampler.

    `conditioning` is an input that brings the size, the pictures and whatever else a model is told beside the
    prompt; without one they come with the prompts and the latent. `holder` is a link to a node that holds the
    steps and the scheduler, by the `held` of its record. With `through` all of this is in the node behind
    that link. `latent_optional` tells that it samples without a latent as well.

    `part` is what one of several passes of a node is called, behind the id of the node. `boundary` is the
    sigma at which a node changes experts by itself. `own_way` tells that the node decides by rules of its own
    which steps it runs, and on which noise; `finish` works out by these rules what is known of it, from
    the reading of the node and from the values of the other inputs here, by their names.

    `denoised_slot` is the output that gives the clean picture that the last step arrives at. `unscaled` tells
    that a latent is handed on as it is, without a division by what is left of the picture (the wrapper).
    """

    model: str = "model"
    latent: str = "latent_image"
    positive: str = "positive"
    negative: str = "negative"
    conditioning: str = ""
    steps: str = "steps"
    start: str = ""
    end: str = ""
    cfg: str = "cfg"
    sampler: str = "sampler_name"
    scheduler: str = "scheduler"
    denoise: str = ""
    add_noise: str = ""
    leftover_noise: str = ""
    seed: str = "seed"
    shift: str = ""
    guider: str = ""
    noise: str = ""
    sigmas: str = ""
    boundary: str = ""
    holder: str = ""
    through: str = ""
    latent_optional: bool = False
    part: str = ""
    own_way: bool = False
    finish: Callable[[Reading, Mapping[str, Any]], Mapping[str, Any]] | None = None
    denoised_slot: int | None = None
    unscaled: bool = False


class LoraOn(NamedTuple):
    """A LoRA that a node puts on a model: the input that names it, its file and its strength.

    A strength of None is not known.
    """

    input: str
    file: str
    strength: float | None = 1.0


class Reading:
    """One output of one node, as its record sees it: the values of its inputs, and the facts of its links.

    `slot` is the output that is asked about. `inputs` are constants and links. `own_files` are the inputs
    whose file is the user's own; `family` is the family that a declaration names for the file. `known`
    gives the facts of a link.
    """

    __slots__ = ("family", "inputs", "known", "node_class", "own_files", "record", "slot")

    def __init__(
        self,
        record: NodeRecord,
        slot: int,
        inputs: Mapping[str, Any],
        node_class: NodeClass | None,
        known: Callable[[Link], Facts],
        own_files: Mapping[str, OwnFile],
        family: str | None,
    ) -> None:
        self.record = record
        self.slot = slot
        self.inputs = inputs
        self.node_class = node_class
        self.known = known
        self.own_files = own_files
        self.family = family

    def value(self, name: str) -> Any:
        """The constant an input has: written, by a link to a known constant, or its default.

        What ComfyUI's own classes require has no default: without it the server refuses the node. A pack may
        have begun to require it later.
        """
        if name in self.inputs:
            value = self.inputs[name]
            return self.known(value).value if isinstance(value, Link) else held(value)
        if self.node_class is not None:
            for input_ in self.node_class.inputs:
                if input_.name == name and input_.has_default:
                    return (
                        None if input_.required and self.node_class.pack is None else input_.default
                    )
        return None

    def whole(self, name: str) -> int | None:
        """The value of an input as a whole number, as ComfyUI reads it; None when it is not known.

        What is written is cut to one. What comes by a link reaches the node as it is, and no node counts
        with a float.
        """
        value = self.value(name)
        if isinstance(value, int):
            return int(value)
        written = isinstance(value, float) and not self.linked(name)
        return int(value) if written and -1e18 < value < 1e18 else None

    def number(self, name: str) -> float | None:
        """The value of an input as a number; None when it is not known."""
        value = self.value(name)
        return float(value) if isinstance(value, (int, float)) and abs(value) < 1e18 else None

    def requires(self, name: str) -> bool:
        """Whether the class refuses to run without an input."""
        inputs = () if self.node_class is None else self.node_class.inputs
        return any(each.required for each in inputs if each.name == name)

    def linked(self, name: str) -> bool:
        """Whether the input has a link."""
        return isinstance(self.inputs.get(name), Link)

    def links(self) -> list[tuple[str, Link]]:
        """The linked inputs, in the order in which they are written."""
        return [(name, item) for name, item in self.inputs.items() if item.__class__ is Link]

    def facts(self, name: str) -> Facts:
        """What is known of the link of an input; nothing when it has none."""
        value = self.inputs.get(name)
        return self.known(value) if isinstance(value, Link) else NOTHING_KNOWN

    def link(self, name: str) -> Link | None:
        """The link of an input."""
        value = self.inputs.get(name)
        return value if isinstance(value, Link) else None

    def given(self, name: str, absent: Facts = NOTHING_KNOWN) -> Link | Facts:
        """What an input gets: its link, or the value that is written; `absent` where it has neither."""
        if name not in self.inputs:
            return absent
        value = self.inputs[name]
        if isinstance(value, Link):
            return value
        known = isinstance(value, (int, float, str, bool)) and held(value) is not None
        return Facts(value=value) if known else NOTHING_KNOWN

    def type(self) -> str | None:
        """The type of the output in question; None when the class is not known."""
        if self.node_class is None or not 0 <= self.slot < len(self.node_class.outputs):
            return None
        return self.node_class.outputs[self.slot].type


class NodeRecord(NamedTuple):
    """What is known of a class. What a class is not, is empty.

    `pack` is who makes it: ComfyUI itself, or a pack of custom nodes; `role` what it is in a pipeline.

    `facts` works out what is known of an output; None: the rule for unknown classes answers.
    `constant` is the input whose value it gives. `passes_on` is the input that it hands on as it is
    (empty: its only link). `acts` tells that it does something besides handing on, such as free memory.
    `hands_on` works out what an output of a switch hands on as it is: a link, or
    what is known of a value; it is empty for a class that is no switch. `same_shape` is the input whose
    pictures it changes, and neither their number, rate nor size; `same_length` the one of which it keeps the
    number and the rate.

    `loop` tells that a loop of ComfyUI starts or ends with it: the nodes between run several times in one
    prompt. `repeats` works out how often the nodes run that are behind the start of a pack's loop, and
    `repeats_from` is the input that links the end of one to its start.

    `texts` are the inputs that hold the prompt and the negative prompt, where one node encodes both.
    `text_encoder` says whose packing of the text encoder it loads. `samplers` are the passes that it makes,
    each with the inputs that hold its settings; `held` are the
    settings that it holds for a sampler that is linked to it. `loras` are the LoRAs that it puts on a model,
    or hands to a node that does, `lora_links` its inputs that bring more of them.
    `sets_shift` tells that it sets the shift of the schedule, `replaces_sampling` that it replaces the
    whole of how a model samples. `guider_cfg` is the cfg of a guider that has no input for it;
    `guided_from` and `guided_to` are inputs for the share of the steps in which its cfg holds.
    `adds_noise` tells whether a source of noise gives any. `schedule` is how the noise levels are made.
    `leaves_speed` tells that a patch changes neither the work of a step nor its speed; `sage_input` is
    the input that puts SageAttention on the model, unless it is `disabled`. `context_windows` tells that
    it lets a model look at a window of the frames at a time.

    `stretch` tells that it takes some of the frames by their numbers, `splits` that it takes them apart in
    other ways; `joins_clips` that it puts clips into one batch. `may_stretch` tells that it scales each side
    of a picture by itself where its `crop` is "disabled". `adds_mask` tells that it gives a latent a noise
    mask.

    `noise_up_to` is what it has the model told of full noise, where it counts down to 0 from there; None: it
    counts in another way, or changes nothing about it. `corrects_guidance` tells that it changes nothing
    where there is no guidance (cfg 1). `steers_from` is the input of what attention is steered away from
    (NAG), with that of the prompt it is compared with; empty: the prompt of the pass. `idle_at` is an input,
    and its value at which the node changes nothing. `not_for_wan` tells that Wan's models ignore what it
    sets.

    `work` is what takes time in it; `no_formula` tells that it works on every frame with a model of its
    own, in a time that is not known here.

    `only_in_editor` tells that no server has the class; `named_value` whether it gives a value a name, or
    takes the value of a name.

    `replaces_words` tells whether the editor, the server or both replace words such as `%year%` in its
    `filename_prefix`; empty: not known.

    `other_left_out` are inputs that do something else left out than at their default.

    `takes_anything` tells that it takes inputs of any name; `undocumented` are inputs that its function
    takes although its schema does not have them, with their types; `former` are inputs of its earlier
    versions that its function still takes; `hidden` are optional inputs that the page does not show: they
    are there for prompts of older versions. `also_takes` are further types that its inputs accept;
    `unbounded` are inputs whose bounds or choices are those of the editor's field, and not of the node.
    `choices_of_files` are inputs whose choices files on the server add to: the input, how such a choice
    begins, and the folder of the files.

    `latents_of_wrapper` tells that an encoder or decoder has latents in the scale of WanVideoWrapper;
    `rescales` is the input that says from which scale to which one a bridge between the two goes.
    """

    class_name: str
    pack: str = COMFYUI
    role: Role = ""
    facts: Callable[[Reading], Facts] | None = None
    constant: str | None = None
    passes_on: str | None = None
    acts: bool = False
    hands_on: Callable[[Reading], Link | Facts] | None = None
    same_shape: str | None = None
    same_length: str | None = None
    file: File | None = None
    loop: Literal["", "start", "end"] = ""
    repeats: Callable[[Reading], int | None] | None = None
    repeats_from: str = ""
    texts: tuple[str, ...] = ()
    text_encoder: Literal["", "comfyui", "wrapper"] = ""
    latent: LatentShape | None = None
    conditioning: Conditioning | None = None
    samplers: tuple[SamplerInputs, ...] = ()
    held: SamplerInputs | None = None
    loras: Callable[[Reading], tuple[LoraOn, ...]] | None = None
    lora_links: tuple[str, ...] = ()
    sets_shift: bool = False
    replaces_sampling: bool = False
    guider_cfg: float | None = None
    guided_from: str = ""
    guided_to: str = ""
    adds_noise: bool | None = None
    schedule: Schedule = ""
    leaves_speed: bool = False
    sage_input: str | None = None
    noise_up_to: float | None = None
    corrects_guidance: bool = False
    steers_from: tuple[str, str] | None = None
    idle_at: tuple[str, float] | None = None
    not_for_wan: bool = False
    context_windows: bool = False
    interpolation: Interpolation | None = None
    stretch: Stretch | None = None
    splits: bool = False
    adds_mask: bool = False
    joins_clips: bool = False
    may_stretch: bool = False
    player: Player | None = None
    saving: Saving | None = None
    work: Work = ""
    no_formula: bool = False
    widgets: Widgets = Widgets()
    only_in_editor: bool = False
    named_value: Literal["", "set", "get"] = ""
    replaces_words: tuple[Literal["page", "server"], ...] = ()
    takes_anything: bool = False
    other_left_out: tuple[str, ...] = ()
    undocumented: tuple[tuple[str, str], ...] = ()
    former: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    also_takes: tuple[tuple[str, str], ...] = ()
    unbounded: tuple[str, ...] = ()
    choices_of_files: tuple[tuple[str, str, str], ...] = ()
    latents_of_wrapper: bool = False
    rescales: str = ""
    versions: Versions = Versions()
