"""What public workflows do that is no mistake, and what is one: each a kind that a rule got wrong."""

from __future__ import annotations

import json

import pytest

from tests.formats.workflow_read.sketch import Sketch, picture, source_of, told
from tests.lint.rules.mutations.suite import drawn, said_of_json
from tests.prompts import LOW, T2V_LOW, alone, changed, conditioned, found, graph_of, node, split
from tests.prompts import picture as scaled
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.formats.workflow_read import read
from wan22dsl.graph.analysis import analyse


def severities(prompt: object, code: str) -> list[str]:
    text = json.dumps(prompt)
    return [each.severity.value for each in found(text) if each.code == code]


# --- WAN804: the rate of a video that is followed ---


def followed(video: object, **more: object) -> dict[str, object]:
    start = conditioned() | {
        "clip": video,
        "vace": node(
            "WanVaceToVideo",
            positive=("positive", 0),
            negative=("negative", 0),
            vae=("vae", 0),
            control_video=("clip", 0),
            width=832,
            height=480,
            length=81,
            **{"batch_size": 1, "strength": 1.0, **more},
        ),
    }
    return changed(alone(LOW, None, latent=("vace", 2), start=start), "video", fps=24.0)


@pytest.mark.parametrize(
    ("video", "reported"),
    [
        (node("VHS_LoadVideo", video="clip.mp4", force_rate=0), []),
        (node("VHS_LoadVideo", video="clip.mp4", force_rate=24), []),
        (node("VHS_LoadVideo", video="clip.mp4", force_rate=16), ["warning"]),
        (node("OfAPackThatNobodyKnows", video="clip.mp4"), []),
        (node("LoadImage", image="start.png"), ["warning"]),
    ],
    ids=["as it is", "24", "16", "unknown", "a picture"],
)
def test_a_clip_has_the_rate_of_the_video_that_it_follows(video, reported):
    assert severities(followed(video), "WAN804") == reported


@pytest.mark.parametrize(("linked", "reported"), [(True, []), (False, ["warning"])])
def test_the_wrapper_s_vace_has_the_rate_of_its_frames(linked, reported):
    prompt = {
        "clip": node("VHS_LoadVideo", video="clip.mp4", force_rate=24),
        "model": node("WanVideoModelLoader", model=T2V_LOW),
        "vae": node("WanVideoVAELoader", model_name="wan_2.1_vae.safetensors"),
        "vace": node("WanVideoVACEEncode", vae=("vae", 0), width=832, height=480, num_frames=81),
        "text": node("WanVideoTextEncodeSingle", prompt="a cat"),
        "sampler": node(
            "WanVideoSampler",
            model=("model", 0),
            image_embeds=("vace", 0),
            text_embeds=("text", 0),
            steps=20,
            cfg=5.0,
            shift=5.0,
            scheduler="unipc",
            seed=1,
        ),
        "decode": node("WanVideoDecode", vae=("vae", 0), samples=("sampler", 0)),
        "save": node("VHS_VideoCombine", images=("decode", 0), frame_rate=24),
    }
    if linked:
        prompt["vace"]["inputs"]["input_frames"] = ["clip", 0]
    assert severities(prompt, "WAN804") == reported


# --- describe ---


def test_the_pictures_of_a_node_of_another_version_are_seen():
    sketch = picture()
    sketch.node(
        4,
        "WanVideoImageToVideoEncode",
        [832, 480, 77, 0, 1, True, True, False],
        links={"start_image": (1, 0), "end_image": (2, 0)},
        gives=("WANVIDIMAGE_EMBEDS",),
    )
    sketch.node(5, "WanVideoModelLoader", ["wan_i2v_14B.safetensors"], gives=("WANVIDEOMODEL",))
    sketch.node(
        6, "WanVideoSampler", links={"model": (5, 0), "image_embeds": (4, 0)}, gives=("LATENT",)
    )
    sketch.node(7, "WanVideoDecode", links={"samples": (6, 0)}, gives=("IMAGE",))
    sketch.node(8, "PreviewImage", links={"images": (7, 0)}, gives=())
    for made in sketch.nodes:  # as the editor names the types of sockets
        for slot in made["inputs"]:
            slot["type"] = {"start_image": "IMAGE", "end_image": "IMAGE"}.get(
                slot["name"], slot["type"]
            )
    graph, _ = read(source_of(sketch.workflow()), open_catalogue("0.39"))
    assert graph is not None
    (clip,) = analyse(graph).clips
    assert clip.kind == "first_last_frame"


