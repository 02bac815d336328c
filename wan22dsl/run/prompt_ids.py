"""The ids of the prompts of a run: they follow from the id of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid5

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Ours alone, so that no other program makes the same ids.
_NAMESPACE = UUID("b0b9f6de-6d0c-5d0e-9c1b-2f0f6c7f2a52")


#: More prompts than the attempts of a run have, each of them in pieces.
_USUAL = 40


def prompt_id(run: str, number: int) -> str:
    """The id of a run's prompt, counted from 0 over all its attempts.

    It follows from the id of the run: who knows that one can ask a server for its prompts, also where the
    process that sent them is gone.
    """
    return str(uuid5(_NAMESPACE, f"{run} {number}"))


def usual_ids(runs: Iterable[str]) -> frozenset[str]:
    """The ids that prompts of these runs can have, in so many attempts as a run is expected to make."""
    return frozenset(prompt_id(run, number) for run in runs for number in range(_USUAL))


def client_id(run: str) -> str:
    """The name under which a run listens to a server, which sends its messages to nobody else."""
    return uuid5(_NAMESPACE, f"{run} listens").hex
