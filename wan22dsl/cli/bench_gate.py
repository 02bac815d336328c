"""`wan bench gate` and `wan bench accept`: a bench against its baseline, and a new baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.cli import streams
from wan22dsl.cli.declare import Argument, Command, Option
from wan22dsl.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.bench.gate import Gate, Options

DIR = Argument("folder", "DIR", "Folder of a bench")
DIRS = Argument(
    "folders", "DIR", "Folder of a bench; of several, the sessions are put together", many=True
)
BASELINE = Option("baseline", ("--baseline",), "Baseline to compare with", "FILE")
FIGURE = Option(
    "figures",
    ("--figure",),
    "Figure to gate instead of `total_s` and `peak_bytes`; repeatable",
    "NAME",
    many=True,
)
THRESHOLD = Option(
    "threshold", ("--threshold",), "Percentage that figures may get worse", "PERCENT"
)
FLOOR = Option("floor", ("--floor",), "Amount that figures may get worse, such as 0.5s", "AMOUNT")
MAY_DIFFER = Option(
    "may_differ",
    ("--may-differ",),
    "What else may differ: bench, workload, card, power, flags, software, design; repeatable",
    "KIND",
    many=True,
)
PICTURE_LIMIT = Option(
    "picture_limits",
    ("--picture-limit",),
    "Fail if pictures differ more: psnr=30, ssim=0.9 or delta_e=3; repeatable",
    "NAME=VALUE",
    many=True,
)
NEEDS_BASELINE = Option(
    "needs_baseline", ("--require-baseline",), "Exit with 3 if a cell has no baseline"
)
FORMAT = Option(
    "format", ("--format", "-f"), "Output", "FORMAT", default="text",
    choices=("text", "json", "junit", "markdown", "github"),
)  # fmt: skip
OUTPUT_FILE = Option(
    "output_file", ("--output-file",), "File to write the report to; the screen gets text", "FILE"
)
OUTPUT = Option("output", ("--output", "-o"), "Baseline file to write", "FILE")
NOTE = Option("note", ("--note",), "Why it was accepted, for the history", "TEXT")
PARTIAL = Option(
    "partial",
    ("--allow-partial",),
    "Accept a bench that is not whole; cells without figures keep their old ones",
)

WITHOUT_VIDEOS = Option(
    "without_videos", ("--without-videos",), "Keep no video of each cell next to the baseline"
)

PASSED, REGRESSION, NOT_COMPARABLE = 0, 1, 3


def gate(
    folder: str,
    baseline: str | None,
    figures: list[str],
    threshold: str | None,
    floor: str | None,
    may_differ: list[str],
    picture_limits: list[str],
    needs_baseline: bool,
    format: str,
    output_file: str | None,
) -> int:
    """Fail if a bench is slower than its baseline, or needs more memory.

    A figure is worse only beyond a percentage and an amount. The recipe may differ, because a commit changes
    it; workload, card, flags and software may not, unless --may-differ names them. Videos of the same prompt
    and seeds are compared: a picture that changed is reported, and fails only beyond --picture-limit. Exit
    codes: 0, every cell passes or has no baseline; 1, a regression; 2, wrong command, or a file cannot be
    read; 3, cells that are not comparable, and no regression.
    """
    from wan22dsl.api.bench_results import gate_bench

    if baseline is None:
        raise CommandError("name the baseline: --baseline FILE; `wan bench accept` writes one")
    options = _options(figures, threshold, floor, may_differ, picture_limits)
    found = gate_bench(folder, baseline, options)
    _show(found, format, output_file)
    if found.state == "REGRESSION":
        return REGRESSION
    lacks = needs_baseline and found.counted("NO_BASELINE") > 0
    return NOT_COMPARABLE if found.state == "NOT_COMPARABLE" or lacks else PASSED


def _options(
    figures: list[str],
    threshold: str | None,
    floor: str | None,
    may_differ: list[str],
    picture_limits: list[str],
) -> Options:
    from wan22dsl.bench import gate as gates
    from wan22dsl.bench import units

    gated = tuple(dict.fromkeys(figures)) or gates.FIGURES
    limits = {}
    if threshold is not None or floor is not None:
        named = gated if figures else ("total_s",)
        for figure in named:
            default = units.limit_of(figure) or units.Limit(0.0, 0.0)
            limits[figure] = units.Limit(
                default.percent if threshold is None else units.percent_of(threshold),
                default.floor if floor is None else units.floor_of(floor, [figure]),
            )
    return gates.Options(
        gated, limits, kinds(may_differ, gates.MAY_DIFFER), _picture_limits(picture_limits)
    )


def _picture_limits(named: list[str]) -> dict[str, float]:
    """`psnr=30` as a number, by its name. Raises CommandError."""
    from wan22dsl.bench import pictures
    from wan22dsl.diagnostics import nearest

    found = {}
    for text in named:
        name, equals, value = (part.strip() for part in text.partition("="))
        if name not in pictures.LIMITS:
            close = nearest(name, tuple(pictures.LIMITS))
            hint = (
                f"did you mean `{close}`?" if close else f"there are {', '.join(pictures.LIMITS)}"
            )
            raise CommandError(f"--picture-limit {text}: unknown; {hint}")
        try:
            number = float(value.removesuffix("dB") if name == "psnr" else value)
        except ValueError:
            number = -1.0
        if not equals or not 0 <= number < 1e6 or (name == "ssim" and number > 1):
            raise CommandError(
                f"--picture-limit {text}: expected a number, such as psnr=30, ssim=0.9 or delta_e=3"
            )
        found[name] = number
    return found


def kinds(named: list[str], default: tuple[str, ...]) -> tuple[str, ...]:
    """The kinds that may differ, also several with commas. Raises CommandError for one that is none."""
    from wan22dsl.bench.cohort import MAY_DIFFER as ALL
    from wan22dsl.diagnostics import nearest

    found = dict.fromkeys(default)
    for word in (part.strip() for text in named for part in text.split(",")):
        if word not in ALL:
            close = nearest(word, ALL)
            hint = f"did you mean `{close}`?" if close else f"there are {', '.join(ALL)}"
            raise CommandError(f"--may-differ {word}: unknown; {hint}")
        found[word] = None
    return tuple(found)


def _show(found: Gate, format: str, output_file: str | None) -> None:
    """The report in its format, on the screen or in a file."""
    import sys

    from wan22dsl.cli import files, show
    from wan22dsl.report.benches import text

    report = None if format == "text" else _report(found, format)
    if report is None and output_file is not None:
        from wan22dsl.report.lines import plain

        report = plain(text.gate(found))
    if output_file is not None and report is not None:
        files.write(output_file, report)
    if report is None or output_file is not None:
        show.lines(list(text.gate(found)), sys.stdout)
    elif format == "json":
        streams.json(report)
    elif format == "github":
        streams.commands(report)
    else:
        streams.data(report)


def _report(found: Gate, format: str) -> str:
    if format == "json":
        from wan22dsl.report.benches import json

        return json.gate(found)
    if format == "junit":
        from wan22dsl.report.benches import junit

        return junit.render(found)
    if format == "markdown":
        from wan22dsl.report.benches import markdown

        return markdown.render(found)
    from wan22dsl.report.benches import github

    return github.render(found)


def accept(
    folders: list[str],
    output: str | None,
    note: str | None,
    partial: bool,
    without_videos: bool,
) -> int:
    """Make a bench that you have looked at the baseline of `wan bench gate`.

    The file has figures and what they were measured on, neither prompts nor paths: commit it. Its history
    keeps the last 50 acceptances. In a folder next to it is a video of each cell, which later ones of the
    same seeds are compared with. A bench that is not whole is refused, and so is one that is simulated where
    the baseline is real.
    """
    from wan22dsl.api.bench_results import accept_benches
    from wan22dsl.disk import size_in_words
    from wan22dsl.report.text import counted

    if output is None or output == "-":  # its videos go into a folder next to it
        raise CommandError("name the file to write: -o baseline.json")
    found, videos = accept_benches(
        folders,
        output,
        note=note or "",
        allow_partial=partial,
        with_videos=not without_videos,
    )
    streams.say(f"wrote {output}: {counted(len(found.baseline.cells), 'cell')}")
    if videos.videos:
        size = size_in_words(videos.size_bytes)
        streams.say(
            f"kept {counted(videos.videos, 'video')} in {videos.folder.as_posix()}, {size}: commit them "
            "too, if the prompts in them may be seen, or use --without-videos"
        )
    for why, names in _by_reason(found.videos.lacking).items():
        streams.say(f"no video kept of {', '.join(names)}: {why}")
    for name in found.kept:
        streams.say(f"not measured, keeps its old figures: {name}")
    for name in found.dropped:
        streams.say(f"no longer in the baseline: {name}")
    for name, fact in found.changed:
        streams.say(f"differs from the old baseline: {fact.line} ({name})")
    return 0


def _by_reason(lacking: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, why in lacking.items():
        found.setdefault(why, []).append(name)
    return found


GATE = Command(
    gate,
    (
        DIR, BASELINE, FIGURE, THRESHOLD, FLOOR, MAY_DIFFER, PICTURE_LIMIT, NEEDS_BASELINE, FORMAT,
        OUTPUT_FILE,
    ),
)  # fmt: skip
ACCEPT = Command(accept, (DIRS, OUTPUT, NOTE, PARTIAL, WITHOUT_VIDEOS))