@pytest.mark.parametrize(("pingpong", "frames"), [(False, 81), (True, None)])
def test_vhs_decodes_the_frames_of_a_latent(pingpong, frames):
    prompt = alone()
    prompt["save"] = node(
        "VHS_VideoCombine",
        images=("sampler", 0),
        vae=("vae", 0),
        frame_rate=16,
        loop_count=0,
        filename_prefix="x",
        format="video/h264-mp4",
        pingpong=pingpong,
        save_output=True,
    )
    (output,) = [each for each in analyse(graph_of(prompt)).outputs if each.node == "save"]
    assert (output.frames, output.width_px) == (frames, 832)


# --- WAN656 ---


@pytest.mark.parametrize(("denoise", "expected"), [(0.8, ["note"]), (0.3, ["warning"])])
def test_a_denoise_that_leaves_almost_all_noise_is_a_note(denoise, expected):
    prompt = alone(LOW, None, denoise=denoise, steps=20)
    assert severities(prompt, "WAN656") == expected


# --- WAN518 ---


def test_a_number_that_makes_a_node_run_again_may_be_negative():
    prompt = {
        **scaled(),
        "number": node("PrimitiveInt", value=-887197379151091),
        "text": node("VRGDG_SaveTextAdvanced", text="a", folder_path="out", trigger=("number", 0)),
        "shown": node("PreviewAny", source=("text", 0)),
    }
    assert severities(prompt, "WAN518") == []


# --- WAN566 ---


def test_the_button_of_an_upload_with_a_link_is_no_sign_of_another_version():
    sketch = picture()
    sketch.node(9, "PrimitiveNode", ["image"], gives=("IMAGEUPLOAD",))
    load = sketch.nodes[0]
    slots = [{"name": "upload", "type": "IMAGEUPLOAD", "widget": {"name": "upload"}, "link": 99}]
    load["inputs"] = [*load.get("inputs", []), *slots]
    workflow = sketch.workflow()
    workflow["links"].append([99, 9, 0, load["id"], len(load["inputs"]) - 1, "IMAGEUPLOAD"])
    assert "WAN566" not in {each.code for each in told(workflow)}


def transcribed(values: list[object]) -> set[str]:
    sketch = Sketch()
    sketch.node(1, "LoadAudio", ["song.mp3"], gives=("AUDIO",))
    sketch.node(
        2,
        "VRGDG_LoadAudioSplit_HUMO_TranscribeV2",
        values,
        links={"audio": (1, 0)},
        gives=("DICT",),
    )
    sketch.node(3, "PreviewAny", links={"source": (2, 0)}, gives=())
    return {each.code for each in told(sketch.workflow())}


def test_a_field_that_a_pack_put_between_the_others_later_is_one_note():
    values = ["english", True, 0, "thinking,walking,sitting", *[None, ""] * 16]
    assert transcribed(values) == {"WAN566"}
    assert "WAN566" not in transcribed([0, *values])
    assert "WAN566" not in transcribed(["no number", *values])


def test_outputs_that_moved_are_those_of_another_version():
    sketch = Sketch()
    kinds = ("IMAGE", "MASK", "STRING", "IMAGE", "IMAGE", "LOAD3D_CAMERA", "VIDEO")
    sketch.node(1, "Load3D", ["a.obj", 1024, 1024], gives=kinds)
    sketch.node(2, "GetVideoComponents", links={"video": (1, 6)}, gives=("IMAGE",))
    sketch.node(3, "PreviewImage", links={"images": (2, 0)}, gives=())
    reported = {each.code for each in told(sketch.workflow(), "0.39")}
    assert "WAN566" in reported and "WAN503" not in reported


