"""Which models each server is thought to have loaded.

ComfyUI keeps what the last prompt has used, and drops what the next one does not take. So a server is warm
for the models of its last job, and for nothing after a restart, `/free`, a prompt of others or out of memory.
It is a hint: the load time in the next record shows whether it was true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.fleet.needs import files_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.fleet.needs import ModelFile, ModelUse

#: What an unknown size is taken for where choices are weighed: a 14B expert in fp8. It is never reported.
GUESSED_BYTES = 14_294_742_832


class Warmth:
    """By server, what is loaded there, as the number of a set of models. Number 0 is nothing.

    Servers with the same number are equally warm for every job.
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[ModelUse, ...], int] = {(): 0}
        self._models: list[tuple[ModelUse, ...]] = [()]
        self._of: dict[str, int] = {}

    def number(self, models: Iterable[ModelUse]) -> int:
        """The number of a set of models."""
        models = tuple(models)
        found = self._numbers.get(models)
        if found is None:
            found = self._numbers[models] = len(self._models)
            self._models.append(models)
        return found

    def models(self, number: int) -> tuple[ModelUse, ...]:
        """The models of a number."""
        return self._models[number]

    def warm(self, server: str, number: int) -> None:
        """Its last job had these models."""
        self._of[server] = number

    def cold(self, server: str) -> None:
        """Nothing that was loaded is thought to be there any more."""
        self._of.pop(server, None)

    def of(self, server: str) -> int:
        """The number of what is loaded there."""
        return self._of.get(server, 0)

    def has(self, server: str, models: Iterable[ModelUse]) -> bool:
        """Whether all of these are loaded there."""
        keys = {use.key for use in self._models[self.of(server)]}
        return all(use.key in keys for use in models)

    def missing(self, loaded: int, wanted: int) -> tuple[ModelFile, ...]:
        """The files that are read where one set is loaded and another wanted, each once.

        Where only the LoRAs of a model differ, its own file is there, and they are read.
        """
        there = self._models[loaded]
        keys = {use.key for use in there}
        have = {file.name for file in files_of(there)}
        cold = [use for use in self._models[wanted] if use.key not in keys]
        return tuple(file for file in files_of(cold) if file.name not in have)


def weighed_bytes(missing: Iterable[ModelFile]) -> int:
    """What is to be read, with a guess where a size is not known."""
    return sum(GUESSED_BYTES if file.size_bytes is None else file.size_bytes for file in missing)
