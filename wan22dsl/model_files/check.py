"""Whether the model files that are needed are there, whole, and what their names say."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

from wan22dsl.model_files import judging, published
from wan22dsl.model_files.kinds import LORA, TEXT_ENCODER
from wan22dsl.model_files.looking import Looker
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.model_files.folders import Folders
    from wan22dsl.model_files.kinds import Identity
    from wan22dsl.model_files.looking import Hashing
    from wan22dsl.model_files.published import Published

#: How it is with a file: there and whole; there but not what it should be; damaged; not there. `unread` is
#: one that is there and tells nothing, such as a pickle.
State = Literal["fine", "other", "broken", "missing", "unread"]


#: Whose node loads a file: ComfyUI's own, or that of a pack, which may read other files.
Loader = Literal["own", "pack", "unknown"]


class Needed(NamedTuple):
    """A file that is needed: the folder below ComfyUI's `models`, and its name there.

    `repository`, `path`, `size_bytes` and `sha256` are what the user states of it; else what is published.
    `loader` tells whose node loads it.
    """

    folder: str
    file: str
    repository: str = ""
    path: str = ""
    size_bytes: int | None = None
    sha256: str | None = None
    loader: Loader = "unknown"

    @property
    def published(self) -> Published | None:
        """The published file of this name."""
        return published.by_name(self.file)


class Checked(NamedTuple):
    """A needed file, how it is with it, and why.

    `problems` are sentences about it, without its name; `notes` what is worth knowing beside.
    """

    needed: Needed
    state: State
    path: str | None = None
    size_bytes: int | None = None
    identity: Identity | None = None
    sha256: str | None = None
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def check(
    needed: Iterable[Needed],
    folders: Folders,
    *,
    hashing: Hashing = "where needed",
    looker: Looker | None = None,
) -> list[Checked]:
    """How it is with each of the files. Whatever is wrong is in the result: nothing is raised for a file."""
    own = looker or Looker()
    found = [_checked(each, folders, hashing, own) for each in dict.fromkeys(needed)]
    if looker is None:
        own.save()
    return found


def _checked(needed: Needed, folders: Folders, hashing: Hashing, looker: Looker) -> Checked:
    path = folders.find(needed.folder, needed.file)
    if path is None:
        near = folders.near(needed.folder, needed.file)
        hint = f"; there is {near[0]}" if near else ""
        place = folders.target(needed.folder).replace("\\", "/")
        return Checked(needed, "missing", problems=(f"is not in {place}{hint}",))
    known = needed.published
    if hashing == "where known" and (needed.sha256 or (known is not None and known.sha256)):
        # A file of another size than the published one is another file, without hashing it.
        if needed.sha256 or _size_of(path) == ((known and known.size_bytes) or _size_of(path)):
            hashing = "all"
    looked = looker.look(path, hashing)
    if looked.problem is not None:
        state: State = "broken" if looked.is_broken else "unread"
        return Checked(needed, state, path, looked.size_bytes, problems=(looked.problem,))
    assert looked.identity is not None
    problems = list(_against(looked.identity, needed))
    size_bytes = needed.size_bytes
    if size_bytes is not None and size_bytes != looked.size_bytes:
        problems.append(f"has {looked.size_bytes:,} bytes; {size_bytes:,} are declared")
    sha256 = needed.sha256 or (known.sha256 if known is not None and not size_bytes else None)
    notes = []
    if needed.sha256 and looked.sha256 and looked.sha256 != needed.sha256.lower():
        problems.append("does not have the declared sha256")
    elif sha256 and looked.sha256 and looked.sha256 != sha256:
        notes.append("is another file than the published one of this name")
    elif known is not None and known.size_bytes not in (None, looked.size_bytes) and not size_bytes:
        notes.append(
            f"has {looked.size_bytes:,} bytes, the published file of this name {known.size_bytes:,}"
        )
    unread = _unread(looked.identity)
    if unread is not None and not _is_judged(looked.identity, needed):
        notes.append(unread)
    if looked.identity.format == "pickle":
        notes.append("is a pickle, so what it is cannot be told without running its code")
    return Checked(
        needed,
        "other" if problems else "unread" if looked.identity.format == "pickle" else "fine",
        path,
        looked.size_bytes,
        looked.identity,
        looked.sha256,
        tuple(problems),
        tuple(notes),
    )


def _size_of(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _against(identity: Identity, needed: Needed) -> list[str]:
    """What speaks against a file in the place of the one that is needed."""
    kind = judging.wrong_kind(identity, needed.folder, of_pack=needed.loader != "own")
    if kind is not None:
        return [f"is a {kind}, in the folder for {needed.folder.replace('_', ' ')}"]
    other = judging.against_name(identity, needed.folder, needed.file)
    found = [f"is {other}, by its header, and not what its name says"] if other else []
    unread = _unread(identity)
    if unread is not None and _is_judged(identity, needed):
        found.append(unread)
    return found


def _unread(identity: Identity) -> str | None:
    """Why ComfyUI's own nodes do not load a file; None where they may, and for LoRAs, which rules judge."""
    if identity.loads is not False or identity.kind == LORA:
        return None
    return f"cannot be loaded by ComfyUI's own nodes: {_reason(identity)}"


def _is_judged(identity: Identity, needed: Needed) -> bool:
    """Whether it counts that ComfyUI's own nodes do not load it.

    WanVideoWrapper has text encoders of its own, so of these it does not where the loader is not known.
    """
    if needed.loader == "unknown":
        return identity.kind != TEXT_ENCODER
    return needed.loader == "own"


def _reason(identity: Identity) -> str:
    return "; ".join(identity.evidence[:2])