# --- WAN613 ---


@pytest.mark.parametrize(("mode", "reported"), [(2, False), (0, True)])
def test_a_lora_of_a_segment_that_is_muted_is_switched_off_with_it(mode, reported):
    prompt = {
        **alone(),
        "lora": node("LoraLoaderModelOnly", model=("model_model", 0), lora_name="a.safetensors"),
        "shift": node("ModelSamplingSD3", model=("lora", 0), shift=5.0),
    }
    if mode:
        prompt["more"] = changed(alone(), "sampler", model=("shift", 0))["sampler"]
    workflow = json.loads(drawn(prompt))
    samplers = [made for made in workflow["nodes"] if made["type"] == "KSampler"]
    for made in samplers:
        ends = {link[3] for link in workflow["links"] if link[1] == made["id"]}
        made["mode"] = 0 if ends else mode
    assert ("WAN613" in {each.code for each in said_of_json(json.dumps(workflow))}) == reported


@pytest.mark.parametrize(("lora", "expected"), [("a_lightx2v_4step.safetensors", 0), ("no", 1)])
def test_loras_of_a_pack_are_found_by_the_folder_of_their_files(lora, expected):
    prompt = alone(LOW, None)
    prompt["stack"] = node(
        "IAMCCS_WanLoRAStackModelIO",
        model=("model_model", 0),
        lora1="no",
        strength1=1.0,
        lora2=lora,
        strength2=1.0,
    )
    prompt = changed(prompt, "model_shift", model=("stack", 0))
    assert len(severities(prompt, "WAN720")) == expected


# --- WAN512 ---


def test_a_workflow_that_is_all_muted_is_not_said_to_be_empty():
    workflow = json.loads(drawn(scaled()))
    for made in workflow["nodes"]:
        made["mode"] = 2
    (finding,) = [each for each in said_of_json(json.dumps(workflow)) if each.code == "WAN512"]
    assert "all its nodes are muted or bypassed" in finding.message


# --- WAN507 ---


def test_a_switch_of_a_pack_that_holds_a_number_is_a_note():
    prompt = {
        **scaled(),
        "mocha": node("WanVideoBlockSwap", blocks_to_swap=20, offload_img_emb=832),
        "shown": node("PreviewAny", source=("mocha", 0)),
    }
    assert severities(prompt, "WAN507") == ["note"]


# --- WAN513 ---


def test_a_node_of_a_pack_that_gives_nothing_is_not_missed():
    prompt = {**scaled(), "given": node("IAMCCS_AutoLinkArguments")}
    prompt["links"] = node("IAMCCS_AutoLinkConverter", arg=("given", 0))
    assert severities(prompt, "WAN513") == []


@pytest.mark.parametrize(("end", "expected"), [(4, "WAN513"), (2, "WAN712")])
def test_a_pass_whose_result_nothing_decodes_is_reported_once(end, expected):
    prompt = changed(split(), "high_sampler", end_at_step=end)
    prompt = changed(prompt, "decode", samples=("high_sampler", 0))
    reported = {each.code for each in found(json.dumps(prompt))} & {"WAN513", "WAN712"}
    assert reported == {expected}


# --- models of other makers ---


@pytest.mark.parametrize(
    ("file", "reported"), [("z_image_turbo_bf16.safetensors", False), (LOW, True)]
)
def test_what_is_usual_for_wan_is_not_asked_of_other_models(file, reported):
    prompt = alone(file, None, latent=("empty", 0), shift=100.0, steps=20)
    prompt["empty"] = node("EmptySD3LatentImage", width=1024, height=1024, batch_size=1)
    for name in ("positive", "negative"):
        prompt["sampler"]["inputs"][name] = [name, 0]
    assert ("WAN522" in {each.code for each in found(json.dumps(prompt))}) == reported


