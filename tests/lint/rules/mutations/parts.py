"""Parts of a schedule in wrong places, by step numbers and by noise levels that come by link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.lint.rules.mutations.suite import Mutation, other

if TYPE_CHECKING:
    from tests.lint.rules.mutations.suite import Prompt

_FIRST, _SECOND = "first.sampler", "second.sampler"


def by_sigmas(source: dict[str, Any], first: int = 0, second: int = 1, step: int = 2):
    """The prompt with SamplerCustom, and the two parts of one schedule by link."""

    def made(prompt: Prompt) -> Prompt:
        prompt = {
            **prompt,
            "source": source,
            "cut": {"class_type": "SplitSigmas", "inputs": {"sigmas": ["source", 0], "step": step}},
            "way": {"class_type": "KSamplerSelect", "inputs": {"sampler_name": "euler"}},
        }
        for name, slot in ((_FIRST, first), (_SECOND, second)):
            old = prompt[name]["inputs"]
            inputs = {key: old[key] for key in ("model", "positive", "negative", "latent_image")}
            inputs.update(
                add_noise=name == _FIRST,
                noise_seed=42 if name == _FIRST else 0,
                cfg=1.0,
                sampler=["way", 0],
                sigmas=["cut", slot],
            )
            prompt[name] = {"class_type": "SamplerCustom", "inputs": inputs}
        return prompt

    return made


def basic(**more: Any) -> dict[str, Any]:
    """The schedule of the first pass."""
    inputs = {"model": ["first.shift", 0], "scheduler": "simple", "steps": 4, "denoise": 1.0}
    return {"class_type": "BasicScheduler", "inputs": {**inputs, **more}}


def written(sigmas: str) -> dict[str, Any]:
    """A schedule that is written out."""
    return {"class_type": "ManualSigmas", "inputs": {"sigmas": sigmas}}


def _in_parts(first: tuple[int, int], second: tuple[int, int], total: int = 4) -> Mutation:
    """The two passes run these parts of schedules of that total."""
    return Mutation(
        f"steps {first[0]}..{first[1]}, then {second[0]}..{second[1]}, of {total}",
        "707",
        (
            ("pass first", "0..2 of 4", f"{first[0]}..{first[1]} of {total}"),
            ("pass second", "2..4 of 4", f"{second[0]}..{second[1]} of {total}"),
            ("pass first", "shift ", "leftover_noise = true\n    add_noise = true\n    shift "),
            ("pass second", "shift ", "leftover_noise = false\n    add_noise = false\n    shift "),
        )
        if total == 4 and first != (0, 4)
        else (),
        lambda prompt: other(
            other(prompt, _FIRST, steps=total, start_at_step=first[0], end_at_step=first[1]),
            _SECOND,
            steps=total,
            start_at_step=second[0],
            end_at_step=second[1],
        ),
    )


MUTATIONS = [
    _in_parts((2, 4), (0, 2)),
    _in_parts((0, 2), (0, 2)),
    _in_parts((0, 4), (0, 4)),
    _in_parts((0, 2), (0, 2), total=2),
    Mutation("one schedule by link, in two parts", "", (), by_sigmas(basic())),
    Mutation("the two parts by link change places", "707", (), by_sigmas(basic(), 1, 0)),
    Mutation("the first part by link for both", "707", (), by_sigmas(basic(), 0, 0)),
    Mutation("by link, cut a step early", "605", (), by_sigmas(basic(), step=1)),
    Mutation("by link, cut at the end", "704", (), by_sigmas(basic(), step=4)),
    Mutation("by link, half of the denoise", "656", (), by_sigmas(basic(denoise=0.5))),
    Mutation("noise levels that rise", "725", (), by_sigmas(written("0, 0.63, 0.83, 0.94, 1"))),
    Mutation(
        "noise levels of another model", "725", (), by_sigmas(written("14.6, 6.4, 3.8, 2, 0"))
    ),
    Mutation(
        "noise levels that end in noise", "712", (), by_sigmas(written("1, 0.94, 0.83, 0.63"))
    ),
    Mutation(
        "the noise levels that karras has for another model",
        "725",
        (),
        by_sigmas(
            {
                "class_type": "KarrasScheduler",
                "inputs": {"steps": 4, "sigma_max": 14.6, "sigma_min": 0.03, "rho": 7.0},
            }
        ),
    ),
]
