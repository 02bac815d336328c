"""What is to be judged by what: each file with its target, its card, and a digest of what it depends on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.cli.targets import target_of
from wan22dsl.errors import UnreadableFile
from wan22dsl.lint.policy.config import read_bytes
from wan22dsl.lint.policy.digest import of
from wan22dsl.lint.policy.surroundings import Surroundings, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wan22dsl.cli.linting.inputs import Input
    from wan22dsl.cli.linting.wishes import Wishes
    from wan22dsl.lint.policy.config import Config, Configs


class Task(NamedTuple):
    """A file to judge. `digest` is what its findings depend on; None when they cannot be kept.

    `uses` are the files that it uses, by their real paths, as far as they were looked for.
    """

    input: Input
    target: str
    card: str | None
    digest: str | None
    uses: frozenset[str] = frozenset()


def make(files: Iterable[Input], wishes: Wishes, configs: Configs, *, keeps: bool) -> list[Task]:
    """A task for each file; `keeps` says whether results are kept at all."""
    surroundings = Surroundings(_values(wishes))
    targets: dict[str, str] = {}
    found = []
    for input_ in files:
        config = config_of(input_.path, configs)
        target = _target(wishes, config)
        if target not in targets:
            targets[target] = _digest_of(target)
        digest = None
        if keeps and targets[target] and not input_.is_standard and not wishes.server:
            own = surroundings.digest(input_.path, input_.data)
            digest = own and f"{own} {targets[target]}"
        card = wishes.card or config.text("card")
        found.append(Task(input_, target, card, digest, surroundings.uses(input_.path)))
    return found


def also_read(wishes: Wishes, configs: Configs) -> Iterator[str]:
    """The files besides the judged ones that decide what is told."""
    if wishes.params is not None:
        yield wishes.params
    for config in configs.used():
        file = baseline_file(wishes, config)
        if file is not None:
            yield file
    if wishes.baseline is not None:
        yield wishes.baseline


def config_of(path: str, configs: Configs) -> Config:
    """The configuration that holds for a file, by its name to show."""
    return configs.of("" if path.startswith("<") else os.path.dirname(path))


def baseline_file(wishes: Wishes, config: Config) -> str | None:
    """The baseline that holds where a configuration does, as an absolute path."""
    return config.path("baseline") if wishes.baseline is None else os.path.abspath(wishes.baseline)


def _target(wishes: Wishes, config: Config) -> str:
    return wishes.target if wishes.target is not None else target_of(config)


def _digest_of(target: str) -> str:
    """What a target is; nothing for a server, which may be another tomorrow."""
    if target.lower().startswith(("http://", "https://")):
        return ""
    if not os.path.isfile(target):
        return target
    try:
        return of(read_bytes(target))
    except UnreadableFile:
        return ""


def _values(wishes: Wishes) -> Iterator[str]:
    """The texts that come from outside and might name files."""
    for setting in wishes.settings:
        value = setting.partition("=")[2].strip()
        yield from (value, value.strip('"'))
    if wishes.params is not None:
        try:
            text = read_bytes(wishes.params).decode("utf-8", "replace")
        except UnreadableFile:
            return
        yield from quoted(text.replace("'", '"'))
