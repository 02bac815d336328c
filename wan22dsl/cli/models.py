"""`wan models`: which model files pipelines need, whether they are there and whole, and where to get them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl.cli import streams
from wan22dsl.cli.declare import PARAMS, SET, TARGET, Argument, Command, Group, Option
from wan22dsl.errors import CommandError, ServerUnreachable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.api.model_files import Use
    from wan22dsl.model_files.check import Checked, Needed
    from wan22dsl.model_files.folders import Folders

FILES = Argument("paths", "FILES", "`.wan` files or ComfyUI JSON", many=True)
SOME_FILES = Argument(
    "paths", "FILES", "`.wan` files or ComfyUI JSON; without one, all model files",
    required=False, many=True,
)  # fmt: skip
COMFYUI = Option(
    "comfyui", ("--comfyui",), "ComfyUI folder, or the name of a configured install",
    "DIR",
)  # fmt: skip
MODELS = Option("models", ("--models",), "Models folder, if it is not in the ComfyUI folder", "DIR")
SERVER = Option(
    "server", ("--server",), "Ask a server instead; it has only names and metadata", "URL"
)
FORMAT = Option(
    "format", ("--format", "-f"), "`text` for people, `json` for programs", "FORMAT",
    default="text", choices=("text", "json"),
)  # fmt: skip
NO_HASH = Option("no_hash", ("--no-hash",), "Compute no sha256")
REPLACE = Option("replace", ("--replace",), "Replace files that differ from the published ones")
COMMANDS = Option("commands", ("--commands",), "Print download commands, and download nothing")


def list_models(
    paths: list[str], format: str, target: str | None, settings: list[str], params: str | None
) -> int:
    """List the model files that pipelines need: folder, size, licence, and where they are published."""
    uses, failed = _uses(paths, target, settings, params)
    rows = [_row(use) for use in uses]
    if format == "json":
        _put_json({"files": rows})
        return 1 if failed else 0
    for row in rows:
        streams.put_lines([f"{row['folder']}/{row['file']}"])
        details = [_size(row["bytes"]), row["licence"] or "licence not known"]
        source = f"{row['repository']}/{row['path']}" if row["repository"] else "source not known"
        streams.put_lines([f"    {', '.join(part for part in details if part)}", f"    {source}"])
    known = [row["bytes"] for row in rows if row["bytes"]]
    more = " and those whose size is not known" if len(known) < len(rows) else ""
    streams.put_lines([f"{_count(len(rows))}: {_size(sum(known))}{more}"])
    return 1 if failed else 0


def check_models(
    paths: list[str],
    comfyui: str | None,
    models: str | None,
    server: str | None,
    no_hash: bool,
    format: str,
    target: str | None,
    settings: list[str],
    params: str | None,
) -> int:
    """Check that model files exist, are complete, and match their names.

    Headers are read without the weights. A published sha256 is compared; that of a file is kept until it
    changes. Exit code 1: a file is missing, damaged, or does not match its name.
    """
    if server is not None and (comfyui or models):
        raise CommandError("--server is asked over HTTP: leave out --comfyui and --models")
    uses, failed = _uses(paths, target, settings, params) if paths else ([], False)
    needed = _once(uses)
    notes: tuple[str, ...] = ()
    if server is not None:
        checked = _on_server(needed, server, bool(paths))
    else:
        folders = _folders(comfyui, models)
        notes = folders.notes
        if not paths:
            needed = _everything(folders)
        checked = _in_folders(needed, folders, no_hash)
    bad = [each for each in checked if each.state in ("missing", "broken", "other")]
    if format == "json":
        _put_json({"files": [_checked_row(each) for each in checked], "notes": list(notes)})
    else:
        for each in checked:
            streams.put_lines(_lines(each))
        for note in notes:
            streams.say(f"note: {note}")
        count = _count(len(checked))
        if bad:
            streams.put_lines([f"{len(bad)} of {count} not as needed"])
        elif checked or not failed:  # of a pipeline with errors nothing is known
            streams.put_lines([f"{count} checked, all fine"])
    return 1 if bad or failed else 0


def fetch_models(
    paths: list[str],
    comfyui: str | None,
    models: str | None,
    replace: bool,
    commands: bool,
    target: str | None,
    settings: list[str],
    params: str | None,
) -> int:
    """Download the missing model files of pipelines into the right folders.

    An interrupted download is resumed. A file gets its name only when its size, its sha256 and its header
    are right. Where the Hub cannot be reached, download commands are printed.
    """
    from wan22dsl.model_files import hub

    uses, failed = _uses(paths, target, settings, params)
    folders = _folders(comfyui, models)
    checked = _in_folders(_once(uses), folders, no_hash=False)
    lacking = [each for each in checked if each.state in ("missing", "broken", "other")]
    if not lacking:
        streams.put_lines([f"{_count(len(checked))} checked, all there"])
        return 1 if failed else 0
    work = [_job(each, folders) for each in lacking]
    if commands or hub.is_offline():
        _put_commands(work)
        return 1 if failed else 0
    problems = 0
    for at, (each, job, why) in enumerate(work):
        if each.state == "other" and not replace:
            why = f"{'; '.join(each.problems)}; --replace downloads the published one"
        if job is None or why:
            streams.say(f"not downloaded: {each.needed.file}: {why}")
            problems += 1
            continue
        try:
            _download(each.needed, job)
        except ServerUnreachable as error:
            streams.say(f"error: {error}")
            streams.say("Where the Hub can be reached, these commands download the files:")
            _put_commands(work[at:])
            return 2
        except CommandError as error:
            streams.say(f"not downloaded: {error}")
            problems += 1
    return 1 if problems or failed else 0


def _uses(
    paths: Sequence[str], target: str | None, settings: list[str], params: str | None
) -> tuple[list[Use], bool]:
    """The model files of all files, and whether a file had errors, which are shown."""
    from wan22dsl.api.model_files import needed_of
    from wan22dsl.cli import files, show, values
    from wan22dsl.cli.judged_by import judged_by
    from wan22dsl.diagnostics import has_errors, in_order

    found: dict[Needed, dict[str, None]] = {}
    failed = False
    for path in paths:
        source = files.read(path)
        given = values.gather_for(source, settings, params, quiet=True)
        uses, diagnostics = needed_of(source, values=given, target=judged_by(target, path))
        errors = [each for each in diagnostics if each.is_error]
        show.diagnostics(in_order(errors), sys.stderr)
        failed = failed or has_errors(errors)
        for use in uses:
            found.setdefault(use.needed, {}).update(dict.fromkeys(use.pipelines))
    from wan22dsl.api.model_files import Use as Made

    return [Made(needed, tuple(names)) for needed, names in found.items()], failed


def _once(uses: Sequence[Use]) -> list[Needed]:
    """Each file once; of two nodes that load it, one of ComfyUI's own counts."""
    found: dict[Needed, Needed] = {}
    for use in uses:
        key = use.needed._replace(loader="unknown")
        if key not in found or use.needed.loader == "own":
            found[key] = use.needed
    return list(found.values())


