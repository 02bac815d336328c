"""Which choices are the user's own files, and in which folder those are.

ComfyUI's answer does not say so: a list of models looks like any other list. The folders are those
that the classes themselves ask for (`folder_paths.get_filename_list` in ComfyUI's nodes.py,
comfy_extras and in the packs), named as under `models/`; `input` and `output` are the folders of
the server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import Input

#: Folder → the inputs that choose from it, as `Class.input`; of a row of inputs as `Class.rows.input`.
_FOLDERS: dict[str, tuple[str, ...]] = {
    "audio_encoders": ("AudioEncoderLoader.audio_encoder_name",),
    "background_removal": ("LoadBackgroundRemovalModel.bg_removal_name",),
    "checkpoints": (
        "CheckpointLoader.ckpt_name",
        "CheckpointLoaderKJ.ckpt_name",
        "CheckpointLoaderSimple.ckpt_name",
        "CreateHookModelAsLora.ckpt_name",
        "CreateHookModelAsLoraModelOnly.ckpt_name",
        "ImageOnlyCheckpointLoader.ckpt_name",
        "LTXAVTextEncoderLoader.ckpt_name",
        "LTXVAudioVAELoader.ckpt_name",
        "unCLIPCheckpointLoader.ckpt_name",
    ),
    "clip_vision": ("CLIPVisionLoader.clip_name",),
    "configs": ("CheckpointLoader.config_name",),
    "controlnet": ("ControlNetLoader.control_net_name", "DiffControlNetLoader.control_net_name"),
    "datasets": ("LoadTrainingDataset.folder_name",),
    "detection": ("LoadMediaPipeFaceLandmarker.model_name",),
    "diffusers": ("DiffusersLoader.model_path",),
    "diffusion_models": (
        "DiffusionModelLoaderKJ.model_name",
        "DiffusionModelSelector.model_name",
        "GGUFLoaderKJ.model_name",
        "GGUFLoaderKJ.extra_model_name",
        "UNETLoader.unet_name",
        "UnetLoaderGGUF.unet_name",
        "UnetLoaderGGUFAdvanced.unet_name",
    ),
    "embeddings": ("ConditioningLoader.conditioning_name",),
    "frame_interpolation": ("FrameInterpolationModelLoader.model_name",),
    "geometry_estimation": ("LoadDA3Model.model_name", "LoadMoGeModel.model_name"),
    "gligen": ("GLIGENLoader.gligen_name",),
    "hypernetworks": ("HypernetworkLoader.hypernetwork_name",),
    "kjnodes_fonts": tuple(
        f"{name}.font"
        for name in (
            "AddLabel",
            "CreateTextMask",
            "CreateTextOnPath",
            "DrawInstanceDiffusionTracking",
            "ImageBatchTestPattern",
        )
    ),
    "latent_upscale_models": ("LatentUpscaleModelLoader.model_name",),
    "loras": (
        "CreateHookLora.lora_name",
        "CreateHookLoraModelOnly.lora_name",
        "DiTBlockLoraLoader.lora_name",
        "LoadLoraModel.loras.lora_name",
        "LoadLoraTextEncoder.loras.lora_name",
        "LoraLoader.lora_name",
        "LoraLoaderBypass.lora_name",
        "LoraLoaderBypassModelOnly.lora_name",
        "LoraLoaderModelOnly.lora_name",
        "LoraReduceRankKJ.lora_name",
        "TrainLoraNode.existing_lora",
    ),
    "model_patches": ("ModelPatchLoader.name",),
    "optical_flow": ("OpticalFlowLoader.model_name",),
    "photomaker": ("PhotoMakerLoader.photomaker_model_name",),
    "style_models": ("StyleModelLoader.style_model_name",),
    "text_encoders": (
        "CLIPLoader.clip_name",
        "CLIPLoaderGGUF.clip_name",
        "DualCLIPLoader.clip_name1",
        "DualCLIPLoader.clip_name2",
        "DualCLIPLoaderGGUF.clip_name1",
        "DualCLIPLoaderGGUF.clip_name2",
        "LTXAVTextEncoderLoader.text_encoder",
        *(
            f"{name}.clip_name{n}"
            for name in ("TripleCLIPLoader", "TripleCLIPLoaderGGUF")
            for n in (1, 2, 3)
        ),
        *(
            f"{name}.clip_name{n}"
            for name in ("QuadrupleCLIPLoader", "QuadrupleCLIPLoaderGGUF")
            for n in (1, 2, 3, 4)
        ),
    ),
    "upscale_models": ("UpscaleModelLoader.model_name",),
    "vae": ("VAELoader.vae_name", "VAELoaderKJ.vae_name"),
    "vae_approx": ("ModelPreviewOverrideKJ.tiny_vae",),
    "input": (
        "GeminiInputFiles.file",
        "Load3D.model_file",
        "Load3DAdvanced.model_file",
        "Load3DAnimation.model_file",
        "LoadAndResizeImage.image",
        "LoadAudio.audio",
        "LoadImage.image",
        "LoadImageDataSetFromFolder.folder",
        "LoadImageMask.image",
        "LoadImageSetFromFolderNode.folder",
        "LoadImageTextDataSetFromFolder.folder",
        "LoadImageTextSetFromFolderNode.folder",
        "LoadLatent.latent",
        "LoadVideo.file",
        "LoadVideoDataSetFromFolder.folder",
        "LoadVideoTextDataSetFromFolder.folder",
        "OpenAIInputFiles.file",
        "VHS_LoadAudioUpload.audio",
        "VHS_LoadImages.directory",
        "VHS_LoadVideo.video",
        "VHS_LoadVideoFFmpeg.video",
    ),
    "output": ("LoadImageOutput.image",),
}

_KJ_FONTS = ("FreeMono.ttf", "FreeMonoBoldOblique.otf", "TTNorms-Black.otf")

#: Choices that such an input has whatever files there are.
_FIXED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_FOLDERS["kjnodes_fonts"], _KJ_FONTS),
    "GGUFLoaderKJ.extra_model_name": ("none",),
    "Load3D.model_file": ("none",),
    "Load3DAdvanced.model_file": ("none",),
    "ModelPreviewOverrideKJ.tiny_vae": ("none",),
    "TrainLoraNode.existing_lora": ("[None]",),
    "VAELoader.vae_name": ("pixel_space",),
    "VAELoaderKJ.vae_name": ("pixel_space",),
}

#: Choices that depend on what the server's machine has built in, named in the same way.
_OF_THE_MACHINE = frozenset(
    {
        "ModelAttentionBackend.attention",
        "SelectCLIPDevice.device",
        "SelectModelDevice.device",
        "SelectVAEDevice.device",
    }
)

_FOLDER_OF = {key: folder for folder, keys in _FOLDERS.items() for key in keys}


def with_folder(class_name: str, input_: Input) -> Input:
    """The input, with the folder that it chooses from, if it chooses files."""
    folder = _FOLDER_OF.get(f"{class_name}.{input_.name}")
    if folder is None:
        # An empty list of anything else is filled in by the frontend: nothing is known of it.
        return input_._replace(options=None) if input_.options == () else input_
    return input_._replace(files=folder, fixed=_FIXED.get(f"{class_name}.{input_.name}", ()))


def without_files(class_name: str, input_: Input) -> Input:
    """The input without the choices that only one machine has: its files and its hardware."""
    if input_.grows is not None and input_.grows.row:
        below = f"{class_name}.{input_.name}"
        row = tuple(without_files(below, each) for each in input_.grows.row)
        return input_._replace(grows=input_.grows._replace(row=row))
    if input_.files is None and f"{class_name}.{input_.name}" not in _OF_THE_MACHINE:
        return input_
    return input_._replace(options=None)
