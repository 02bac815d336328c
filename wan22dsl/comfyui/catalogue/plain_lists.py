"""Which classes declare a choice as a plain list in `/object_info`. Measured on 0.3.64 and 0.33.0."""

from __future__ import annotations

#: The classes that still declare a choice as a plain list in 0.33.0. All others say `COMBO`.
PLAIN_LISTS = frozenset(
    """
    CLIPLoader CLIPVisionEncode CLIPVisionLoader CheckpointLoader CheckpointLoaderSimple
    ConditioningSetMask ConditioningSetProperties ConditioningSetPropertiesAndCombine ControlNetLoader
    CreateHookKeyframesInterpolated CreateHookLora CreateHookLoraModelOnly CreateHookModelAsLora
    CreateHookModelAsLoraModelOnly DiffControlNetLoader DiffusersLoader DualCLIPLoader GLIGENLoader
    ImageOnlyCheckpointLoader ImageScale ImageScaleBy KSampler KSamplerAdvanced LatentFlip
    LatentRotate LatentUpscale LatentUpscaleBy LoadImage LoadImageMask LoadLatent LoraLoader
    LoraLoaderBypass LoraLoaderBypassModelOnly LoraLoaderModelOnly ModelAttentionBackend
    ModelComputeDtype ModelPatchLoader ModelSamplingContinuousEDM ModelSamplingContinuousV
    ModelSamplingDiscrete PairConditioningSetProperties PairConditioningSetPropertiesAndCombine
    StyleModelApply StyleModelLoader UNETLoader VAELoader unCLIPCheckpointLoader
    """.split()
)

#: Those that did so in 0.3.64 besides.
PLAIN_LISTS_BEFORE = frozenset(
    """
    BasicScheduler DualCFGGuider ExtendIntermediateSigmas HunyuanImageToVideo HypernetworkLoader
    ImageFlip ImageRotate ImageScaleToMaxDimension ImageStitch ImageToMask KSamplerSelect Load3D
    Load3DAnimation LoadImageSetFromFolderNode LoadImageTextSetFromFolderNode MaskComposite
    RecraftStyleV3DigitalIllustration RecraftStyleV3LogoRaster RecraftStyleV3RealisticImage
    RecraftTextToImageNode RecraftTextToVectorNode ResizeAndPadImage SamplerDPMPP_2M_SDE
    SamplerDPMPP_3M_SDE SamplerDPMPP_SDE SaveAnimatedWEBP SetUnionControlNetType TrainLoraNode
    TripoConversionNode TripoRetargetNode TripoTextureNode VoxelToMesh
    """.split()
)
