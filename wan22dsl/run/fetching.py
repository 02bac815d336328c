"""The outputs of a run that ended before they were here: asked for again, and the record completed.

Which files there are is taken from the server's history; where it was restarted and has none, from the names
that it gave while the run was watched. A file that carries another prompt than the run's is not its output.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.formats import embedded
from wan22dsl.run import download, here, messages, request_retry, server_history, staged
from wan22dsl.run.client import RemoteFile
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from wan22dsl.run.client import Client
    from wan22dsl.run.models.record import Output, RunRecord
    from wan22dsl.run.server_history import Verdict

#: Findings that are answered when the outputs are here.
_ANSWERED = frozenset(
    message.code
    for message in (
        messages.LOST,
        messages.REMOVED,
        messages.DEAD_WORKER,
        messages.STUCK_QUEUE,
        messages.GONE,
        messages.DAMAGED_OUTPUT,
    )
)


class Fetching(NamedTuple):
    """The result: the record as it is now, the files that came, and why others did not.

    `is_written`: the disk here took everything.
    """

    record: RunRecord
    came: tuple[Output, ...]
    problems: tuple[str, ...]
    is_written: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether all outputs of the run are here."""
        return not self.problems and not self.record.not_fetched


def fetch(client: Client, record: RunRecord, folder: Path) -> Fetching:
    """Fetches what is missing. Raises ServerError; CommandError where there is nothing, or not yet."""
    held = [output for output in record.outputs if here.is_here(output, folder)]
    verdict = _verdict(client, record)
    wanted = _wanted(record, verdict)
    if not wanted and not held:
        raise CommandError(_nothing(record, client.shown, verdict))
    have = {output.remote for output in held}
    came: list[Output] = []
    missing: list[tuple[str, RemoteFile]] = []
    problems: list[str] = []
    is_written = True
    nodes = {node for node, _ in wanted}
    for node, file in wanted:
        if file.path in have:
            continue
        stem = download.stem_of(record.prompt.graph, node, nodes, record.source.pipeline)
        job = record.batch.job if record.batch is not None else ""
        stem = download.of_run(stem, job=job, simulated=record.simulated)
        got = download.fetch(client, file, node, folder, stem)
        wrong = got.reason if isinstance(got, download.Failed) else _foreign(got.path, record)
        if wrong:
            missing.append((node, file))
            problems.append(f"{file.path}: {wrong}")
            is_written = is_written and not (isinstance(got, download.Failed) and got.is_local)
            if isinstance(got, download.Fetched):
                got.path.unlink(missing_ok=True)
            continue
        assert isinstance(got, download.Fetched)
        came.append(_output(here.once(got, folder, stem)))
    completed = _completed(record, held, came, missing, verdict)
    return Fetching(completed, tuple(came), tuple(problems), is_written)


def _verdict(client: Client, record: RunRecord) -> Verdict | None:
    """What the history says of the run's last prompt; None where it has nothing of it.

    Raises CommandError while it waits or runs, and where it failed.
    """
    ids = record.attempts[-1].prompt_ids if record.attempts else ()
    if not ids:
        raise CommandError(
            f"run {record.id}: no prompt was submitted, so there is nothing to download"
        )
    found = request_retry.again(lambda: client.history(ids[-1]), first_contact=True)
    verdict = server_history.verdict(found) if found is not None else None
    if verdict is None and any(request_retry.again(client.queue).holds(id_) for id_ in ids):
        raise CommandError(
            f"run {record.id}: it is still running or queued on {client.shown}; try again "
            "when it has ended"
        )
    return verdict


def _wanted(record: RunRecord, verdict: Verdict | None) -> list[tuple[str, RemoteFile]]:
    """The files of the run as the history has them, as the server named them, or as they were fetched."""
    latents = set(record.left_on_server)
    found = dict[RemoteFile, str]()
    for node, file in server_history.files(verdict.outputs) if verdict is not None else ():
        found.setdefault(file, node)
    for remote in record.not_fetched:
        found.setdefault(RemoteFile(remote.filename, remote.subfolder, remote.type), remote.node)
    for each in record.outputs:
        subfolder, _, name = each.remote.rpartition("/")
        found.setdefault(RemoteFile(name, subfolder, "output"), each.node)
    return [
        (node, file)
        for file, node in found.items()
        if file.path not in latents
        and not staged.is_latent_of(record.id, file.subfolder, file.filename)
    ]


def _nothing(record: RunRecord, server: str, verdict: Verdict | None) -> str:
    if verdict is not None and verdict.fault is not None:
        return (
            f"run {record.id}: it failed on {server}: {verdict.fault.type}: {verdict.fault.message}"
        )
    if verdict is not None and record.attempts[-1].staged and record.result == "unfinished":
        return (
            f"run {record.id}: it was killed between its passes, and the rest was never submitted. Its "
            f"latents are in {staged.FOLDER}/ in the output folder of {server}. Run it again."
        )
    if verdict is not None:
        return f"run {record.id}: it ended on {server} ({verdict.how}) and saved no file"
    prefixes = [
        str(node["inputs"]["filename_prefix"])
        for node in record.prompt.graph.values()
        if isinstance(node, dict) and "filename_prefix" in node.get("inputs", {})
    ]
    look = f" Look there for names that start with {', '.join(prefixes)}." if prefixes else ""
    return (
        f"run {record.id}: {server} has no record of it, and reported no file "
        f"before.{look or ' Run it again.'}"
    )


def _foreign(file: Path, record: RunRecord) -> str:
    """Why a file is not of this run: it carries another prompt. Empty where it is, or carries none."""
    try:
        carried = embedded.read(file).prompt
        prompt: Any = json.loads(carried) if carried else None
    except (CommandError, UnreadableFile, ValueError, RecursionError):
        return ""
    if not isinstance(prompt, dict) or record.attempts[-1].staged or record.attempts[-1].tiled:
        return ""
    same = prompt == record.prompt.graph
    return "" if same else "the file of that name on the server belongs to another run"


def _output(fetched: download.Fetched) -> Output:
    from wan22dsl.run.models.record import Output

    return Output.model_validate({**fetched._asdict(), "path": fetched.path.as_posix()})


def _completed(
    record: RunRecord,
    held: Sequence[Output],
    came: Sequence[Output],
    missing: Sequence[tuple[str, RemoteFile]],
    verdict: Verdict | None,
) -> RunRecord:
    """The record with what is here now. With all of it the run is a success, but where it failed there."""
    from wan22dsl.run.models.record import Remote

    left = tuple(Remote(node=node, **file._asdict()) for node, file in missing)
    changes: dict[str, Any] = {"outputs": (*held, *came), "not_fetched": left}
    how = verdict.how if verdict is not None else "success"
    if how != "success" and record.result == "unfinished":
        changes["result"] = how
    if not left and how == "success":
        others = tuple(finding for finding in record.findings if finding.code not in _ANSWERED)
        if not any(finding.severity == "error" for finding in others):
            changes |= {"result": "success", "findings": others}
    return record.model_copy(update=changes)