def _folders(comfyui: str | None, models: str | None) -> Folders:
    """The folders that the command line names, or those of the configured ComfyUI. Raises CommandError."""
    from wan22dsl.model_files import folders

    if models is not None:
        if comfyui is not None:
            raise CommandError("--comfyui and --models name the same: give one of them")
        return folders.of(models)
    if comfyui is not None and Path(comfyui).expanduser().is_dir():
        return folders.of(comfyui)
    from wan22dsl.launch import installs

    found = installs.find(comfyui)
    return folders.of(found.folder, found.arguments)


def _everything(folders: Folders) -> list[Needed]:
    """Every file in the folders for models that are told apart."""
    from wan22dsl.model_files.check import Needed
    from wan22dsl.model_files.judging import KINDS

    kinds = [kind for kind in KINDS if kind not in ("unet", "clip", "unet_gguf", "clip_gguf")]
    endings = (".safetensors", ".sft", ".gguf", ".pth", ".pt", ".ckpt", ".bin")
    return [
        Needed(kind, name)
        for kind in kinds
        for name in folders.names(kind)
        if name.lower().endswith(endings)
    ]


def _in_folders(needed: Sequence[Needed], folders: Folders, no_hash: bool) -> list[Checked]:
    from wan22dsl.model_files.check import check
    from wan22dsl.model_files.looking import Looker

    shown = _Progress()
    looker = Looker(shown.bytes)
    try:
        return check(needed, folders, hashing="none" if no_hash else "where known", looker=looker)
    finally:
        looker.save()
        shown.end()


