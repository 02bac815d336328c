"""Names of settings as ComfyUI, Diffusers and other programs have them, and ours for the same."""

from __future__ import annotations

#: Their name, and ours.
SETTINGS: dict[str, str] = {
    **dict.fromkeys(("duration", "seconds", "video_length"), "length"),
    **dict.fromkeys("frames num_frames frame_count n_frames number_of_frames".split(), "length"),
    **dict.fromkeys(("resolution", "dimensions", "image_size"), "size"),
    **dict.fromkeys("cfg_scale guidance guidance_scale cfgscale".split(), "cfg"),
    **dict.fromkeys("negative_prompt neg_prompt neg negative_text".split(), "negative"),
    **dict.fromkeys(("positive", "positive_prompt", "text", "caption"), "prompt"),
    "sampler_name": "sampler",
    **dict.fromkeys(("noise_seed", "rng_seed", "random_seed"), "seed"),
    **dict.fromkeys(("batch_size", "num_videos"), "batch"),
    **dict.fromkeys(
        "start_image input_image picture photo first_frame init_image img".split(), "image"
    ),
    **dict.fromkeys(("frame_rate", "framerate", "frames_per_second"), "fps"),
    **dict.fromkeys("flow_shift sampling_shift timestep_shift model_shift".split(), "shift"),
    **dict.fromkeys("num_inference_steps sampling_steps step_count num_steps".split(), "steps"),
    **dict.fromkeys("lora lora_name".split(), "loras"),
    **dict.fromkeys("unet unet_name ckpt ckpt_name checkpoint model_name".split(), "model"),
    **dict.fromkeys(("clip", "clip_name"), "text_encoder"),
    "vae_name": "vae",
    **dict.fromkeys(("denoising_strength", "denoise_strength"), "denoise"),
}

#: Settings of theirs that belong somewhere else here.
ELSEWHERE: dict[str, str] = {
    "scheduler": "Write it after the sampler: `sampler = euler/simple`.",
    "control_after_generate": "Remove it: `--set seed=random` draws a seed for a parameter.",
    **dict.fromkeys(
        "filename_prefix filename output output_path output_file save_as".split(),
        'Name the video where it is saved: `-> save("name")`.',
    ),
    **dict.fromkeys(
        "lora_strength strength_model lora_weight".split(),
        "Set it on the LoRA: `loras = [name(strength = 0.8)]`.",
    ),
    **dict.fromkeys(
        ("aspect", "aspect_ratio", "ratio"), "Write the size in pixels: `size = 832x480`."
    ),
    **dict.fromkeys(
        "start_at_step end_at_step start_step end_step".split(),
        "Write both as the steps of the pass: `steps = 0..2 of 4`.",
    ),
    **dict.fromkeys(
        ("passes", "stages", "nodes", "run", "order"),
        "Write the order in `flow`, with arrows: `flow = high -> low`.",
    ),
    **dict.fromkeys(
        ("device", "gpu", "cuda", "dtype", "torch_dtype", "vram"),
        "Remove it: ComfyUI decides this at startup.",
    ),
    "upscale": "Write it in the flow: `-> upscale(model)`.",
    "interpolate": "Write it in the flow: `-> rife(times = 2)`.",
}

#: Types as other languages call them.
TYPES: dict[str, str] = {
    **dict.fromkeys(("string", "str", "String", "Text"), "text"),
    **dict.fromkeys(("integer", "Int", "Integer", "long", "uint"), "int"),
    **dict.fromkeys(("number", "double", "real", "Float", "Number"), "float"),
    **dict.fromkeys(("boolean", "Bool", "Boolean"), "bool"),
    **dict.fromkeys(("duration", "time"), "seconds"),
    **dict.fromkeys(("resolution", "dimensions"), "size"),
}

#: The same for assets.
ASSET_SETTINGS: dict[str, str] = {
    **dict.fromkeys("path filename file_name name url source lora_name ckpt_name".split(), "file"),
    **dict.fromkeys("weight scale strength_model alpha multiplier".split(), "strength"),
    **dict.fromkeys(("weight_dtype", "precision"), "dtype"),
    "expert": "noise",
}

#: The same for parameters of stages.
PARAMETERS: dict[str, str] = {
    **dict.fromkeys("multiplier factor scale_factor times_by".split(), "times"),
    **dict.fromkeys("filename_prefix filename prefix path file title".split(), "name"),
    **dict.fromkeys(("frame_rate", "framerate"), "fps"),
    **dict.fromkeys(("scale", "factor", "scale_by"), "by"),
    **dict.fromkeys(("tile_size", "size"), "tile"),
}

#: Stages under names that they could have, and what to write for them.
STAGES: dict[str, str] = {
    **dict.fromkeys(
        "output export write save_mp4 to_mp4 file print write_video".split(),
        'Write `save("name")`.',
    ),
    **dict.fromkeys(
        "save_gif gif save_as_gif to_gif".split(),
        'Write `combine("name", format = "image/gif")`, or `save_webp("name")`.',
    ),
}

#: Words for true and false.
BOOLEANS: dict[str, str] = {
    **dict.fromkeys("yes on enable enabled y t".split(), "true"),
    **dict.fromkeys("no off disable disabled n f".split(), "false"),
}

#: Words for a seed that nobody chooses.
RANDOM = frozenset("random rand randomize randint auto any seed_random".split())

#: Kinds of declarations as other languages call them.
KINDS: dict[str, str] = {
    **dict.fromkeys("workflow video flow main class scene".split(), "pipeline"),
    **dict.fromkeys(("def", "function", "func", "fn", "macro"), "stage"),
    **dict.fromkeys(("var", "const", "set", "define"), "let"),
    **dict.fromkeys(("parameter", "input", "arg", "option"), "param"),
    **dict.fromkeys(("loras",), "lora"),
    **dict.fromkeys(("sampler", "ksampler"), "pass"),
    **dict.fromkeys("import include from using require load".split(), "use"),
}
