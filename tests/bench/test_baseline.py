"""Baselines: what `accept` takes and refuses, what is in the file, and files that are none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench.gating import bench, cell, cohort
from wan22dsl.bench import baseline
from wan22dsl.bench.gate import Options, gate
from wan22dsl.bench.measured import Why
from wan22dsl.errors import CommandError

AT = "2026-12-02T09:00:00+00:00"


def accepted(*benches, old=None, **options):
    return baseline.accept(benches, old, at=AT, made_by="0.1", **options)


def written(tmp_path, *benches, **options):
    """The path of a baseline of these benches."""
    file = tmp_path / "baseline.json"
    file.write_bytes(baseline.dump(accepted(*benches, **options).baseline).encode())
    return str(file)


def read(path):
    return baseline.measured(baseline.load(path), path)


def test_a_bench_is_equal_to_the_baseline_that_it_became(tmp_path):
    cells = (
        cell(150.0),
        cell(None, "off", why=(Why("failed", "x"),)),
        cell(150.0, values={"a": "1"}),
    )
    now = bench(*cells)
    old = read(written(tmp_path, now, allow_partial=True))
    found = gate(now, old, "b", Options())
    assert [each.state for each in found.cells] == ["PASS", "NO_BASELINE", "PASS"]
    assert [change.difference for each in found.cells for change in each.changes] == [0.0] * 4
    assert not [fact for each in found.cells for fact in (*each.unknown, *each.differences)]


@pytest.mark.parametrize("table", ["packs", "packages", "driver", "environment", "started"])
def test_what_is_unknown_stays_unknown_in_the_file(tmp_path, table):
    old = read(written(tmp_path, bench(cell(**{table: None}))))
    assert old.cells[0].cohort.tables[table] is None
    assert old.cells[0].cohort.why(table, "") == "nobody looked"


def test_the_file_is_small_sorted_by_cell_and_has_neither_prompts_nor_addresses(tmp_path):
    now = bench(cell(place="main"), cell(140.0, "plain", flags={"--fast": True}))
    text = Path(written(tmp_path, now)).read_text("utf-8")
    assert "runs/now" not in text and "portrait.wan" not in text
    assert '"total_s": [150.0]' in text
    assert json.loads(text)["cells"].keys() == {"sage", "plain"}
    same = bench(*(cell(150.0, "sage", values={"n": str(n)}) for n in range(50)))
    data = json.loads(Path(written(tmp_path, same)).read_text("utf-8"))
    assert len(data["machines"]) == 1


def test_only_what_changed_differs_in_the_file():
    first = accepted(bench(cell(150.0), cell(150.0, "plain")))
    second = accepted(bench(cell(150.0), cell(149.0, "plain")), old=first.baseline)
    pair = [baseline.dump(each.baseline).splitlines() for each in (first, second)]
    changed = set(pair[1]) - set(pair[0])
    assert '        "total_s": [149.0],' in changed
    assert len([line for line in changed if "[" in line and "benches" not in line]) <= 4


def test_the_history_keeps_who_was_accepted_when_and_why(tmp_path):
    first = accepted(bench(cell(150.0), id="one"), note="first")
    second = accepted(bench(cell(140.0), id="two"), old=first.baseline, note="faster VAE")
    history = second.baseline.history
    assert [(each.note, each.benches, each.total_s) for each in history] == [
        ("faster VAE", ("two",), {"sage": 140.0}),
        ("first", ("one",), {"sage": 150.0}),
    ]
    for _ in range(60):
        second = accepted(bench(cell(140.0)), old=second.baseline)
    assert len(second.baseline.history) == 50


def test_several_benches_put_their_sessions_together():
    found = accepted(bench(cell(150.0), id="a"), bench(cell(154.0), id="b")).baseline
    assert found.cells["sage"].figures["total_s"] == (150.0, 154.0)
    assert found.history[0].benches == ("a", "b")


@pytest.mark.parametrize(
    "other",
    [
        bench(cell(card={"name": "RTX 4090"})),
        bench(cell(recipe={"recipe": "b" * 64})),
        bench(cell(comfyui={"version": "0.39"})),
    ],
)
def test_benches_of_different_cohorts_are_not_put_together(other):
    with pytest.raises(CommandError, match="cannot be put together"):
        accepted(bench(cell()), other)


def test_simulated_and_real_are_not_mixed():
    simulated = bench(cell(simulated={"simulated": True}), simulated=True)
    with pytest.raises(CommandError, match="not comparable"):
        accepted(simulated, old=accepted(bench(cell())).baseline)
    with pytest.raises(CommandError, match="not comparable"):
        accepted(bench(cell()), simulated)


def test_another_bench_does_not_take_the_place_of_this_one():
    with pytest.raises(CommandError, match="use another file"):
        accepted(bench(cell(), name="other"), old=accepted(bench(cell())).baseline)


def test_what_is_not_whole_is_refused_unless_it_is_wanted():
    failed = cell(None, "off", why=(Why("out of memory", "at low.sampler"),))
    for now in (bench(cell(), failed), bench(cell(), unfinished="the bench was stopped")):
        with pytest.raises(CommandError, match="--allow-partial"):
            accepted(now)
        assert accepted(now, allow_partial=True).baseline.cells.keys() == {"sage"}
    with pytest.raises(CommandError, match="nothing to accept"):
        accepted(bench(failed), allow_partial=True)


@pytest.mark.parametrize(
    "facts", [{"flags": None}, {"card": None}, {"comfyui": {"version": None}}], ids=str
)
def test_what_nothing_could_be_compared_with_is_refused(facts):
    with pytest.raises(CommandError, match="nothing could be compared with cell `sage`"):
        accepted(bench(cell(**facts)), allow_partial=True)


def test_a_cell_that_failed_keeps_its_old_figures():
    old = accepted(bench(cell(150.0), cell(140.0, "off"))).baseline
    failed = cell(None, "off", why=(Why("out of memory", ""),))
    found = accepted(bench(cell(120.0), failed), old=old, allow_partial=True)
    assert found.kept == ("off",)
    assert found.baseline.cells["off"].figures["total_s"] == (140.0,)


def test_what_is_dropped_and_what_differs_is_said():
    old = accepted(bench(cell(), cell(profile="gone"))).baseline
    found = accepted(bench(cell(comfyui={"version": "0.39"})), old=old)
    assert found.dropped == ("gone",)
    assert [fact.line for _, fact in found.changed] == ["ComfyUI version: 0.38 -> 0.39"]


def test_places_are_kept_only_where_there_are_several(tmp_path):
    two = bench(
        cell(150.0, place="a")._replace(id="sage on a"),
        cell(250.0, place="b")._replace(id="sage on b"),
    )
    old = read(written(tmp_path, two))
    assert [each.place for each in old.cells] == ["a", "b"]
    assert gate(two, old, "b", Options()).state == "PASS"
    assert read(written(tmp_path, bench(cell(place="a")))).cells[0].place == ""


WHOLE = json.loads(baseline.dump(baseline.accept([bench(cell())], None, at=AT).baseline))


def with_figures(figures):
    return {**WHOLE, "cells": {"sage": {**WHOLE["cells"]["sage"], "figures": figures}}}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is not JSON"),
        (json.dumps(WHOLE).encode()[:-200], "is not JSON, or only half"),
        (b"\xff\xfe\x00", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "is not the baseline"),
        (b"{}", "is not the baseline"),
        (b'{"baseline": true}', "is not the baseline"),
        (b'{"baseline": "1"}', "is not the baseline"),
        (json.dumps({**WHOLE, "baseline": 2}).encode(), "has version 2"),
        (json.dumps({**WHOLE, "baseline": 0}).encode(), "has version 0"),
        (json.dumps({**WHOLE, "cells": []}).encode(), "is damaged: `cells`"),
        (json.dumps({**WHOLE, "machines": {}}).encode(), "which is not in the file"),
        (json.dumps(with_figures({"total_s": []})).encode(), "no value of `total_s`"),
        (json.dumps(with_figures({"total_s": [-1.0]})).encode(), "a negative `total_s`"),
        (json.dumps(with_figures({"total_s": ["x"]})).encode(), "is damaged"),
        (json.dumps(with_figures({"total_s": [float("nan")]})).encode(), "is damaged"),
        (json.dumps(with_figures({"total_s": [1e999]})).encode(), "is damaged"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_baseline_is_named_and_refused(tmp_path, data, message):
    file = tmp_path / "baseline.json"
    file.write_bytes(data)
    with pytest.raises(CommandError, match=message):
        baseline.load(str(file))


def test_what_a_later_version_adds_is_no_damage(tmp_path):
    file = tmp_path / "baseline.json"
    file.write_text(json.dumps({**WHOLE, "later": 1}), "utf-8")
    assert baseline.load(str(file)).cells.keys() == {"sage"}


def test_partial_lists_of_packages_stay_partial(tmp_path):
    partial = cohort(packages={})._replace(partial=frozenset({"packages"}))
    old = read(written(tmp_path, bench(cell()._replace(cohort=partial))))
    assert old.cells[0].cohort.partial == {"packages"}
