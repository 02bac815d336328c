"""A run in which something is new: judges, decides what counts, mends, and says what is to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.cli import values
from wan22dsl.cli.linting import results
from wan22dsl.cli.linting.outcome import Outcome, Policy
from wan22dsl.cli.linting.replay import DATA, ERR
from wan22dsl.escapes import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from wan22dsl.cli.linting.inputs import Inputs
    from wan22dsl.cli.linting.replay import Told
    from wan22dsl.cli.linting.results import Result
    from wan22dsl.cli.linting.tasks import Task
    from wan22dsl.cli.linting.wishes import Wishes
    from wan22dsl.policy.cache import Cache
    from wan22dsl.policy.config import Configs

#: Mends in one file may make others possible in those that use it; more rounds than this are not made.
_MOST_ROUNDS = 10


def work(
    wishes: Wishes, cache: Cache, configs: Configs, found: Inputs, todo: Sequence[Task]
) -> tuple[Told, int, bool]:
    """What is to be told, the exit code, and whether that may be kept. Raises WanError."""
    from wan22dsl.cli.linting import telling

    given = values.gather(wishes.settings, wishes.params)
    kept = results.Kept(cache, given)
    policy = Policy(wishes, configs, lambda: kept.known(_all_names))
    told: Told = [(ERR, f"left out: {one_line(reason)}\n") for reason in found.left_out]
    told += [(ERR, f"error: {reason}\n") for reason in found.unreadable]
    made = _results(todo, given, kept, wishes)
    outcome = policy.judge(made)
    kept.write()
    if wishes.fix or wishes.diff:
        made, outcome, said = _mended(wishes, policy, given, made, outcome)
        told += said
    unreadable = [one.unreadable for one in made if one.source is None]
    told += [(ERR, f"error: {reason}\n") for reason in unreadable]
    paths = [one.source.path for one in made if one.source is not None]
    if wishes.write_baseline:
        for file in policy.write_baselines(outcome.found, paths):
            told.append((ERR, f"wrote {one_line(file)}\n"))
        return told, 2 if found.unreadable or unreadable else 0, False
    failed = bool(found.unreadable or unreadable)
    if paths or not (failed and wishes.output_format in telling.FOR_PEOPLE):
        told += telling.told(outcome, paths, wishes, to_error=_gives_text(wishes, made))
    if failed:
        return told, 2, False
    return told, 1 if outcome.fails and not wishes.exit_zero else 0, kept.all_kept


def _results(
    todo: Sequence[Task], given: Mapping[str, Any], kept: results.Kept, wishes: Wishes
) -> list[Result]:
    if wishes.server:
        from wan22dsl.cli.linting import asking

        return list(asking.results(todo, given, wishes.server))
    return list(results.results(todo, given, kept, int(wishes.jobs) if wishes.jobs else None))


def _mended(
    wishes: Wishes, policy: Policy, given: Mapping[str, Any], made: list[Result], outcome: Outcome
) -> tuple[list[Result], Outcome, Told]:
    """The results after the mends, and what is to be told of these."""
    from wan22dsl.cli.linting import mending
    from wan22dsl.report.text import counted

    told: Told = []
    number = 0
    changed: set[str] = set()
    for _ in range(_MOST_ROUNDS):
        done = mending.mend(made, outcome.found, policy, given, unsafe=wishes.unsafe_fixes)
        if wishes.diff:
            return made, outcome, [(DATA, mending.diff(done))]
        if not done:
            break
        mending.write(done)
        number += sum(len(one.fixed.applied) for one in done)
        changed |= {one.result.task.input.path for one in done}
        made = mending.judged_anew(made, done, given)
        outcome = policy.judge(made)
    from wan22dsl import fixing

    rest = fixing.at_rest(outcome.found, unsafe=wishes.unsafe_fixes)
    outcome = outcome._replace(found=rest)
    for one in made:
        if one.task.input.is_standard and one.source is not None:
            told.append((DATA, one.task.input.data.decode("utf-8")))
    if changed:
        told.append(
            (ERR, f"mended {counted(number, 'finding')} in {counted(len(changed), 'file')}\n")
        )
    return made, outcome, told


def _gives_text(wishes: Wishes, made: Sequence[Result]) -> bool:
    """Whether standard output has a file or a patch, so that the report goes to standard error."""
    return wishes.diff or (wishes.fix and any(one.task.input.is_standard for one in made))


def _all_names() -> dict[str, str]:
    from wan22dsl.cli.codes import all_messages

    return {code: one.name for code, one in all_messages().items()}
