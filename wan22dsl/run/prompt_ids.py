"""The ids of the prompts of a run: they follow from the id of the run."""

from __future__ import annotations

from uuid import UUID, uuid5

#: Ours alone, so that no other program makes the same ids.
_NAMESPACE = UUID("b0b9f6de-6d0c-5d0e-9c1b-2f0f6c7f2a52")


def prompt_id(run: str, number: int) -> str:
    """The id of a run's prompt, counted from 0 over all its attempts.

    It follows from the id of the run: who knows that one can ask a server for its prompts, also where the
    process that sent them is gone.
    """
    return str(uuid5(_NAMESPACE, f"{run} {number}"))


def client_id(run: str) -> str:
    """The name under which a run listens to a server, which sends its messages to nobody else."""
    return uuid5(_NAMESPACE, f"{run} listens").hex
