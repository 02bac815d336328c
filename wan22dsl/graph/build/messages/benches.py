"""Messages about benches: what is compared, and whether that can be measured."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

#: A pipeline for the examples, which needs no module.
_CLIP = (
    "wan 1\nuse wan22\n\nparam cfg: float = 1.0\n\npipeline clip {\n"
    '    image  = "a.png"\n    prompt = "x"\n    size   = 832x480\n    length = 81f\n'
    '    flow   = wan22.high(cfg = cfg) -> wan22.low -> save("x")\n}\n\n'
)

#: Two profiles for them.
_PROFILES = 'profile plain {}\nprofile fast { flags = { fast = ["fp16_accumulation"] } }\n\n'


def _bench(inner: str, before: str = _CLIP) -> str:
    return f"{before}bench b {{\n    of       = clip\n    {inner}\n}}"


#: More values than a bench can combine with as many others.
_MANY = ", ".join(f"{n}.0" for n in range(1, 24))

PROFILE_TWICE = Message(
    "WAN434",
    "profile-twice",
    _ERROR,
    "the profile `{profile}` is in the bench `{bench}` twice",
    "Each profile of a bench is one start of ComfyUI, and its name tells its cells apart.",
    "{help}",
    summary="A bench has a profile twice",
    bad=_bench("profiles = [plain, fast, plain]", _CLIP + _PROFILES),
    good=_bench("profiles = [plain, fast]", _CLIP + _PROFILES),
)

BENCH_NUMBER = Message(
    "WAN435",
    "bench-number",
    _ERROR,
    "`{what}` is {found}, and may be {lowest} to {highest}",
    "It is the number of {meaning}.",
    "Write a number from {lowest} to {highest}.",
    summary="A number of a bench is out of its range",
    bad=_bench("vary     = { cfg = [1.0, 3.5] }\n    repeat   = 0"),
    good=_bench("vary     = { cfg = [1.0, 3.5] }\n    repeat   = 3"),
)

VARY_NO_LIST = Message(
    "WAN436",
    "not-a-list-of-values",
    _ERROR,
    "`{name}` of `vary` has one value, not a list",
    "Each name in `vary` has the list of the values to compare.",
    "Write `{name} = {example}`{otherwise}.",
    summary="What a bench varies has one value instead of a list",
    bad=_bench("vary     = { cfg = 3.5 }"),
    good=_bench("vary     = { cfg = [1.0, 3.5] }"),
)

VARY_EMPTY = Message(
    "WAN437",
    "no-values",
    _ERROR,
    "`{name}` of `vary` has no value",
    "Without a value there is no cell to measure.",
    "Write its values, or remove `{name}`.",
    summary="What a bench varies has no value",
    bad=_bench("vary     = { cfg = [] }"),
    good=_bench("vary     = { cfg = [1.0, 3.5] }"),
)

TOO_MANY_CASES = Message(
    "WAN438",
    "too-many-cells",
    _ERROR,
    "`{name}` has {count} cases",
    "A bench runs each at least four times for every profile. It may have {most} cases.",
    "Vary less, or write the cases that matter as a list of records.",
    summary="A bench has more cases than anybody would wait for",
    bad=_bench(f"vary     = {{ cfg = [{_MANY}], high.shift = [{_MANY}] }}"),
    good=_bench("vary     = { cfg = [1.0, 3.5] }"),
)

NO_BASELINE = Message(
    "WAN439",
    "baseline-selects-nothing",
    _ERROR,
    "the baseline does not select a cell: {problem}",
    "Each cell is compared with the one that has the values of the baseline, and is otherwise the same.",
    "{help}",
    summary="The baseline of a bench selects no cell, or several",
    bad=_bench("vary     = { cfg = [1.0, 3.5] }\n    baseline = { cfg = 2.0 }"),
    good=_bench("vary     = { cfg = [1.0, 3.5] }\n    baseline = { cfg = 1.0 }"),
)

ONE_CELL = Message(
    "WAN440",
    "one-cell",
    _NOTE,
    "`{name}` has one cell, so it compares nothing by itself",
    "Its times can only be compared with those of another run of it: `wan bench compare`, `wan bench gate`.",
    "To compare configurations, write `profiles = [ … ]` or `vary = {{ … }}` with at least two.",
    summary="A bench has one cell",
    bad=_bench("vary     = { cfg = [3.5] }"),
    good=_bench("vary     = { cfg = [1.0, 3.5] }"),
)

CELL_WITH_ERRORS = Message(
    "WAN441",
    "cell-with-errors",
    _ERROR,
    "{cell} does not compile: {problem} ({code})",
    "A cell that does not compile cannot be measured.",
    "{help}",
    summary="A cell of a bench does not compile",
    bad=_bench("vary     = { size = [832x480, none] }"),
    good=_bench("vary     = { size = [832x480, 480x832] }"),
)

SAME_CELLS = Message(
    "WAN442",
    "same-cells",
    _WARNING,
    "the cells `{first}` and `{second}` make the same prompt{others}",
    "They would be measured one after the other, and differ by noise only.",
    "{help}",
    summary="Two cells of a bench are the same",
    bad=_bench("vary     = { seed = [1, 2] }"),
    good=_bench("vary     = { cfg = [1.0, 3.5] }"),
)

OTHER_CARDS = Message(
    "WAN443",
    "bench-of-several-cards",
    _WARNING,
    "the profiles are for {cards}",
    "Times of different cards do not compare: the words of a bench are for one card.",
    "Make a bench for each card, or remove `card` from `{profile}` if the card is the same.",
    summary="The profiles of a bench are for different cards",
    bad=_bench(
        "profiles = [home, office]",
        _CLIP + 'profile home { card = "RTX 5090" }\nprofile office { card = "RTX 4090" }\n\n',
    ),
    good=_bench(
        "profiles = [home, office]",
        _CLIP + 'profile home { card = "RTX 4090" }\n'
        'profile office { card = "RTX 4090", flags = { fast = ["fp16_accumulation"] } }\n\n',
    ),
)

FEW_REPEATS = Message(
    "WAN444",
    "few-repeats",
    _WARNING,
    "`repeat = {repeat}` is too few to tell noise from a difference",
    "Warm runs of one session differ by about 1 %, and one in twenty by 8 %: the median of three leaves "
    "such a run out. With three runs, differences below 4 % cannot be told.",
    "Write `repeat = 3`. More runs gain little: what differs between two starts of ComfyUI stays.",
    summary="A bench has too few runs for each cell",
    bad=_bench("vary     = { cfg = [1.0, 3.5] }\n    repeat   = 1"),
    good=_bench("vary     = { cfg = [1.0, 3.5] }\n    repeat   = 3"),
    source="the simulation of designs in docs/decisions.md",
)

DETERMINISTIC_BENCH = Message(
    "WAN445",
    "deterministic-bench",
    _WARNING,
    "the profile `{profile}` has `--deterministic`, which changes the times",
    "torch takes slower algorithms, and weights are not copied while the card works. What is faster with it "
    "need not be faster without it.",
    "Remove the flag from the profile, or compare outputs with `wan quality` instead.",
    summary="A bench measures with `--deterministic`",
    source="Comfy-Org/ComfyUI 0.38, comfy/model_management.py",
)

MANY_CELLS = Message(
    "WAN446",
    "many-cells",
    _NOTE,
    "the bench has {cells} cells: {runs} runs or more",
    "Each cell takes a warm-up and its measured runs for each profile, and what looks suspicious takes them "
    "again.",
    "`wan bench --dry-run` shows the plan with its minutes. Vary less, or write the cases that matter as a "
    "list of records.",
    summary="A bench has very many cells",
    bad=_bench(
        "vary     = { cfg = [1.0, 1.5, 2.0, 2.5, 3.0], high.shift = [5.0, 5.5, 6.0, 7.0, 8.0] }"
    ),
    good=_bench("vary     = { cfg = [1.0, 3.5] }"),
)

QUALITY_WITH_SEEDS = Message(
    "WAN447",
    "quality-with-seeds",
    _WARNING,
    "`quality` compares cells with different seeds: the bench varies `{name}`",
    "Another seed makes another video, so PSNR, colour and motion differ for that alone.",
    "Remove `{name}` from `vary`, or `quality = true`.",
    summary="A bench compares the quality of videos with different seeds",
    bad=_bench(
        "vary     = [{ cfg = 1.0, seed = 1 }, { cfg = 3.5, seed = 2 }]\n    quality  = true"
    ),
    good=_bench("vary     = { cfg = [1.0, 3.5] }\n    quality  = true"),
)
