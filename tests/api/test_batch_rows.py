"""Rows of a batch: what spreadsheets and programs write is read, and what is wrong has its place."""

from __future__ import annotations

import pytest

from wan22dsl.api.batch_rows import read
from wan22dsl.errors import CommandError


def rows_of(data: bytes, name: str = "r.csv") -> list[dict[str, object]]:
    rows, wrong = read(name, data)
    assert not wrong
    return [row.cells for row in rows]


def wrong_of(data: bytes, name: str = "r.csv") -> list[str]:
    return [str(each) for each in read(name, data)[1]]


@pytest.mark.parametrize(
    "data",
    [
        b"prompt,seed\na cat,7\n",
        b"\xef\xbb\xbfprompt;seed\r\na cat;7\r\n",
        b"sep=;\r\nprompt;seed\r\na cat;7\r\n",
        b"prompt\tseed\na cat\t7",
        "prompt,seed\na cat,7\n".encode("utf-16"),
        b"\n\n prompt , seed \n\n a cat , 7 \n,\n",
        b"prompt,seed,,\na cat,7,,\n",
    ],
)
def test_what_spreadsheets_write_is_read_alike(data):
    assert rows_of(data) == [{"prompt": "a cat", "seed": "7"}]


def test_a_cell_may_have_separators_quotes_and_line_ends_in_quotes():
    data = b'prompt;cfg\r\n"one; ""two""\r\nthree";1,5\r\n'
    assert rows_of(data) == [{"prompt": 'one; "two"\nthree', "cfg": "1,5"}]


def test_umlauts_of_excel_on_windows_are_read():
    assert rows_of("prompt;seed\r\nEine schöne Straße;1\r\n".encode("cp1252")) == [
        {"prompt": "Eine schöne Straße", "seed": "1"}
    ]


def test_a_row_of_json_may_have_tables_and_null():
    data = b'{"prompt": "a", "high": {"cfg": 1.5}, "seed": null}\n\n{"image": {"of": "1"}}\n'
    found = rows_of(data, "r.jsonl")
    assert found == [{"prompt": "a", "high.cfg": 1.5}, {"image": {"of": "1"}}]


def test_standard_input_is_json_where_it_begins_like_it():
    assert rows_of(b'\n{"seed": 1}\n', "-") == rows_of(b'[{"seed": 1}]', "-") == [{"seed": 1}]
    assert rows_of(b"seed\n1\n", "-") == [{"seed": "1"}]


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"a,b\n1,2,3\n", "r.csv", "r.csv: row 2: has 3 cells, the heading has 2"),
        (b"a,a\n1,2\n", "r.csv", "r.csv: row 1, column `a`: 2 columns have this name"),
        (b"a,\n1,2\n", "r.csv", "r.csv: row 2: cell 2 has a value, and its column no name"),
        (b'a,b\n"1,2\n3,4\n', "r.csv", 'row 2: a quote `"` is not closed'),
        (b'a,b\n"1"x,2\n', "r.csv", "row 2: is no CSV"),
        (b'{"a": 1}\n{"a" 1}\n', "r.jsonl", "r.jsonl: line 2: is not JSON"),
        (b'{"a": 1, "a": 2}\n', "r.jsonl", "line 1: has `a` twice"),
        (b'{"a": NaN}\n', "r.jsonl", "line 1: is not JSON"),
        (b"[1]\n", "r.jsonl", "line 1: is not an object"),
        (b"{" + b'"a":{' * 2000, "r.jsonl", "line 1: is not JSON"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(data, name, said):
    assert any(said in each for each in wrong_of(data, name))


def test_all_mistakes_are_found_at_once():
    assert len(wrong_of(b"a,b\n1,2,3\n1,2\n1,2,3\n")) == 2


@pytest.mark.parametrize("data", [b"", b"a,b\n", b"\n\n", b"\0\1\2", b"\xff\xfe\0"])
def test_a_file_without_rows_is_refused(data):
    with pytest.raises(CommandError):
        read("r.csv", data)
