"""Where the project is published, and the addresses of its pages."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import wan22dsl
from docs.pages.addresses import with_address
from wan22dsl.about import REPOSITORY, rule_url
from wan22dsl.api.codes import all_messages

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent


def test_the_package_names_the_same_repository():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["urls"]["Repository"] == REPOSITORY


#: What says where something is, in files that people read or that are installed.
NAMED = re.compile(
    r"(?:https?://|git\+https://|uses: )[^\s\"')>]*/wan22dsl(?![\w/]*\.py)[^\s\"')>@]*"
)


def test_every_file_names_the_repository_by_its_one_address():
    files = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md",
             "pyproject.toml", "action.yml", ".pre-commit-hooks.yaml", "examples/README.md")]  # fmt: skip
    files += [*(ROOT / "docs").rglob("*.md"), *(ROOT / ".github").rglob("*.*")]
    files += (ROOT / "wan22dsl").rglob("*.py")
    found = {}
    for file in files:
        for named in NAMED.findall(file.read_text(encoding="utf-8")):
            found.setdefault(named.replace("uses: ", "https://github.com/"), []).append(file.name)
    found = {each.removeprefix("git+"): where for each, where in found.items()}
    assert found.pop(REPOSITORY)
    assert all(finding.startswith(f"{REPOSITORY}/") for finding in found), found


def test_in_code_only_one_line_has_the_address():
    named = [
        file.name
        for file in (ROOT / "wan22dsl").rglob("*.py")
        if REPOSITORY.removeprefix("https://") in file.read_text(encoding="utf-8")
    ]
    assert named == ["about.py"]


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("git+https://github.com/OWNER/wan22dsl", f"git+{REPOSITORY}"),
        ("https://github.com/a-b.c/wan22dsl/issues", f"{REPOSITORY}/issues"),
        ("uses: OWNER/wan22dsl@VERSION", f"uses: {REPOSITORY[19:]}@VERSION"),
        ("uses: actions/checkout@v4", "uses: actions/checkout@v4"),
        ("https://github.com/a/wan22dsl-more", "https://github.com/a/wan22dsl-more"),
        ("~/.cache/wan22dsl", "~/.cache/wan22dsl"),
    ],
)
def test_another_owner_is_written_into_every_address(written, named):
    assert with_address(written) == named


def test_the_address_of_every_rule_leads_to_its_page():
    start = f"{REPOSITORY}/blob/v{wan22dsl.__version__}/"
    for message in all_messages().values():
        url = rule_url(message.code, message.name, wan22dsl.__version__)
        assert url.startswith(start)
        assert (ROOT / url[len(start) :]).is_file(), url