def test_the_two_lengths_of_a_short_clip_are_told_apart():
    start = conditioned(length=5)
    prompt = changed(alone(LOW, None, start=start), "video", fps=24.0)
    (finding,) = [each for each in found(json.dumps(prompt)) if each.code == "WAN804"]
    assert "last 0.17 s instead of 0.25 s" in finding.message


def test_a_class_of_a_pack_with_none_of_the_inputs_of_a_node_is_another_one():
    prompt = {**scaled(), "shift": node("Float", value=8.0)}
    prompt["shown"] = node("PreviewAny", source=("shift", 0))
    assert severities(prompt, "WAN502") == []
    assert severities(prompt, "WAN501") == ["note"], "that its inputs are not checked is told"
    assert severities(changed(prompt, "shift", Number="8.0"), "WAN515") == []
    assert severities(changed(prompt, "shift", Number="8.0"), "WAN501") == []


def test_what_a_program_notes_in_prompt_json_is_one_finding_and_the_nodes_are_judged():
    prompt = {"_meta": {"name": "mine"}, **scaled(scale_by=400.0)}
    reported = [each.code for each in said_of_json(json.dumps(prompt))]
    assert reported.count("WAN554") == 1
    assert not {"WAN555", "WAN556"} & set(reported)
    assert "WAN504" in reported


@pytest.mark.parametrize(("strength", "reported"), [(0.3, set()), (0.1, {"WAN617"})])
def test_causvid_is_weaker_than_other_distilled_loras(strength, reported):
    prompt = alone(T2V_LOW, "Wan21_CausVid_14B_T2V_lora_rank32.safetensors", steps=6, cfg=1.0)
    prompt = changed(prompt, "model_lora", strength_model=strength)
    codes = {each.code for each in found(json.dumps(prompt))}
    assert codes & {"WAN617", "WAN720", "WAN722"} == reported


@pytest.mark.parametrize(("masked", "reported"), [(True, 0), (False, 1)])
def test_a_second_pass_inside_a_mask_keeps_the_rest(masked, reported):
    prompt = alone(LOW, None, latent=("inside", 0) if masked else ("first", 0), steps=20, cfg=3.5)
    prompt["first"] = changed(prompt, "sampler", latent_image=("start", 2))["sampler"]
    prompt["mask"] = node("SolidMask", value=1.0, width=832, height=1216)
    prompt["inside"] = node("SetLatentNoiseMask", samples=("first", 0), mask=("mask", 0))
    assert len(severities(prompt, "WAN703")) == reported


# --- subgraph blueprints: parts of a workflow ---


def blueprint(*, saves: bool) -> dict[str, object]:
    """One subgraph and nothing beside it, whose picture comes from where it is inserted."""
    inside = Sketch()
    inside.node(2, "ImageScaleBy", ("lanczos", 2))
    inside.node(3, "ImageInvert", links={"image": (2, 0)})
    inside.node(4, "PreviewImage", links={"images": (2, 0)}, gives=())
    if saves:
        inside.node(5, "SaveImage", ("made",), links={"images": (2, 0)}, gives=())
    outside = Sketch()
    outside.node(1, "part")
    return outside.workflow(inside.subgraph("part", {"image": [(2, "image")]}, {"images": (3, 0)}))


@pytest.mark.parametrize(("saves", "reported"), [(False, {"note"}), (True, {"error", "warning"})])
def test_what_a_blueprint_takes_and_gives_is_linked_where_it_is_inserted(saves, reported):
    found_in = said_of_json(json.dumps(blueprint(saves=saves)))
    assert {
        each.severity.value for each in found_in if each.code in {"WAN502", "WAN513"}
    } == reported


def test_a_blueprint_without_an_output_is_a_note():
    made = blueprint(saves=False)
    (inside,) = made["definitions"]["subgraphs"]
    inside["nodes"] = [each for each in inside["nodes"] if each["type"] != "PreviewImage"]
    said = [each for each in said_of_json(json.dumps(made)) if each.code == "WAN512"]
    assert [each.severity.value for each in said] == ["note"]
    assert "blueprint" in said[0].message
