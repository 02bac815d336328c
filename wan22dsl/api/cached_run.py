"""What was made of the last run with the same options, while nothing of what that run read has changed.

Imports next to nothing: a run that is answered from here takes little longer than starting Python.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from wan22dsl.digest import Digest, of
from wan22dsl.errors import UnreadableFile
from wan22dsl.language.asked import Disk, as_data, from_data
from wan22dsl.lint.policy.cache import Cache, default_folder
from wan22dsl.lint.policy.config import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wan22dsl.api.files import Inputs, Task
    from wan22dsl.api.options import Options
    from wan22dsl.language.asked import Asked
    from wan22dsl.lint.policy.config import Configs


def cache_of(options: Options) -> Cache:
    """Where results are kept: in the user's cache folder, or where the options say."""
    if not options.cache:
        return Cache(None)
    if options.cache_dir is not None:
        return Cache(os.path.abspath(options.cache_dir))
    return Cache(default_folder())


class CachedRun:
    """An answer that was kept for a run, under a key; without a key nothing is kept.

    The answer is data that JSON takes. Whoever uses it checks its shape.
    """

    def __init__(self, cache: Cache, key: str | None) -> None:
        self._cache = cache
        self._name = ""
        self._kept: dict[str, Any] = {}
        if cache.folder is not None and key is not None:
            self._name = f"run-{of(cache.machine, os.getcwd(), key)}"
            kept = cache.read(self._name)
            self._kept = kept if _is_run(kept) else {}

    @property
    def configs(self) -> Mapping[str, Any]:
        """The configurations as they were read then."""
        return dict(self._kept.get("configs", {}))

    def answer(self, digest: str | None) -> Any:
        """The answer that was kept for a run which read what this digest is of; else None.

        It holds while the disk gives the same answers to all that was asked of it for the files.
        """
        if digest is None or self._kept.get("digest") != digest:
            return None
        asked = from_data(self._kept.get("asked"))
        if asked is None or not Disk().is_as_before(asked):
            return None
        return self._kept["answer"]

    def keep(self, digest: str | None, configs: Configs, asked: Asked, answer: Any) -> None:
        """Keeps an answer for the next run."""
        if digest is not None and self._name:
            values = {
                "digest": digest,
                "configs": configs.parsed,
                "asked": as_data(asked),
                "answer": answer,
            }
            self._cache.write(self._name, values)


def digest_of(
    inputs: Inputs, tasks: Iterable[Task], configs: Configs, files: Iterable[str]
) -> str | None:
    """One digest of everything that a run reads; None when something of it cannot be known.

    `files` are those that it reads besides its inputs.
    """
    if inputs.unreadable:
        return None
    texts = sorted((path, text) for path, (text, _) in configs.parsed.items())
    found = Digest(repr((texts, inputs.left_out)))
    for task in tasks:
        if task.digest is None:
            return None
        found.add(task.input.path, task.digest)
    for file in files:
        try:
            found.add(file, read_bytes(file))
        except UnreadableFile:
            return None
    return str(found)


def _is_run(kept: Any) -> bool:
    """Whether what was kept has the shape of a run."""
    if not isinstance(kept, dict) or not isinstance(kept.get("digest"), str):
        return False
    configs = kept.get("configs")
    return (
        "answer" in kept
        and isinstance(configs, dict)
        and all(
            isinstance(config, list)
            and len(config) == 2
            and isinstance(config[0], str)
            and _is_configuration(config[1])
            for config in configs.values()
        )
    )


def _is_configuration(values: Any) -> bool:
    from wan22dsl.lint.policy.settings import is_sound

    return is_sound(values)
