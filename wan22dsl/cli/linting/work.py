"""A run in which something is new: judges, decides what counts, fixes, and says what is to be told."""

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
    from wan22dsl.lint.policy.cache import Cache
    from wan22dsl.lint.policy.config import Configs

#: Fixes in one file may make others possible in those that use it; more rounds than this are not made.
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
        made, outcome, said = _fixed(wishes, policy, given, made, outcome)
        told += said
    unreadable = [result.unreadable for result in made if result.source is None]
    told += [(ERR, f"error: {reason}\n") for reason in unreadable]
    paths = [result.source.path for result in made if result.source is not None]
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


def _fixed(
    wishes: Wishes, policy: Policy, given: Mapping[str, Any], made: list[Result], outcome: Outcome
) -> tuple[list[Result], Outcome, Told]:
    """The results after the fixes, and what is to be told of these."""
    from wan22dsl.cli.linting import fixes
    from wan22dsl.report.text import counted

    told: Told = []
    number = 0
    changed: set[str] = set()
    for _ in range(_MOST_ROUNDS):
        done = fixes.help(made, outcome.found, policy, given, unsafe=wishes.unsafe_fixes)
        if wishes.diff:
            return made, outcome, [(DATA, fixes.diff(done))]
        if not done:
            break
        fixes.write(done)
        number += sum(len(fixed_file.fixed.applied) for fixed_file in done)
        changed |= {fixed_file.result.task.input.path for fixed_file in done}
        made = fixes.judged_anew(made, done, given)
        outcome = policy.judge(made)
    from wan22dsl.lint import fixing

    rest = fixing.at_rest(outcome.found, unsafe=wishes.unsafe_fixes)
    outcome = outcome._replace(found=rest)
    for result in made:
        if result.task.input.is_standard and result.source is not None:
            told.append((DATA, result.task.input.data.decode("utf-8")))
    if changed:
        told.append(
            (ERR, f"fixed {counted(number, 'finding')} in {counted(len(changed), 'file')}\n")
        )
    return made, outcome, told


def _gives_text(wishes: Wishes, made: Sequence[Result]) -> bool:
    """Whether standard output has a file or a patch, so that the report goes to standard error."""
    return wishes.diff or (wishes.fix and any(result.task.input.is_standard for result in made))


def _all_names() -> dict[str, str]:
    from wan22dsl.cli.codes import all_messages

    return {code: message.name for code, message in all_messages().items()}
