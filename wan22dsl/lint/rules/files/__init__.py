"""What model files are by their headers. Nothing is said where no models folder is named."""

from __future__ import annotations

from wan22dsl.model_files.kinds import LORA, MODEL, TEXT_ENCODER, VAE, Identity
from wan22dsl.model_files.lookup import StatedFiles

_I2V_HIGH = "wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors"
_I2V_LOW = "wan2.2_i2v_low_noise_14B_fp8_scaled.safetensors"
_OWN = "my_low_noise.safetensors"

_I2V = Identity(
    MODEL,
    families=("i2v_14b", "fun_inpaint_14b"),
    generation="2.2",
    width=5120,
    channels=36,
    latent_channels=16,
    loads=True,
    evidence=("patch_embedding takes 36 channels",),
)
_T2V = _I2V._replace(
    families=("t2v_14b", "phantom"),
    channels=16,
    evidence=("patch_embedding takes 16 channels",),
)
_MODELS = {_I2V_HIGH: _I2V, _I2V_LOW: _I2V}
_LORA_T2V = Identity(
    LORA,
    family="t2v_14b",
    families=("t2v_14b",),
    generation="2.2",
    width=5120,
    loads=True,
    evidence=("it changes a patch_embedding that takes 16 channels",),
)
_VAE_2_2 = Identity(
    VAE, family="vae_2_2", latent_channels=48, loads=True, evidence=("its latent has 48 channels",)
)
_T5 = Identity(
    TEXT_ENCODER, family="t5_xxl", width=4096, loads=True, evidence=("it knows 32,128 words",)
)

#: The files with which the wrong examples of these rules are judged, in tests and on their pages.
EXAMPLES_WITH = {
    "WAN671": StatedFiles(_MODELS, missing=("wan/wan_2.1_vae.safetensors",)),
    "WAN672": StatedFiles(
        {**_MODELS, _OWN: "is truncated: it has 9,663,676,416 bytes of 14,294,742,832"}
    ),
    "WAN673": StatedFiles({**_MODELS, "my_style.safetensors": _I2V}),
    "WAN674": StatedFiles({**_MODELS, _OWN: _T2V}),
    "WAN675": StatedFiles({**_MODELS, "my_style.safetensors": _LORA_T2V}),
    "WAN676": StatedFiles({**_MODELS, "my_vae.safetensors": _VAE_2_2}),
    "WAN677": StatedFiles({**_MODELS, "my_encoder.safetensors": _T5}),
}
