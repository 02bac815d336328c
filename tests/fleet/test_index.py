"""The index of runs follows their records, whatever happens to either; and what can be asked of it."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import pytest

from tests.report.results.made import pass_, put, record, timing
from wan22dsl.errors import CommandError
from wan22dsl.fleet import index, query, rows

DEVICES = {"4090": "cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync", "own": "My Card"}


def made(number: int, card: str = "4090", step_s: float = 30.0, **other):
    """A record; runs of one card and step differ in nothing that costs time."""
    server = {
        "address": "http://10.0.0.1:8188",
        "comfyui": "0.39.0",
        "pytorch": "2.9.0",
        "python": "3.12",
        "os": "linux",
        "arguments": (),
        "flags": None,
        "devices": ({"name": DEVICES[card], "type": "cuda", "memory_bytes": None},),
    }
    found = {
        "started": f"2026-03-{number:02}T12:00:00.000+00:00",
        "server": server,
        "parameters": {"cfg": 3.5, "seed": number, "look": "wet_100%"},
        "timing": timing(pass_("high", step_s), pass_("low", step_s)),
    }
    return record(f"202603{number:02}T120000-clip-{number:04}", **{**found, **other})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    place = tmp_path / "wan_output"
    put(place, made(1), made(2, step_s=32.0))
    put(place / "batch-night", made(3, "own", batch={"id": "b1", "job": "0001", "attempt": 2}))
    return place


def ids(folder, **asked) -> list[int]:
    with index.opened(folder) as found:
        table = query.ask(found, query.Query(fields=("id",), **asked))
    return [int(id[-4:]) for (id,) in table.rows]


def read(folder) -> int:
    with index.opened(folder) as found:
        return found.read


def test_every_record_below_the_folder_is_a_row(folder):
    with index.opened(folder) as found:
        assert (found.read, found.problems, found.notes) == (3, (), ())
        table = query.ask(found, query.Query(fields=tuple(rows.RUNS)))
    first, _, third = (dict(zip(table.columns, row)) for row in table.rows)
    assert first["path"] == "run-20260301T120000-clip-0001.json"
    assert (first["card"], third["card"]) == ("RTX 4090", "My Card")
    assert (third["batch"], third["job"], third["attempt"]) == ("b1", "0001", 2)
    assert first["seconds"] == made(1).timing.total_s
    assert (first["counts"], first["warm"], first["load_s"]) == (1, 1, 10.0)
    assert len({each["recipe"] for each in (first, third)}) == 1


def test_only_what_has_changed_is_read_again(folder):
    assert (read(folder), read(folder)) == (3, 0)
    put(folder, made(2, step_s=99.0), made(4))
    (folder / "run-20260301T120000-clip-0001.json").unlink()
    assert read(folder) == 2
    assert ids(folder) == [2, 3, 4]
    with index.opened(folder) as found:
        rows_ = query.ask(found, query.Query(fields=("seconds",))).rows
    assert rows_[0][0] == made(2, step_s=99.0).timing.total_s


@pytest.mark.parametrize("how", ["garbage", "half", "other tables", "of a later version", "empty"])
def test_a_damaged_index_is_made_again(folder, how):
    read(folder)
    file = index.file_of(folder)
    data = file.read_bytes()
    if how == "garbage":
        file.write_bytes(b"SQLite format 3\0" + os.urandom(5000))
    elif how == "half":
        file.write_bytes(data[: len(data) // 2])
    elif how == "empty":
        file.write_bytes(b"")
    else:
        with sqlite3.connect(file) as connection:
            if how == "other tables":
                connection.execute("DROP TABLE passes")
                connection.execute("DELETE FROM files")
            else:
                connection.execute("PRAGMA user_version = 99")
        connection.close()
    with index.opened(folder) as found:
        assert found.read == 3
        said = how in ("garbage", "half", "other tables")
        assert found.notes == (("the index was damaged, and was made again",) if said else ())
    assert ids(folder) == [1, 2, 3]
    assert read(folder) == 0


def test_without_a_place_for_it_all_records_are_read_and_it_is_said(folder, tmp_path):
    (tmp_path / "cache").write_text("a file")
    (tmp_path / "home").write_text("a file")
    with index.opened(folder) as found:
        assert found.read == 3 and "no index could be kept" in found.notes[0]
        table = query.ask_sql(found, "SELECT count(*) FROM runs")
    assert table.rows == ((3,),)


DAMAGED = {
    "no JSON": "{",
    "no record": "[]",
    "later version": '{"record": 2}',
    "nothing in it": '{"record": 1}',
    "deep": "[" * 100_000,
}


def test_what_is_no_record_is_named_and_stops_no_other(folder):
    for name, text in DAMAGED.items():
        (folder / f"run-{name}.json").write_text(text)
    whole = made(5).as_json()
    for at, (part, value) in enumerate(
        {"server": 3, "timing": {"passes": [3]}, "id": None, "parameters": []}.items()
    ):
        (folder / f"run-w{at}.json").write_text(json.dumps({**whole, part: value}))
    with index.opened(folder) as found:
        assert len(found.problems) == len(DAMAGED) + 4
    assert ids(folder) == [1, 2, 3]
    assert read(folder) == 0, "a file that is no record is not read again and again"


def test_two_processes_build_one_index(folder):
    put(folder, *(made(number) for number in range(4, 28)))
    program = (
        "import sys; from pathlib import Path; from wan22dsl.fleet import index, query\n"
        "with index.opened(Path(sys.argv[1])) as found:\n"
        "    table = query.ask_sql(found, 'SELECT count(*), count(DISTINCT id) FROM runs')\n"
        "    print(table.rows[0], found.notes)"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program, str(folder)], stdout=-1, text=True)
        for _ in range(3)
    ]
    assert {process.communicate()[0] for process in started} == {"(27, 27) ()\n"}


# --- questions ---


def test_all_filters_must_fit_and_of_one_that_is_repeated_one(folder):
    put(folder, made(4, result="error", timing=None))
    assert ids(folder, where={"card": ["4090"]}) == [1, 2, 4]
    assert ids(folder, where={"card": ["rtx 4090", "my*"], "result": ["succ*"]}) == [1, 2, 3]
    assert ids(folder, where={"batch": ["b1"]}) == [3]
    assert ids(folder, where={"pipeline": ["CLIP"], "server": ["*10.0.0.1*"]}) == [1, 2, 3, 4]
    assert ids(folder, parameters={"seed": ["2", "4"], "cfg": ["3.5"]}) == [2, 4]
    assert ids(folder, parameters={"look": ["wet_100%"]}) == [1, 2, 3, 4]
    assert ids(folder, parameters={"look": ["wet*0_%"]}) == [], "only `*` is any text"
    assert ids(folder, since="2026-03-02", until="2026-03-04") == [2, 3]
    assert ids(folder, since="2026-03-02T13:00+01:00") == [2, 3, 4]
    assert ids(folder, limit=2) == [3, 4], "the newest"


def test_a_time_before_now_counts_from_now(folder):
    now = datetime.now(timezone.utc)
    put(folder, made(5, started=(now - timedelta(hours=3)).isoformat()))
    assert ids(folder, since="4h") == [5]
    assert ids(folder, since="2h") == []


def test_groups_have_counts_and_times_that_can_be_compared(folder):
    put(
        folder,
        made(4, step_s=31.0),
        made(5, step_s=900.0, not_as_set=("another attention",)),
        made(6, result="error"),
        made(7, step_s=5.0, simulated=True),
    )
    with index.opened(folder) as found:
        table = query.ask(found, query.Query(by=("card",)))
    groups = {row[:2]: dict(zip(table.columns, row)) for row in table.rows}
    real = groups["RTX 4090", 0]
    assert (real["runs"], real["success"], real["timed"], real["recipes"]) == (5, 4, 3, 1)
    assert real["median_s"] == made(4, step_s=31.0).timing.total_s
    assert groups["RTX 4090", 1]["runs"] == 1, "a simulation is in no group of real runs"


def test_a_field_that_is_not_there_is_refused(folder):
    for asked in ({"fields": ("cart",)}, {"by": ("cart",)}):
        with (
            index.opened(folder) as found,
            pytest.raises(CommandError, match="Did you mean `card`"),
        ):
            query.ask(found, query.Query(**asked))


@pytest.mark.parametrize(
    "text",
    [
        *("DELETE FROM runs", "DROP TABLE runs", "PRAGMA user_version = 7", "CREATE TABLE x (a)"),
        *("ATTACH 'other.db' AS o", "VACUUM INTO 'copy.db'", "SELECT load_extension('x')"),
        *(
            "SELECT zeroblob(1000000000)",
            "SELECT 1; SELECT 2",
            "",
            "SELEC",
            "SELECT nothing FROM x",
        ),
        *("INSERT INTO runs (id) SELECT 'x'", "REINDEX", "BEGIN EXCLUSIVE", "SELECT '\0", "\ud800"),
    ],
)
def test_sql_can_only_read(folder, text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    read(folder)
    before = index.file_of(folder).read_bytes()
    with index.opened(folder) as found, pytest.raises(CommandError, match=r"^--sql: "):
        query.ask_sql(found, text)
    assert index.file_of(folder).read_bytes() == before
    assert not list(tmp_path.glob("*.db"))


def test_sql_has_the_tables_and_a_median(folder):
    with index.opened(folder) as found:
        table = query.ask_sql(
            found,
            "SELECT r.card, median(p.step_s) AS step FROM runs r JOIN passes p USING (path) "
            "WHERE p.name = 'low' GROUP BY r.card ORDER BY 1 DESC",
        )
    assert table == (("card", "step"), (("RTX 4090", 31.0), ("My Card", 30.0)), ())


# --- the command ---


def test_the_command_prints_a_table_json_and_csv(folder, wan):
    done = wan("runs", "query", str(folder), "--by", "card")
    assert done.stdout.splitlines()[0].split() == [
        *("card", "runs", "success", "timed", "recipes", "median", "least", "most"),
    ]
    assert done.stdout.splitlines()[2].startswith("RTX 4090     2        2      2        1  ")
    found = json.loads(wan("runs", "query", str(folder), "--card", "4090", "--json").stdout)
    expected = [made(1), made(2, step_s=32.0)]
    assert [row["seconds"] for row in found] == [each.timing.total_s for each in expected]
    text = wan("runs", "query", str(folder), "--fields", "id,job", "--csv").stdout
    assert list(csv.reader(io.StringIO(text)))[-1] == ["20260303T120000-clip-0003", "0001"]
    assert wan("runs", "query", str(folder), "--card", "L4").stderr == "no runs fit\n"


@pytest.mark.parametrize(
    "words",
    [
        *(("--since", "yesterday"), ("--until", "99999999d"), ("--set", "cfg"), ("--limit", "0")),
        *(("--json", "--csv"), ("--by", "card", "--fields", "id"), ("--sql", "SELECT 1", "--card", "x")),
        ("--since", "999999w"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_one_message(folder, wan, words):
    done = wan("runs", "query", str(folder), *words)
    assert (done.status, done.stdout) == (2, "") and done.stderr.startswith("error: ")


def test_a_folder_that_is_not_there_is_said(wan):
    assert "none: this folder does not exist" in wan("runs", "query", "none").stderr
