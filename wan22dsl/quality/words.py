"""A measurement for people: what is wrong, where, why and what to do; then figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wan22dsl.quality.models import AgainstImage, AgainstReference, Figures, Finding, Quality

#: Figures by their fields: what they are called, the unit, and the group that they are shown with.
NAMES: Mapping[str, tuple[str, str]] = {
    "brightness": ("brightness", ""),
    "contrast": ("contrast", ""),
    "saturation": ("saturation", ""),
    "clipped_percent": ("clipped", " %"),
    "sharpness": ("sharpness", ""),
    "noise": ("noise", ""),
    "flat_noise": ("noise in flat parts", ""),
    "blocks": ("blocks", ""),
    "seams": ("tile seams", ""),
    "motion_px": ("motion", " px"),
    "acceleration_px": ("acceleration", " px"),
    "difference": ("difference", ""),
    "judder": ("judder", ""),
    "blend": ("blend", ""),
    "warp_error": ("warp error", ""),
    "smoothness": ("smoothness", ""),
    "worst_smoothness": ("smoothness, worst", ""),
    "flicker": ("flicker", ""),
    "spatial_information": ("SI", ""),
    "temporal_information": ("TI", ""),
    "drift_delta_e": ("drift of colour, ΔE", ""),
    "drift_contrast": ("drift of contrast", ""),
    "drift_saturation": ("drift of saturation", ""),
    "drift_sharpness": ("drift of sharpness", ""),
}

#: Groups in a line each: a word before the value where it is not that of NAMES.
_GROUPS: Mapping[str, Mapping[str, str]] = {
    "picture": dict.fromkeys(("brightness", "contrast", "saturation", "clipped_percent"), ""),
    "detail": dict.fromkeys(("sharpness", "noise", "flat_noise", "blocks", "seams"), ""),
    "motion": {
        "motion_px": "flow ",
        **dict.fromkeys(("acceleration_px", "difference", "judder", "blend"), ""),
    },
    "steady": dict.fromkeys(("warp_error", "smoothness", "worst_smoothness", "flicker"), ""),
    "content": dict.fromkeys(("spatial_information", "temporal_information"), ""),
    "drift": {
        "drift_delta_e": "ΔE ",
        "drift_contrast": "contrast x",
        "drift_saturation": "saturation x",
        "drift_sharpness": "sharpness x",
    },
}


def lines(quality: Quality, *, with_figures: bool = True) -> list[str]:
    """The whole account of one video."""
    found = [head(quality)]
    for kind, findings in (("broken", quality.broken), ("suspicious", quality.suspicious)):
        for each in findings:
            found += ["", *finding_lines(kind, each)]
    if not quality.broken and not quality.suspicious and not quality.simulated:
        found += ["", "nothing broken or suspicious was found"]
    if with_figures:
        found += ["", *figure_lines(quality.figures)]
    if quality.against_image is not None:
        found += ["", against_image(quality.against_image)]
    if quality.against_reference is not None:
        found += ["", against_reference(quality.against_reference)]
    if quality.not_measured:
        found.append("")
        found += [f"not measured: {each.what} ({each.reason})" for each in quality.not_measured]
    return found


def brief(quality: Quality) -> Iterator[str]:
    """The same in fewer lines, for the account of a run."""
    yield f"quality of {head(quality)}: {verdict(quality)}"
    for kind, findings in (("broken", quality.broken), ("suspicious", quality.suspicious)):
        for each in findings:
            yield from (f"  {line}" for line in finding_lines(kind, each))
    if not quality.simulated:
        yield from figure_lines(quality.figures)


def head(quality: Quality) -> str:
    """The video, in a line."""
    width, height = quality.size
    parts = [f"{quality.frames} frame{'' if quality.frames == 1 else 's'}", f"{width}x{height}"]
    if quality.fps:
        parts += [f"{quality.fps:g} fps", f"{quality.frames / quality.fps:.1f} s"]
    parts.append(quality.codec)
    mark = "SIMULATED, a drawing: " if quality.simulated else ""
    return f"{quality.video}: {mark}{', '.join(parts)}"


def verdict(quality: Quality) -> str:
    """What was found, in a few words."""
    if quality.broken:
        return f"broken ({', '.join(each.name for each in quality.broken)})"
    if quality.suspicious:
        return f"suspicious ({', '.join(each.name for each in quality.suspicious)})"
    return "not judged" if quality.simulated else "nothing found"


def finding_lines(kind: str, found: Finding) -> Iterator[str]:
    """What is wrong, with when, why and what to do."""
    yield f"{kind}: {found.message}{_when(found)}"
    if found.value is not None and found.limit is not None:
        yield f"measured: {found.value:g}, limit {found.limit:g}"
    yield f"why:  {found.why}"
    yield f"help: {found.help}"


def figure_lines(figures: Figures) -> Iterator[str]:
    """All figures, a group in a line."""
    yield "figures, to compare with those of the same seed; none is good or bad by itself:"
    for group, fields in _GROUPS.items():
        shown = [
            f"{word or NAMES[field][0] + ' '}{_number(value)}{NAMES[field][1]}"
            for field, word in fields.items()
            if (value := getattr(figures, field)) is not None
        ]
        if shown:
            yield f"  {group:<9}{', '.join(shown)}"


def table(names: Sequence[str], figures: Sequence[Figures]) -> list[list[str]]:
    """Figures side by side: a row for each that any of them has."""
    rows = [["", *names, ""]]
    for field, (name, unit) in NAMES.items():
        values = [getattr(each, field) for each in figures]
        if any(value is not None for value in values):
            shown = [_number(value) if value is not None else "-" for value in values]
            rows.append([name, *shown, unit.strip()])
    return rows


def against_image(found: AgainstImage) -> str:
    """The first frame and the input image, in a sentence."""
    fit = "" if found.fit == "same size" else f", {found.fit} to the size of the video"
    parts = [
        "equal" if found.psnr_db is None else f"PSNR {found.psnr_db:.1f} dB",
        f"SSIM {found.ssim:.2f}",
        f"colour shifted by ΔE {found.delta_e:.1f}",
    ]
    for name in ("contrast", "saturation", "sharpness"):
        ratio = getattr(found, name)
        if ratio is not None:
            parts.append(f"{name} x{ratio:.2f}")
    return f"first frame against {found.image}{fit}: {', '.join(parts)}"


def against_reference(found: AgainstReference) -> str:
    """Two videos of one seed, in a sentence that says different, not worse."""
    shift = "" if found.delta_e is None else f"colour shifted by ΔE {found.delta_e:.1f}"
    if found.same is None:
        return f"against {found.reference}: not comparable frame by frame" + (
            shift and f"; {shift}"
        )
    if found.same:
        return f"against {found.reference}: the same in every frame"
    return f"against {found.reference}: the picture changed: {difference(found)}"


def difference(found: AgainstReference) -> str:
    """By how much the pictures of two videos of one seed differ: `PSNR 24.1 dB, …, ΔE 6.0`."""
    parts = [f"PSNR {found.psnr_db:.1f} dB" if found.psnr_db is not None else "most frames equal"]
    if found.lowest_psnr_db is not None:
        parts[0] += f" (lowest {found.lowest_psnr_db:.1f} at frame {found.lowest_psnr_frame})"
    if found.ssim is not None:
        parts.append(f"SSIM {found.ssim:.2f}")
    if found.delta_e is not None:
        parts.append(f"colour shifted by ΔE {found.delta_e:.1f}")
    return ", ".join(parts)


def _when(found: Finding) -> str:
    """The seconds of the first place."""
    starts = [span.start_s for span in found.at if span.start_s is not None]
    if not starts or not found.at or (len(found.at) == 1 and found.at[0].first_frame == 0):
        return ""
    return f" ({', '.join(f'{second:.2f}' for second in starts[:4])}{', …' if len(starts) > 4 else ''} s)"


def _number(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
