"""The shape of a measurement. Records of runs keep it, so names of fields stay.

Frames are counted from 0. Lengths are pixels of the video, luma and colours levels of 0 to 255, noise
levels of luma. What was not measured is null, and `not_measured` has the reason.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from wan22dsl.shapes import Count, Seconds, Shape, Text

Size = tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]]


class Span(Shape):
    """Frames in a row, and when they are shown. Seconds are null where the video has no times."""

    first_frame: Count
    last_frame: Annotated[Count, Field(description="The same as `first_frame` for one frame.")]
    start_s: Seconds | None = None
    end_s: Seconds | None = None


class Finding(Shape):
    """Something that is wrong, or may be."""

    name: Annotated[Text, Field(description="Stable, such as `black-frames`.")]
    message: Annotated[Text, Field(description="What, in one sentence.")]
    at: Annotated[
        tuple[Span, ...],
        Field(description="Where; empty for the whole video. At most 100, `count` counts all."),
    ] = ()
    count: Annotated[Count | None, Field(description="Number of frames that it is about.")] = None
    value: Annotated[float | None, Field(description="What was measured.")] = None
    limit: Annotated[float | None, Field(description="What it was measured against.")] = None
    why: Annotated[Text, Field(description="Why it matters for Wan.")]
    help: Annotated[Text, Field(description="What to do.")]


class Figures(Shape):
    """Numbers that say something only next to those of the same seed, or of the input image."""

    brightness: Annotated[float | None, Field(description="Mean luma.")] = None
    contrast: Annotated[float | None, Field(description="Standard deviation of luma.")] = None
    saturation: Annotated[float | None, Field(description="Mean saturation (HSV).")] = None
    clipped_percent: Annotated[
        float | None, Field(description="Share of pixels with luma below 3 or above 252.")
    ] = None
    lab: Annotated[
        tuple[float, float, float] | None,
        Field(description="Mean colour in CIE L*a*b* (D65); distances in it are delta E 1976."),
    ] = None
    sharpness: Annotated[
        float | None, Field(description="Variance of the Laplacian. Noise and codecs change it.")
    ] = None
    noise: Annotated[
        float | None,
        Field(description="Standard deviation of noise (Immerkær 1996). Texture counts as noise."),
    ] = None
    flat_noise: Annotated[
        float | None,
        Field(description="The same in the flattest parts, and only what changes with each frame."),
    ] = None
    blocks: Annotated[
        float | None, Field(description="Gradient on the 8x8 grid, relative to that off it.")
    ] = None
    seams: Annotated[
        float | None,
        Field(description="Contrast of the borders of tiles. Null where no tiles were named."),
    ] = None
    flicker: Annotated[
        float | None,
        Field(description="Median of the absolute second difference of the mean luma."),
    ] = None
    difference: Annotated[
        float | None, Field(description="Median over frames of the mean difference to the next.")
    ] = None
    motion_px: Annotated[
        float | None, Field(description="Median length of the optical flow, per frame.")
    ] = None
    acceleration_px: Annotated[
        float | None, Field(description="Median change of the flow from frame to frame.")
    ] = None
    warp_error: Annotated[
        float | None,
        Field(description="What motion does not explain of the difference between two frames."),
    ] = None
    smoothness: Annotated[
        float | None,
        Field(description="Median distance of a frame from the one that its neighbours suggest."),
    ] = None
    worst_smoothness: Annotated[float | None, Field(description="Maximum of the same.")] = None
    worst_smoothness_frame: Count | None = None
    judder: Annotated[
        float | None,
        Field(description="How differently odd and even steps move: 0 alike, 1 every other one."),
    ] = None
    blend: Annotated[
        float | None,
        Field(
            description=(
                "Distance of a frame from the average of its neighbours, relative to their difference: "
                "about 0.45 for motion, 0 for an average. Of the frames that are nearest to averages."
            )
        ),
    ] = None
    spatial_information: Annotated[float | None, Field(description="SI of ITU-T P.910.")] = None
    temporal_information: Annotated[float | None, Field(description="TI of ITU-T P.910.")] = None
    drift_delta_e: Annotated[
        float | None,
        Field(description="Delta E between the first and the last 8 frames of the longest shot."),
    ] = None
    drift_contrast: Annotated[
        float | None, Field(description="Contrast of the last 8 frames, relative to the first 8.")
    ] = None
    drift_saturation: Annotated[
        float | None, Field(description="Saturation of the last 8 frames, relative to the first 8.")
    ] = None
    drift_sharpness: Annotated[
        float | None, Field(description="Sharpness of the last 8 frames, relative to the first 8.")
    ] = None


class AgainstImage(Shape):
    """The first frame, compared with the input image."""

    image: Annotated[Text, Field(description="File name.")]
    fit: Annotated[
        Literal["same size", "cropped", "stretched"],
        Field(description="How the image was brought to the size of the video; the better way."),
    ]
    psnr_db: Annotated[float | None, Field(description="Null for equal pictures.")]
    ssim: float
    likeness: Annotated[
        float, Field(description="Correlation of both at an eighth of the size: 1 is the same.")
    ]
    delta_e: Annotated[float, Field(description="Delta E of the mean colours.")]
    contrast: Annotated[float | None, Field(description="Relative to the image.")]
    saturation: Annotated[float | None, Field(description="Relative to the image.")]
    sharpness: Annotated[float | None, Field(description="Relative to the image.")]


class AgainstReference(Shape):
    """The pictures, compared frame by frame with those of another video, such as of the same seed.

    The figures of both are comparable also where the frames are not.
    """

    reference: Annotated[Text, Field(description="File name.")]
    same: Annotated[bool | None, Field(description="All frames are equal. Null if not comparable.")]
    frames: Annotated[Count, Field(description="Number of frames that were compared.")]
    psnr_db: Annotated[
        float | None,
        Field(description="Median over frames; null for equal pictures, or not comparable ones."),
    ] = None
    lowest_psnr_db: float | None = None
    lowest_psnr_frame: Count | None = None
    ssim: Annotated[float | None, Field(description="Median over every fifth frame.")] = None
    delta_e: Annotated[float | None, Field(description="Delta E of the mean colours.")] = None
    figures: Annotated[Figures, Field(description="Those of the reference.")]


class NotMeasured(Shape):
    """What could not be measured, and why."""

    what: Text
    reason: Text


class Quality(Shape):
    """What is broken, what is suspicious, and figures to compare. There is no score."""

    video: Annotated[Text, Field(description="File name, or the name of a folder of pictures.")]
    frames: Count
    size: Annotated[Size, Field(description="Width and height in pixels.")]
    fps: Annotated[float | None, Field(description="Null for pictures without times.")]
    codec: Annotated[Text, Field(description="As FFmpeg names it; `png` for a folder of PNG.")]
    shots: Annotated[
        tuple[Span, ...], Field(description="Cuts are found first; figures are within shots.")
    ]
    simulated: Annotated[
        bool,
        Field(description="The video is a drawing of the simulated server: it is not judged."),
    ] = False
    broken: tuple[Finding, ...]
    suspicious: tuple[Finding, ...]
    figures: Figures
    against_image: AgainstImage | None = None
    against_reference: AgainstReference | None = None
    not_measured: tuple[NotMeasured, ...] = ()
