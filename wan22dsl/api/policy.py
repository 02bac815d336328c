"""Which findings count, by the configurations, the command line, suppressions and baselines."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.api.files import baseline_file, config_of
from wan22dsl.diagnostics import in_order
from wan22dsl.lint.policy import config as configuring
from wan22dsl.lint.policy import selectors, verdict
from wan22dsl.lint.policy.config import Layer
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wan22dsl.api.options import Options
    from wan22dsl.api.results import Result
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.policy.baseline import Baseline, Key
    from wan22dsl.lint.policy.config import Config, Configs

#: The code of a message that says where an input file is. (Importing it would import the compiler.)
INPUT_FILE = "WAN420"


class Outcome(NamedTuple):
    """The findings that count, the numbers of those that do not, and whether the run fails.

    `inputs` are not findings: they say where the input files of the judged files are.
    """

    found: list[Diagnostic]
    suppressed: int
    suppressed_errors: int
    in_baseline: int
    fails: bool
    inputs: tuple[Diagnostic, ...] = ()


class Policy:
    """Which findings count in a run. `known` gathers the names of all rules by their codes, when needed."""

    def __init__(
        self, options: Options, configs: Configs, known: Callable[[], Mapping[str, str]]
    ) -> None:
        self._options, self._configs, self._known = options, configs, known
        self._given = Layer(
            selectors.split(options.select),
            selectors.split(options.ignore),
            tuple(options.severity.items()),
        )
        self._baselines: dict[str, Baseline] = {}
        self._layers: dict[str, list[Layer]] = {}
        if self._given.words():
            selectors.demand(self._given.words(), known(), "the command line")
        for config in configs.used():
            for word, where in config.words():
                selectors.demand([word], known(), where)

    def config_of(self, path: str) -> Config:
        """The configuration that holds for a file, by its name to show."""
        return config_of(path, self._configs)

    def layers(self, path: str) -> list[Layer]:
        """What is said about the rules for a file: its configuration first, then the options."""
        if path not in self._layers:
            self._layers[path] = [*self.config_of(path).layers(path), self._given]
        return self._layers[path]

    def judge(self, results: Sequence[Result]) -> Outcome:
        """What counts of the findings of all files."""
        self._baselines.clear()  # each counts what it meets
        sources = [result.source for result in results if result.source is not None]
        every = in_order(own for result in results for own in result.found)
        found = [finding for finding in every if finding.code != INPUT_FILE]
        inputs = verdict.selected(
            [finding for finding in every if finding.code == INPUT_FILE], self.layers
        )
        first = verdict.allowed(found, sources, self._known)
        chosen = verdict.selected(first.found, self.layers)
        in_baseline = 0
        if not self._options.write_baseline:
            chosen, in_baseline = verdict.without(chosen, self._known_before)
            chosen += self._fixed([source.path for source in sources])
        fails = any(finding.is_error or self._is_strict(finding) for finding in chosen)
        counts = first.allowed, first.allowed_errors, in_baseline
        return Outcome(in_order(chosen), *counts, fails, tuple(inputs))

    def write_baselines(self, found: Sequence[Diagnostic], paths: Sequence[str]) -> list[str]:
        """Writes the findings as baselines, and gives the names of the files. Raises CommandError."""
        from wan22dsl.errors import CommandError
        from wan22dsl.lint.policy.baseline import dump, key_of, relative

        counts: dict[str, Counter[Key]] = {}
        for path in paths:
            config = self.config_of(path)
            file = baseline_file(self._options, config)
            if file is None:
                raise CommandError(
                    "no file for the baseline: use --baseline FILE, or set `baseline` in the "
                    "configuration"
                )
            if self._options.baseline is None and disk.is_outside(file, config.folder):
                raise CommandError(
                    f"{configuring.show(file)}: `baseline` in {config.shown} leads out of "
                    "the repository; to write there, use --baseline FILE"
                )
            counts.setdefault(file, Counter())
        for finding in found:
            path = finding.span.source.path if finding.span is not None else ""
            file = baseline_file(self._options, self.config_of(path))
            if file in counts and not finding.code.startswith("WAN0"):
                counts[file][key_of(finding, relative(path, file))] += 1
        for file, own in counts.items():
            if os.path.exists(file):
                before = self._read(file)
                own.update(before.outside({relative(path, file) for path in paths}))
            disk.write(file, dump(own).encode("utf-8"))
        return [configuring.show(file) for file in counts]

    def _known_before(self, finding: Diagnostic) -> tuple[Baseline, str] | None:
        path = finding.span.source.path if finding.span is not None else ""
        file = baseline_file(self._options, self.config_of(path))
        if file is None:
            return None
        from wan22dsl.lint.policy.baseline import relative

        return self._read(file), relative(path, file)

    def _read(self, file: str) -> Baseline:
        if file not in self._baselines:
            from wan22dsl.lint.policy.baseline import Baseline

            data = configuring.read_bytes(file)
            self._baselines[file] = Baseline.read(file, configuring.show(file), data)
        return self._baselines[file]

    def _fixed(self, paths: Sequence[str]) -> list[Diagnostic]:
        """Notes on what the baselines of these files have and no run finds any more."""
        by_file: dict[str, set[str]] = {}
        for path in paths:
            file = baseline_file(self._options, self.config_of(path))
            if file is not None:
                by_file.setdefault(file, set()).add(path)
        if not by_file:
            return []
        from wan22dsl.lint.policy.baseline import relative

        notes: list[Diagnostic] = []
        for file, own in by_file.items():
            layers = {relative(path, file): self.layers(path) for path in own}
            notes += self._read(file).fixed(_looked_for(layers))
        return notes

    def _is_strict(self, finding: Diagnostic) -> bool:
        if finding.severity.value != "warning":
            return False
        path = finding.span.source.path if finding.span is not None else ""
        return self._options.strict or self.config_of(path).strict


def _looked_for(layers: Mapping[str, Sequence[Layer]]) -> Callable[[Key], bool]:
    """Whether a file was judged, and by the rule of a finding."""
    return lambda key: (
        key.path in layers and verdict.is_selected(key.code, key.name, layers[key.path])
    )
