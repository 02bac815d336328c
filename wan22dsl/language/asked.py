"""What is asked of the disk about sources and input files, and the answers, as strings.

A workspace gives these answers and can keep them. Results that were made with them hold as long as the
answers are the same. Imports next to nothing, so that a cached `wan lint` can ask again without the compiler.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from wan22dsl import disk
from wan22dsl.digest import of
from wan22dsl.errors import UnreadableFile
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Question(NamedTuple):
    """A question about a path; `name` is what is looked for in a folder."""

    kind: str
    path: str
    name: str = ""


def answer(question: Question) -> str:
    """The answer as it is now. A path that this system cannot have is a path where nothing is."""
    try:
        return _ANSWERS[question.kind](question)
    except (OSError, ValueError):
        return ""


def _real_path(question: Question) -> str:
    return os.path.realpath(question.path)


def _project(question: Question) -> str:
    """The folder outside which nothing is read: the nearest one upwards that looks like a project."""
    folder = candidate = os.path.dirname(os.path.realpath(question.path))
    while not any(os.path.exists(os.path.join(candidate, top)) for top in disk.TOPS):
        candidate, below = os.path.dirname(candidate), candidate
        if candidate == below:
            return folder
    return candidate


def _is_folder(question: Question) -> str:
    return "yes" if os.path.isdir(question.path) else ""


def _exists(question: Question) -> str:
    return "yes" if os.path.exists(question.path) else ""


def _text(question: Question) -> str:
    try:
        return of(disk.read(question.path))
    except UnreadableFile as error:
        return error.reason


def _input_file(question: Question) -> str:
    """The real path of a file that is named in a folder or below it; nothing outside is looked at."""
    folder, written = question.path, question.name
    if not written or written.replace("\\", "/").startswith("//"):  # a network share
        return ""
    path = os.path.join(folder, written)
    if not os.path.isfile(path):
        return ""
    file = os.path.realpath(path)
    return file if disk.is_within(file, os.path.realpath(folder)) else ""


def _stamp(question: Question) -> str:
    """What tells one content of a picture or a video from another, and whether videos can be read here.

    Reading one through would take longer than what is done with it.
    """
    from importlib.util import find_spec

    status = os.stat(question.path)
    return f"{status.st_size} {status.st_mtime_ns} {find_spec('av') is not None}"


#: The kinds of questions.
REAL_PATH, PROJECT, FOLDER, EXISTS = "real path", "project", "folder", "exists"
TEXT, INPUT_FILE, STAMP = "text", "input file", "stamp"

_ANSWERS = {
    REAL_PATH: _real_path,
    PROJECT: _project,
    FOLDER: _is_folder,
    EXISTS: _exists,
    TEXT: _text,
    INPUT_FILE: _input_file,
    STAMP: _stamp,
}


#: Questions with their answers.
Asked = dict[Question, str]


class Disk:
    """The disk as it is in one run: each question is answered once."""

    def __init__(self) -> None:
        self._answers: Asked = {}

    def is_as_before(self, asked: Mapping[Question, str]) -> bool:
        """Whether questions have the answers that they had."""
        return all(self._answer(question) == before for question, before in asked.items())

    def _answer(self, question: Question) -> str:
        if question not in self._answers:
            self._answers[question] = answer(question)
        return self._answers[question]


def as_data(asked: Mapping[Question, str]) -> list[list[str]]:
    """Questions with their answers, as JSON takes them."""
    return [[*question, before] for question, before in asked.items()]


def from_data(data: Any) -> Asked | None:
    """Questions with their answers as they were kept; None where they do not have the shape of these."""
    if not isinstance(data, list) or not all(map(_is_asked, data)):
        return None
    return {Question(kind, path, name): before for kind, path, name, before in data}


def _is_asked(item: Any) -> bool:
    return (
        isinstance(item, list)
        and len(item) == 4
        and all(isinstance(part, str) for part in item)
        and item[0] in _ANSWERS
    )


def texts_in(asked: Iterable[Question]) -> frozenset[str]:
    """The real paths of the sources that were read."""
    return frozenset(os.path.realpath(question.path) for question in asked if question.kind == TEXT)
