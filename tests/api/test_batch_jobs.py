"""The jobs of a batch: rows × values × repeats, chains, and every wrong cell with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from wan22dsl.api.batch_jobs import JobOptions, jobs_of
from wan22dsl.api.batch_recipes import recipes_of
from wan22dsl.errors import CommandError
from wan22dsl.fleet.expected import CostModel

CLIP = """\
wan 1
use wan22

param face: image = "face.png"
param prompt: text = "a harbour in the rain"
param seed: int = 42
param cfg: float = 1.0 in [1.0, 3.5]
param weights: text = "wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors"

model mine = wan22.i2v_high(file = weights)
pass high = wan22.high(cfg = cfg, model = mine)

pipeline clip {
    image  = face
    prompt = prompt
    size   = 832x480
    length = 81f
    seed   = seed
    flow   = high -> wan22.low -> save("clip")
}
"""


@pytest.fixture
def made(tmp_path, monkeypatch):
    """`made(rows, …)`: the jobs of rows, and what is wrong with them."""
    monkeypatch.chdir(tmp_path)
    Path("clip.wan").write_text(CLIP, encoding="utf-8")

    def make(rows: object = None, **options: object):
        each = None
        if rows is not None:
            each = "r.csv" if isinstance(rows, str) else "r.jsonl"
            text = (
                rows if isinstance(rows, str) else "".join(f"{json.dumps(row)}\n" for row in rows)
            )
            Path(each).write_text(text, encoding="utf-8")
        found, wrong = jobs_of(JobOptions(files=("clip.wan",), each=each, **options))
        return found, [str(each) for each in wrong]

    return make


def recipes(found):
    return recipes_of(found.jobs, found.files, "0.39", CostModel())


def values_of(job):
    return {value.name: value.value for value in job.values}


def test_a_row_is_a_job_and_an_empty_cell_is_the_default(made):
    found, wrong = made("id;prompt;cfg;priority;tags\na;Hund;3.5;5;big fast\n;Katze;;;\n")
    assert not wrong
    first, second = found.jobs
    assert (first.id, first.priority, first.tags) == ("a", 5, ("big", "fast"))
    assert values_of(first) == {"prompt": "Hund", "cfg": "3.5"}
    assert (second.id, values_of(second), second.pipeline) == ("0002", {"prompt": "Katze"}, "clip")


def test_rows_are_combined_with_values_that_vary_and_with_repeats(made):
    found, _ = made("id,prompt\na,x\nb,y\n", vary=("cfg=1,3.5",), repeat=2)
    assert [job.id for job in found.jobs[:4]] == ["a-1", "a-2", "a-3", "a-4"]
    assert [values_of(job)["cfg"] for job in found.jobs[:4]] == ["1", "1", "3.5", "3.5"]
    assert [job.seed_shift for job in found.jobs[:4]] == [0, 1, 0, 1]
    assert len({job.label for job in found.jobs}) == 8


def test_what_vary_takes_may_have_commas_in_quotes_and_brackets(made):
    found, _ = made(vary=('prompt="a, b",c', "high.loras=[],none"))
    assert [tuple(values_of(job).values()) for job in found.jobs] == [
        ('"a, b"', "[]"), ('"a, b"', "none"), ("c", "[]"), ("c", "none"),
    ]  # fmt: skip


def test_a_row_goes_before_what_is_set_for_all(made):
    found, _ = made("cfg\n3.5\n\n1\n", values={"cfg": "1", "seed": "9"})
    assert [values_of(job) for job in found.jobs] == [
        {"cfg": "3.5", "seed": "9"}, {"cfg": "1", "seed": "9"},
    ]  # fmt: skip


def test_a_picture_may_come_from_another_job_of_the_same_variant(made):
    rows = "id,face,after\na,face.png,\nb,last frame of a,\nc,,a b\n"
    found, wrong = made(rows, vary=("cfg=1,3.5",))
    assert not wrong
    jobs = {job.id: job for job in found.jobs}
    assert jobs["b-2"].after == ("a-2",)
    value = next(value for value in jobs["b-2"].values if value.name == "face")
    assert (value.of, value.take, value.value) == ("a-2", "last frame", None)
    assert jobs["c-1"].after == ("a-1", "b-1")


def test_a_text_that_only_reads_like_a_reference_is_a_text(made):
    found, wrong = made("prompt\nthe last frame of 0001\nvideo of cats\n")
    assert (wrong, [job.after for job in found.jobs]) == ([], [(), ()])


def test_json_may_name_what_a_text_takes_of_another_job(made):
    found, wrong = made([{"id": "a"}, {"prompt": {"of": "a", "take": "latent"}}])
    assert (wrong, found.jobs[1].after) == ([], ("a",))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("promt\nx\n", "column `promt`: unknown parameter `promt`. Did you mean `prompt`?"),
        ("high.cfgg\n1\n", "column `high.cfgg`: unknown setting `cfgg` in `high.cfgg`"),
        ("priorty\n1\n", "Did you mean `priority`?"),
        ("id\na b\n", "column `id`: `a b` is no id"),
        ("id,seed\na,1\na,2\n", "row 3, column `id`: `a` is the id of row 2 too"),
        ("id,after\nabc,\nb,abd\n", "row 3, column `after`: there is no job `abd`. Did you mean `abc`?"),
        ("id,after\na,b\nb,a\n", "column `after`: waits for itself: `a` → `b` → `a`"),
        ("face\nlast frame of 0009\n", "column `face`: there is no job `0009`. Did you mean `0001`?"),
        ("due\ntomorrow\n", "`tomorrow` is not a date and a time"),
        ("due\n2026-13-01 04:00\n", "is not a date and a time"),
        ("priority\nhigh\n", "column `priority`: `high` is not a whole number"),
        ("file\nother.wan\n", "row 2, column `file`: other.wan"),
        ("pipeline\nclap\n", "column `pipeline`: the file has no pipeline or graph `clap`. Did you"),
        ("param:\nx\n", "the name behind `param:` is missing"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_said_with_row_and_column(made, rows, said):
    _, wrong = made(rows)
    assert any(said in each for each in wrong), wrong


def test_wrong_cells_are_all_said_at_once(made):
    _, wrong = made("id,due,after\na b,soon,\nx,,nobody\n")
    assert len(wrong) == 3


def test_a_column_that_is_also_varied_is_refused(made):
    assert "leave out --vary cfg=" in made("cfg\n1\n", vary=("cfg=1,3.5",))[1][0]


def test_a_parameter_with_the_name_of_an_own_column_has_a_spelling_of_its_own(made):
    text = CLIP.replace("param seed", "param priority: int = 3\nparam seed")
    Path("clip.wan").write_text(text, encoding="utf-8")
    assert "write `param:priority` for the parameter" in made("priority\n5\n")[1][0]
    found, wrong = made("priority,param:priority\n5,9\n")
    assert (wrong, found.jobs[0].priority, values_of(found.jobs[0])) == ([], 5, {"priority": "9"})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"vary": ("cfg",)}, "write `--vary name=value,value`"),
        ({"vary": ("cfg=1", "cfg=2")}, "varied twice"),
        ({"vary": ("cfgg=1",)}, "unknown parameter `cfgg`"),
        ({"values": {"sed": 1}}, "unknown parameter `sed`"),
        ({"vary": (f"seed={','.join(map(str, range(2000)))}",), "repeat": 100}, "at most 100,000"),
        ({"pipeline": "clap"}, "has no pipeline or graph `clap`"),
    ],
)
def test_wrong_options_are_refused(made, options, said):
    with pytest.raises(CommandError, match=said):
        made(**options)


def test_a_random_seed_is_drawn_once_for_each_job(made):
    found, _ = made("seed\nrandom\nrandom\n7\n")
    drawn = [values_of(job)["seed"] for job in found.jobs]
    assert drawn[2] == "7"
    assert drawn[0] != drawn[1]
    assert all(isinstance(seed, int) for seed in drawn[:2])


# --- recipes ---


def test_texts_and_seeds_are_compiled_once_for_all_rows(made):
    rows = [{"prompt": f"cat {at}", "seed": at, "cfg": (1.0, 3.5)[at % 2]} for at in range(200)]
    found, _ = made(rows)
    came = recipes(found)
    assert not came.broken
    assert len(came.of) == 200
    assert len(set(came.of.values())) == 2
    assert came.compiled < 12


def test_a_text_that_names_a_model_is_compiled_for_each_value(made):
    names = ("a_fp8.safetensors", "b_fp8.safetensors", "c_fp8.safetensors")
    found, _ = made([{"weights": name, "seed": at} for at, name in enumerate(names)])
    assert len(set(recipes(found).of.values())) == 3


def test_pictures_of_one_size_are_compiled_once(made):
    for name in ("a", "b", "c"):
        Image.new("RGB", (64, 48)).save(f"{name}.png")
    found, _ = made([{"face": f"{name}.png"} for name in "abc"])
    assert recipes(found).compiled <= 3


def test_values_that_do_not_compile_are_found_with_their_jobs(made):
    found, _ = made("cfg,seed\n1.0,1\n9.5,2\n1.0,-3\n9.5,x\n")
    broken = {(each.jobs, each.name) for each in recipes(found).broken}
    assert any("0002" in jobs and name == "cfg" for jobs, name in broken)
    assert any(jobs == ("0003",) for jobs, _ in broken)
    assert any("0004" in jobs and name == "seed" for jobs, name in broken)


def test_two_wrong_values_of_a_row_are_both_found(made):
    found, _ = made("cfg,seed\nx,y\n")
    assert {each.name for each in recipes(found).broken} == {"cfg", "seed"}


def test_values_are_judged_beside_other_mistakes(made):
    """A row with a wrong id, and a column that nobody knows, hide nothing of the other rows."""
    found, wrong = made("id,cfg,promt\na b,1.0,x\nb,9.0,x\nc,1.0,x\n")
    assert len(wrong) == 2
    assert [job.id for job in found.jobs] == ["b", "c"]
    assert [broken.name for broken in recipes(found).broken] == ["cfg"]


def test_a_number_with_a_decimal_comma_is_told_with_a_point(made):
    found, _ = made('cfg\n"1,5"\n')
    assert "A decimal has a point: `1.5`." in recipes(found).broken[0].text
