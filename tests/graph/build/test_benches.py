"""`bench` declarations: what they compare, what each cell is compared with, and mistakes in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wan22dsl.api.benches import benches_of, cell_name, compile_case, find_bench
from wan22dsl.api.compiler import check, compile
from wan22dsl.graph.build.bench_baselines import selected
from wan22dsl.language.syntax import parse, print_file
from wan22dsl.source import Source

if TYPE_CHECKING:
    from wan22dsl.api.benches import FoundBench

CLIP = """\
wan 1
use wan22

param order: flow = wan22.high -> wan22.low
param cfg: float = 1.0

profile desktop {}

profile sage = desktop(flags = { use_sage_attention = true }, packages = ["sageattention"])

pipeline clip {
    image  = "a.png"
    prompt = "x"
    size   = 832x480
    length = 81f
    flow   = order -> save("x")
}

"""

LOW_FIRST = "wan22.low(steps = 0..2 of 4) -> wan22.high(steps = 2..4 of 4)"


def clip(inner: str, before: str = "") -> Source:
    return Source(f"{CLIP}{before}bench b {{\n    of = clip\n    {inner}\n}}\n", "clip.wan")


def one(inner: str, before: str = "") -> FoundBench:
    found = find_bench(clip(inner, before))
    assert not found.findings, [each.message for each in found.findings]
    return found


def cells(inner: str) -> list[str]:
    return [cell_name(*cell) for cell in one(inner).bench.cells]


def mistakes(inner: str, before: str = "") -> list[tuple[str, str, str]]:
    """The code, the place and the message with its help, of each error and warning."""
    return [
        (each.code, each.span.text if each.span else "", f"{each.message}: {each.help}")
        for each in check(clip(inner, before)).diagnostics
    ]


def test_a_record_of_lists_is_every_combination_in_the_order_of_the_file():
    assert cells("vary = { low.shift = [5.0, 6.0], high.cfg = [1.0, 3.5] }") == [
        "low.shift 5.0, high.cfg 1.0",
        "low.shift 5.0, high.cfg 3.5",
        "low.shift 6.0, high.cfg 1.0",
        "low.shift 6.0, high.cfg 3.5",
    ]
    assert cells("profiles = [desktop, sage]\n    vary = { length = [49f, 81f] }") == [
        "desktop, length 49f",
        "desktop, length 81f",
        "sage, length 49f",
        "sage, length 81f",
    ]


def test_a_list_of_records_is_those_cases_and_no_others():
    inner = "vary = [{ high.cfg = 1.0, length = 49f }, { high.cfg = 3.5 }]"
    assert cells(inner) == ["high.cfg 1.0, length 49f", "high.cfg 3.5"]


def test_one_profile_needs_no_list_and_no_profile_is_the_server_as_it_is():
    assert cells("profiles = sage\n    vary = { length = [49f, 81f] }")[0] == "sage, length 49f"
    assert cells("vary = { length = [49f, 81f] }")[0] == "length 49f"
    assert cells("profiles = [desktop, sage]") == ["desktop", "sage"]


def test_values_come_from_names_sums_and_other_benches():
    before = (
        "let shifts = [5.0, 6.0]\n\nbench other {\n    of = clip\n"
        "    vary = { high.shift = shifts + [8.0] }\n}\n\n"
    )
    found = find_bench(clip("vary = other.vary + { length = [49f] }", before), "b")
    assert [case.name for case in found.bench.cases] == [
        "high.shift 5.0, length 49f",
        "high.shift 6.0, length 49f",
        "high.shift 8.0, length 49f",
    ]


def test_a_copy_changes_what_it_says():
    text = clip("vary = { length = [49f, 81f] }").text
    text += '\nbench c = b(of = clip(prompt = "y"), repeat = 5)\n'
    found = find_bench(Source(text, "clip.wan"), "c")
    assert (found.bench.repeat, found.bench.pipeline) == (5, "clip")
    prompt = compile_case(found, found.bench.cases[0]).prompt
    assert prompt is not None
    assert "y" in [node["inputs"].get("text") for node in prompt.values()]


def test_long_values_are_cut_and_stay_apart():
    long = "She walks along the harbour in the evening light and looks at the boats"
    found = find_bench(clip(f'vary = {{ prompt = ["{long}", "{long} again"] }}'))
    names = [case.name for case in found.bench.cases]
    assert len(set(names)) == 2 and all(len(name) < 80 for name in names)


def test_the_settings_and_the_comment_are_kept():
    text = clip("vary = { cfg = [1.0, 3.5] }").text.replace("bench b", "# Which cfg.\nbench b")
    text = text.replace(
        "    of",
        "    repeat = 4\n    cold = 1\n    warmups = 2\n    rounds = 2\n    quality = true\n    of",
    )
    text = text.replace("wan22.high -> wan22.low\n", "wan22.high(cfg = cfg) -> wan22.low\n")
    bench = find_bench(Source(text, "clip.wan")).bench
    assert (bench.repeat, bench.cold, bench.warmups, bench.rounds, bench.quality, bench.doc) == (
        4,
        1,
        2,
        2,
        True,
        "Which cfg.",
    )


# --- the baseline ---


def baselines(inner: str) -> dict[str, str]:
    bench = one(inner).bench
    found = {}
    for cell in bench.cells:
        base = bench.baseline_of(*cell)
        assert base is not None
        found[cell_name(*cell)] = cell_name(*base)
    return found


def test_what_a_baseline_leaves_out_is_as_in_the_cell_that_is_compared():
    inner = "profiles = [desktop, sage]\n    vary = { high.cfg = [1.0, 3.5] }\n    baseline = "
    assert baselines(inner + "{ profiles = desktop }") == {
        "desktop, high.cfg 1.0": "desktop, high.cfg 1.0",
        "desktop, high.cfg 3.5": "desktop, high.cfg 3.5",
        "sage, high.cfg 1.0": "desktop, high.cfg 1.0",
        "sage, high.cfg 3.5": "desktop, high.cfg 3.5",
    }
    assert set(baselines(inner + "{ profiles = desktop, high.cfg = 1 }").values()) == {
        "desktop, high.cfg 1.0"
    }
    assert baselines(inner + "{ high.cfg = 3.5 }")["sage, high.cfg 1.0"] == "sage, high.cfg 3.5"


def test_without_a_baseline_it_is_the_first_cell():
    inner = "profiles = [desktop, sage]\n    vary = { high.cfg = [1.0, 3.5] }"
    assert set(baselines(inner).values()) == {"desktop, high.cfg 1.0"}


def test_the_only_case_with_a_value_is_meant_however_the_others_differ():
    inner = "vary = [{ high.cfg = 1.0, length = 49f }, { high.cfg = 3.5, length = 81f }]\n    "
    assert set(baselines(inner + "baseline = { length = 81f }").values()) == {
        "high.cfg 3.5, length 81f"
    }


def test_a_flow_is_selected_as_it_is_written():
    inner = f"vary = {{ order = [wan22.high -> wan22.low, {LOW_FIRST}] }}\n    "
    found = baselines(f"{inner}baseline = {{ order = wan22.high->wan22.low }}")
    assert set(found.values()) == {"order wan22.high -> wan22.low"}


@given(
    sizes=st.lists(st.integers(1, 3), min_size=1, max_size=3),
    wanted=st.data(),
)
def test_in_every_full_matrix_a_baseline_selects_one_case_for_each(sizes, wanted):
    from itertools import product

    names = [f"k{number}" for number in range(len(sizes))]
    cases = [
        tuple(zip(names, map(str, values))) for values in product(*(range(size) for size in sizes))
    ]
    chosen = wanted.draw(st.sampled_from(cases))
    part = tuple(pair for pair in chosen if wanted.draw(st.booleans()))
    for case in cases:
        found = selected(cases, part, case)
        assert found is not None
        assert set(part) <= set(cases[found])
        kept = {name for name, _ in part}
        assert {p for p in cases[found] if p[0] not in kept} == {
            p for p in case if p[0] not in kept
        }


# --- cells ---


VALUES = {
    "high.cfg": ["1.0", "1.5"],
    "length": ["49f", "81f"],
    "low.shift": ["5.0", "6.0"],
    "order": ["wan22.high -> wan22.low", LOW_FIRST],
    "size": ["832x480", "480x832"],
}


@settings(max_examples=15, deadline=None)
@given(
    chosen=st.fixed_dictionaries({}, optional={k: st.sampled_from(v) for k, v in VALUES.items()})
)
def test_a_cell_compiles_to_what_the_pipeline_with_these_settings_compiles_to(chosen):
    entries = ", ".join(f"{name} = [{value}]" for name, value in chosen.items())
    found = find_bench(clip(f"profiles = [desktop, sage]\n    vary = {{ {entries} }}"))
    compiled = compile_case(found, found.bench.cases[0])
    text = CLIP
    for name in ("length", "size"):
        if name in chosen:
            before = {"length": "length = 81f", "size": "size   = 832x480"}[name]
            text = text.replace(before, f"{name} = {chosen[name]}")
    if "order" in chosen:
        text = text.replace("wan22.high -> wan22.low", chosen["order"])
    high, low = chosen.get("high.cfg"), chosen.get("low.shift")
    text = text.replace("wan22.high", f"wan22.high(cfg = {high})" if high else "wan22.high")
    text = text.replace("wan22.low", f"wan22.low(shift = {low})" if low else "wan22.low")
    text = text.replace("))(", ")(").replace(f"(cfg = {high})(", f"(cfg = {high}, ")
    text = text.replace(f"(shift = {low})(", f"(shift = {low}, ")
    assert compiled.prompt is not None
    assert compiled.prompt == compile(Source(text, "clip.wan")).prompt


def test_a_bench_of_a_graph_compares_profiles():
    text = (
        'wan 1\nprofile a {}\nprofile c = a(flags = { fast = ["fp16_accumulation"] })\n'
        'param name: text = "x"\n'
        'graph g { SaveImage(images = LoadImage(image = "a.png").IMAGE, filename_prefix = name) }\n'
        'bench b {\n    of = g\n    profiles = [a, c]\n    vary = { name = ["y", "z"] }\n}\n'
    )
    found = find_bench(Source(text, "g.wan"))
    prompts = [compile_case(found, case).prompt for case in found.bench.cases]
    assert [p["SaveImage"]["inputs"]["filename_prefix"] for p in prompts if p] == ["y", "z"]


# --- mistakes ---


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (
            "vary = { high.cgf = [1.0, 3.5] }",
            ("WAN318", "high.cgf", "Did you mean `high.cfg`?"),
        ),
        ("vary = { hihg.cfg = [1.0, 3.5] }", ("WAN318", "hihg.cfg", "Did you mean `high.cfg`?")),
        ("vary = { ordr = [wan22.high, wan22.low] }", ("WAN318", "ordr", "Did you mean `order`?")),
        (
            "vary = { text_high.cfg = [1.0, 3.5] }",
            ("WAN318", "text_high.cfg", "Did you mean `high.cfg`?"),
        ),
        (
            "vary = { steps = [4, 8] }",
            ("WAN318", "steps", "Set `high.steps` and `low.steps` instead."),
        ),
        ('vary = { high.cfg = [1.0, "much"] }', ("WAN302", '"much"', "")),
        ("vary = { high.cfg = [1.0, nothing] }", ("WAN207", "nothing", "")),
        ('vary = { seed = [1, "random"] }', ("WAN430", '"random"', "")),
        ("vary = { length = [49f, 83f] }", None),
        ("vary = { order = [wan22.high -> wan22.low, wan22.high] }", None),
        ("vary = 3", ("WAN302", "3", "Write `vary = { high.cfg = [1.0, 3.5] }`.")),
        ("vary = [1, 2]", ("WAN302", "1", "Write each case as a record")),
        ("profiles = [desktop, clip]", ("WAN302", "clip", "Name profiles")),
        ("profiles = [desktop, sage]\n    baseline = { profiles = home }", ("WAN207", "home", "")),
        (
            "profiles = [desktop]\n    vary = { cfg = [1.0, 2.0] }\n    baseline = { profiles = sage }",
            ("WAN439", "sage", "Use one of `desktop`."),
        ),
        (
            "profiles = [desktop, sage]\n    baseline = { high.cfg = 1.0 }",
            ("WAN439", "1.0", "It varies nothing."),
        ),
        (
            (
                "vary = [{ cfg = 1.0, length = 49f }, { cfg = 1.0, length = 81f }, { cfg = 3.5 }]\n"
                "    baseline = { cfg = 1.0 }"
            ),
            ("WAN439", "{ cfg = 1.0 }", "Give it a value for everything"),
        ),
        ("profiles = [desktop, sage]\n    repeat = 1.5", ("WAN302", "1.5", "")),
        ("profiles = [desktop, sage]\n    rounds = 3", ("WAN435", "3", "")),
        ("profles = [desktop, sage]", ("WAN210", "profles", "Did you mean `profiles`?")),
    ],
)
def test_what_is_wrong_is_reported_where_it_is_written(inner, expected):
    found = mistakes(inner)
    if expected is None:
        assert not [each for each in found if each[0] != "WAN442" and "error" in each]
        return
    code, place, help = expected
    assert [each for each in found if each[0] == code and place in each[1] and help in each[2]], (
        found
    )


def test_a_cell_that_does_not_compile_is_named_with_the_place_of_the_mistake():
    (finding,) = check(clip("vary = { size = [832x480, none] }")).diagnostics
    assert finding.code == "WAN441" and finding.span is not None and finding.span.text == "none"
    assert finding.message.startswith("the cell `size none` does not compile")
    assert [label.span.text for label in finding.related] != []


def test_a_bench_without_a_pipeline_says_which_there_are():
    text = CLIP + "bench b { profiles = [desktop, sage] }\n"
    (finding,) = check(Source(text, "a.wan")).diagnostics
    assert (finding.code, finding.help) == ("WAN408", "Write `of = clip`.")
    text = CLIP + "bench b {\n    of = desktop\n    profiles = [desktop, sage]\n}\n"
    (finding,) = check(Source(text, "a.wan")).diagnostics
    assert (finding.code, finding.help) == ("WAN302", "Write `of = clip`.")


def test_a_million_cells_are_an_error_at_once():
    values = ", ".join(f"{number}.0" for number in range(1, 101))
    names = ("high.cfg", "low.cfg", "high.shift")
    entries = ", ".join(f"{name} = [{values}]" for name in names)
    found = mistakes(f"vary = {{ {entries} }}")
    assert [(each[0], each[2].partition(":")[0]) for each in found] == [
        ("WAN438", "`b` has 1,000,000 cases")
    ]


def test_benches_that_are_made_of_each_other_are_a_circle():
    text = CLIP + "bench b = c(repeat = 3)\n\nbench c = b(repeat = 4)\n"
    assert [each.code for each in check(Source(text, "a.wan")).diagnostics] == ["WAN214"]
    assert benches_of(Source(text, "a.wan"))[0] == ()


def test_a_bench_does_not_make_a_pipeline_a_part_of_another():
    source = clip("vary = { length = [49f, 81f] }")
    assert compile(source).prompt is not None
    two = Source(source.text + '\npipeline other = clip(prompt = "y")\n', "two.wan")
    assert set(check(two).graphs) == {"clip", "other"}


def test_a_bench_is_formatted_as_other_declarations_are():
    source = clip("vary={order=[wan22.high->wan22.low,wan22.low],high.cfg=[1.0,3.5]}")
    tree, found = parse(source)
    assert not found
    text = print_file(tree)
    assert "high.cfg = [1.0, 3.5]" in text
    assert print_file(parse(Source(text))[0]) == text


def test_a_bench_of_a_module_is_copied_for_a_pipeline(tmp_path):
    (tmp_path / "house.wan").write_text(
        "wan 1\n\nbench cfg {\n    vary = { high.cfg = [1.0, 1.5] }\n    repeat = 4\n}\n"
    )
    text = CLIP.replace("use wan22\n", 'use wan22\nuse "house.wan" as house\n')
    text += "bench mine = house.cfg(of = clip)\n"
    file = tmp_path / "clip.wan"
    file.write_text(text)
    found = find_bench(file)
    assert not found.findings
    assert [compile_case(found, case).prompt is not None for case in found.bench.cases] == [
        True,
        True,
    ]