def _on_server(needed: list[Needed], server: str, named: bool) -> list[Checked]:
    from wan22dsl.model_files.check import Needed
    from wan22dsl.model_files.remote import ServerFiles
    from wan22dsl.network import trust

    files = ServerFiles(trust.with_login(server))
    if not named:
        from wan22dsl.model_files.judging import KINDS

        kinds = [kind for kind in KINDS if kind not in ("unet", "clip", "unet_gguf", "clip_gguf")]
        needed = [Needed(kind, name) for kind in kinds for name in files.names(kind) or ()]
    return files.check(needed)


def _job(checked: Checked, folders: Folders) -> tuple[Checked, Any, str]:
    """A file with what to download, or why nothing can be."""
    from wan22dsl.model_files import hub
    from wan22dsl.model_files.fetch import PICKLES, Wanted
    from wan22dsl.model_files.folders import is_name

    needed, known = checked.needed, checked.needed.published
    repository, path = needed.repository, needed.path
    size_bytes, sha256 = needed.size_bytes, needed.sha256
    if not repository and known is not None:
        repository, path = known.repository, known.path
        size_bytes, sha256 = size_bytes or known.size_bytes, sha256 or known.sha256
    if not repository:
        return checked, None, "where it is published is not known; set `source` in its declaration"
    if not hub.is_repository(repository) or not hub.is_path(path):
        return checked, None, "`source` is not `owner/repository/path` of the Hugging Face Hub"
    if not is_name(needed.file):
        return checked, None, "its name leads out of the models folder"
    if needed.file.lower().endswith(PICKLES):
        return checked, None, "it is a pickle, which runs code when it is loaded"
    parts = needed.file.replace("\\", "/").split("/")
    place = checked.path or str(Path(folders.target(needed.folder)).joinpath(*parts))
    return (
        checked,
        (Wanted(hub.url_of(repository, path), place, size_bytes, sha256), repository, path),
        "",
    )


def _put_commands(work: Sequence[tuple[Checked, Any, str]]) -> None:
    from wan22dsl.model_files import hub

    for checked, job, why in work:
        if job is None:
            streams.say(f"no command for {checked.needed.file}: {why}")
            continue
        wanted, repository, path = job
        streams.commands(
            "".join(f"{line}\n" for line in hub.commands(repository, path, wanted.target))
        )


def _download(needed: Needed, job: Any) -> None:
    from wan22dsl.model_files import hub
    from wan22dsl.model_files.fetch import fetch

    wanted, _, _ = job
    shown = _Progress(logs=True)
    try:
        got = fetch(wanted, hub.token(), lambda done, size: shown.bytes(needed.file, done, size))
    finally:
        shown.end()
    by = (
        ""
        if got.verified_by == "sha256"
        else "; no sha256 of it is known, only its size was verified"
    )
    streams.put_lines([f"{got.path.replace(os.sep, '/')}: {_size(got.size_bytes)}{by}"])


