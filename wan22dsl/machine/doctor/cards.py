"""Cards: whether driver and torch fit them, whether they are held back, and what else is on them.

Sources: sm_100 and sm_120 need a torch for CUDA 12.8, so torch 2.7 at least (Comfy-Org/ComfyUI#7677,
#16438), and driver 570 (mmartial/ComfyUI-Nvidia-Docker). A driver runs the CUDA that NVML names, and what is
older (NVIDIA, CUDA compatibility).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.machine.doctor.facts import GIB, dotted, gib, numbers
from wan22dsl.machine.doctor.finding import error, note, warning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wan22dsl.machine.doctor.facts import Facts
    from wan22dsl.machine.doctor.finding import Finding

_BLACKWELL = (10, 0)
_CUDA_OF_BLACKWELL, _TORCH_OF_BLACKWELL, _DRIVER_OF_BLACKWELL = (12, 8), (2, 7), (570,)

#: From this share of its time a card is at work: only then do its clocks and its link say anything.
_BUSY_PERCENT = 50

#: A card at work below this share of its highest clock is held back, whatever by.
_LOW_CLOCK = 0.6

#: A limit of power below this share of the default costs speed that can be measured.
_LOW_POWER = 0.9

#: What other programs may hold: a desktop with a browser has been seen with up to 1.5 GiB.
_MANY_BYTES = 2 * GIB

_HOT = ("too hot (software limit)", "too hot (hardware limit)")
_HELD = ("hardware slowdown", "power brake")


def torch_fits(facts: Facts) -> Iterator[Finding]:
    """Whether torch has kernels for the card."""
    for card, _ in facts.cards():
        capability = numbers(card["compute_capability"])
        name = card["name"]
        if facts.torch_build == "cpu" and not facts.computes_on_cpu:
            yield error(
                "torch-without-cuda",
                f"torch {facts.part('python')['torch']} is built without CUDA.",
                f"ComfyUI cannot use {name} with it.",
                "Install torch for CUDA: https://pytorch.org/get-started/locally",
            )
        elif capability is not None and capability >= _BLACKWELL:
            cuda, torch = facts.torch_cuda, facts.torch
            old_cuda = cuda is not None and cuda < _CUDA_OF_BLACKWELL
            old_torch = torch is not None and torch[:2] < _TORCH_OF_BLACKWELL
            if old_cuda or old_torch:
                built = f" for CUDA {dotted(cuda)}" if cuda is not None else ""
                yield error(
                    "torch-too-old-for-card",
                    f"torch {facts.part('python')['torch']}{built} has no kernels for {name}.",
                    "The card needs torch 2.7 or later, built for CUDA 12.8 or later. Else each run ends "
                    "with `no kernel image is available`.",
                    "Install torch for CUDA 13.0: pip install torch torchvision torchaudio --index-url "
                    "https://download.pytorch.org/whl/cu130",
                )
        return  # the same torch for all cards


def driver_fits(facts: Facts) -> Iterator[Finding]:
    """Whether the driver runs the CUDA of torch, and knows the card."""
    driver, runs, needs = facts.driver, facts.driver_cuda, facts.torch_cuda
    if driver is None:
        return
    if runs is not None and needs is not None and runs[0] < needs[0]:
        yield error(
            "driver-too-old-for-torch",
            f"Driver {dotted(driver)} runs CUDA up to {dotted(runs)}; torch is built for {dotted(needs)}.",
            "torch finds no card with such a driver.",
            "Update the driver, or install a torch that is built for an older CUDA.",
        )
    for card, _ in facts.cards():
        capability = numbers(card["compute_capability"])
        if capability is not None and capability >= _BLACKWELL and driver < _DRIVER_OF_BLACKWELL:
            yield error(
                "driver-too-old-for-card",
                f"Driver {dotted(driver)} is too old for {card['name']}.",
                "Cards of the Blackwell generation need driver 570 or later.",
                "Update the driver.",
            )
            return


def temperature(facts: Facts) -> Iterator[Finding]:
    """Whether a card is too hot, or about to be."""
    for card, now in facts.cards():
        degrees, limit = now["temperature_c"], card["slowdown_c"]
        is_throttled = any(reason in _HOT for reason in now["throttled"])
        is_near = degrees is not None and limit is not None and degrees >= limit - 2
        if is_throttled or is_near:
            shown = f" at {degrees} °C" if degrees is not None else ""
            lowers = "lowers its clocks" if is_throttled else "is about to lower its clocks"
            yield warning(
                "card-too-hot",
                f"{card['name']} {lowers}{shown}.",
                "Every step takes longer while the card is too hot.",
                "Clean the fans, give the case more air, or lower the power limit a little.",
            )


def power_limit(facts: Facts) -> Iterator[Finding]:
    """Whether a card may use less power than it was made for."""
    for card, _ in facts.cards():
        limit, default = card["power_limit_w"], card["power_limit_default_w"]
        if limit is None or not default or limit >= default or _is_laptop(card):
            continue
        found = warning if limit < _LOW_POWER * default else note
        yield found(
            "low-power-limit",
            f"The power limit of {card['name']} is {limit:g} W; its default is {default:g} W.",
            "Under load the card lowers its clocks to stay below the limit. If you set it, keep it for "
            "every run that you compare.",
            f"Set the default again, as administrator: nvidia-smi -pl {default:g}",
        )


def clocks(facts: Facts) -> Iterator[Finding]:
    """Whether clocks are held down. A power limit that is reached under full load is normal."""
    for card, now in facts.cards():
        held = [reason for reason in now["throttled"] if reason in _HELD]
        if held:
            yield warning(
                "clocks-held-down",
                f"{card['name']} lowers its clocks: {', '.join(held)}.",
                "The card gets too little power, or reports a fault: every step takes longer.",
                "Check the power cables and the power supply.",
            )
            continue
        clock, most = now["clock_mhz"], card["clock_max_mhz"]
        if _is_busy(now) and clock and most and clock < _LOW_CLOCK * most and not now["throttled"]:
            yield warning(
                "low-clock",
                f"{card['name']} works at {clock} MHz of at most {most} MHz.",
                "Its clocks are low although it is busy, and the driver names no reason.",
                "Look for a clock limit: nvidia-smi -q -d CLOCK,PERFORMANCE; nvidia-smi -rgc removes one.",
            )


def pcie(facts: Facts) -> Iterator[Finding]:
    """Whether the link of a card is narrower or slower than it can be. While idle it always is slower."""
    for card, now in facts.cards():
        width, most = now["pcie_width"], card["pcie_width_max"]
        if width and most and width < most:
            found = warning if _is_busy(now) else note
            yield found(
                "narrow-pcie",
                f"{card['name']} is connected with PCIe x{width} of x{most}.",
                "Weights that do not fit on the card go through this link in every step."
                + ("" if _is_busy(now) else " The card is idle: look again during a run."),
                "Put the card into the slot next to the processor, and check the riser and the BIOS.",
            )
        generation, newest = now["pcie_generation"], card["pcie_generation_max"]
        if _is_busy(now) and generation and newest and generation < newest:
            yield warning(
                "slow-pcie",
                f"{card['name']} uses PCIe {generation}.0 of {newest}.0 while it works.",
                "Weights that do not fit on the card go through this link in every step.",
                "Set the slot to the newer generation in the BIOS, and check the riser.",
            )


def other_programs(facts: Facts) -> Iterator[Finding]:
    """Whether other programs hold much of a card. The largest is ComfyUI where a server runs here."""
    for card, now in facts.cards():
        known = [held for held in now["programs_bytes"] if held is not None]
        if len(known) < len(now["programs_bytes"]) or not now["programs_bytes"]:
            if facts.answers or not now["used_bytes"]:
                continue
            held_bytes = now["used_bytes"]  # no ComfyUI is there to hold it
        else:
            held_bytes = sum(sorted(known)[:-1]) if facts.answers else sum(known)
        if held_bytes >= _MANY_BYTES:
            yield warning(
                "other-programs",
                f"Other programs hold {gib(held_bytes)} of {card['name']}.",
                "That much less of a model stays on the card; the rest is sent there in every step.",
                "Close browsers, games and other AI programs, or connect the screen to the mainboard.",
            )


def modes(facts: Facts) -> Iterator[Finding]:
    """Modes of a card that keep ComfyUI from using it, or that make it another card."""
    for card, _ in facts.cards():
        if card["compute_mode"] == "prohibited":
            yield error(
                "compute-prohibited",
                f"{card['name']} is in the mode in which no program may compute.",
                "ComfyUI finds no card.",
                "Set the usual mode, as administrator: nvidia-smi -c DEFAULT",
            )
        if card["mig"]:
            yield note(
                "mig",
                f"{card['name']} is divided (MIG): ComfyUI sees one part of it.",
                "Its memory and its speed are those of the part, and estimates for the card do not hold.",
                "Compare runs only with runs on the same part.",
            )


def _is_busy(now: Mapping[str, Any]) -> bool:
    return now["busy_percent"] is not None and now["busy_percent"] >= _BUSY_PERCENT


def _is_laptop(card: Mapping[str, Any]) -> bool:
    """Whether the maker of a laptop decides about its power, from moment to moment."""
    return "laptop" in card["name"].lower() or "max-q" in card["name"].lower()


CHECKS = (torch_fits, driver_fits, temperature, power_limit, clocks, pcie, other_programs, modes)
