"""What the rules for profiles find in how a running server was started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Severity

if TYPE_CHECKING:
    from wan22dsl.comfyui.starting.profile import Profile
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.machine.doctor.facts import Facts
    from wan22dsl.machine.doctor.finding import Finding

#: Rules that judge how a profile is written, or what the snapshot itself shows.
_LEFT_OUT = {
    *("renamed-flag", "unlisted-card", "comfyui-version", "default-repeated"),
    "attention-package-missing",
}

#: Rules about what has no effect: that is worth knowing, and hurts nobody.
_WITHOUT_EFFECT = {
    *(
        "flag-does-nothing",
        "dead-variable",
        "allocator-setting-ignored",
        "allocator-variable-loses",
    ),
    *(
        "amd-variable",
        "lowvram-without-effect",
        "headroom-without-effect",
        "fp8-math-without-effect",
    ),
    "sage3-by-flag",
}


def findings(facts: Facts) -> tuple[Finding, ...]:
    """What is wrong with the flags and the environment of the server, as far as these are known."""
    from wan22dsl.lint.rules.starting.judging import judge

    cores = facts.part("computer").get("threads")
    found = judge([profile_of(facts)], cores=cores)
    return tuple(_finding(each) for each in found if each.name not in _LEFT_OUT)


def profile_of(facts: Facts) -> Profile:
    """The profile that the server was started by, without the values that a snapshot does not keep."""
    from wan22dsl.comfyui.starting.profile import Flag, Profile, Variable
    from wan22dsl.machine.private import HIDDEN

    flags = (
        Flag(name, tuple(value) if isinstance(value, list) else value)
        for name, value in facts.flags.items()
        if name != HIDDEN and value != HIDDEN
    )
    variables = facts.part("environment").items()
    return Profile(
        name="server",
        card=facts.card_name,
        comfyui=str(facts.part("comfyui").get("version") or ""),
        flags=tuple(flags),
        environment=tuple(Variable(*pair) for pair in variables if pair[1] != HIDDEN),
        is_launcher=True,
    )


def _finding(found: Diagnostic) -> Finding:
    from wan22dsl.machine.doctor.finding import Finding

    is_idle = found.name in _WITHOUT_EFFECT
    severity = Severity.NOTE if is_idle else found.severity
    help = f"{found.help} More: wan explain {found.code}"
    return Finding(found.name, severity, found.message, found.why, help)