class _Progress:
    """How far a file is: one line on a terminal; elsewhere, with `logs`, a line for each tenth."""

    def __init__(self, *, logs: bool = False) -> None:
        self._logs = logs
        self._is_on = sys.stderr.isatty()
        self._last = ""
        self._tenths = -1

    def bytes(self, path: str, done: int, size: int | None) -> None:
        """So many bytes of a file are done."""
        if not self._is_on:
            tenths = done * 10 // size if size else 0
            if self._logs and tenths > self._tenths:
                self._tenths = tenths
                streams.say(f"{Path(path).name}: {_size(done)} of {_size(size)}")
            return
        of = f" of {_size(size)}, {done * 100 // size} %" if size else ""
        line = f"{Path(path).name}: {_size(done)}{of}"[:100]
        if line != self._last:
            self._last = line
            streams.tell(f"\r\x1b[K{line}")

    def end(self) -> None:
        """Takes the line away."""
        if self._last:
            streams.tell("\r\x1b[K")


def _row(use: Use) -> dict[str, Any]:
    needed, known = use.needed, use.needed.published
    own = bool(needed.repository)
    return {
        "file": needed.file,
        "folder": needed.folder,
        "repository": needed.repository or (known.repository if known else None),
        "path": needed.path if own else known.path if known else None,
        "bytes": needed.size_bytes or (known.size_bytes if known and not own else None),
        "sha256": needed.sha256 or (known.sha256 if known and not own else None),
        "licence": known.licence if known and not own else None,
        "pipelines": list(use.pipelines),
    }


def _checked_row(checked: Checked) -> dict[str, Any]:
    identity = checked.identity
    return {
        "file": checked.needed.file,
        "folder": checked.needed.folder,
        "state": checked.state,
        "path": checked.path,
        "bytes": checked.size_bytes,
        "sha256": checked.sha256,
        "is": None if identity is None else _identity_row(identity),
        "problems": list(checked.problems),
        "notes": list(checked.notes),
    }


def _identity_row(identity: Any) -> dict[str, Any]:
    return {
        **{name: value for name, value in identity._asdict().items() if name != "ranks"},
        "families": list(identity.families),
        "evidence": list(identity.evidence),
        "unknown": list(identity.unknown),
        "size": identity.size,
        "words": identity.words(),
    }


_SIGNS: dict[str, str] = {
    "fine": "ok      ",
    "other": "WRONG   ",
    "broken": "BROKEN  ",
    "missing": "MISSING ",
    "unread": "?       ",
}


def _lines(checked: Checked) -> list[str]:
    name = f"{checked.needed.folder}/{checked.needed.file}"
    size = f", {_size(checked.size_bytes)}" if checked.size_bytes else ""
    what = f": {checked.identity.words()}{size}" if checked.identity is not None else ""
    lines = [f"{_SIGNS[checked.state]}{name}{what}"]
    lines += [f"          {line}" for line in (*checked.problems, *checked.notes)]
    if checked.state == "other" and checked.identity is not None:
        lines += [f"          {line}" for line in checked.identity.evidence]
    return lines


def _size(size_bytes: int | None) -> str:
    if not size_bytes:
        return "size not known"
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size_bytes >= unit:
            return f"{size_bytes / unit:.1f} {name}"
    return f"{size_bytes} bytes"


def _count(number: int) -> str:
    return f"{number} file" if number == 1 else f"{number} files"


def _put_json(value: object) -> None:
    from json import dumps

    streams.json(dumps(value, indent=2, ensure_ascii=False) + "\n")


COMMAND = Group(
    "List, check and download the model files that pipelines need.",
    {
        "list": Command(list_models, (FILES, FORMAT, TARGET, SET, PARAMS)),
        "check": Command(
            check_models,
            (SOME_FILES, COMFYUI, MODELS, SERVER, NO_HASH, FORMAT, TARGET, SET, PARAMS),
        ),
        "fetch": Command(
            fetch_models, (FILES, COMFYUI, MODELS, REPLACE, COMMANDS, TARGET, SET, PARAMS)
        ),
    },
)
