"""Where the project is published, and the addresses of its pages."""

from __future__ import annotations

import sys
from pathlib import Path

import wan22dsl
from wan22dsl.about import REPOSITORY, rule_url
from wan22dsl.cli.codes import all_messages

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent


def test_the_package_names_the_same_repository():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["urls"]["Repository"] == REPOSITORY


def test_the_address_of_every_rule_leads_to_its_page():
    start = f"{REPOSITORY}/blob/v{wan22dsl.__version__}/"
    for message in all_messages().values():
        url = rule_url(message.code, message.name, wan22dsl.__version__)
        assert url.startswith(start)
        assert (ROOT / url[len(start) :]).is_file(), url
