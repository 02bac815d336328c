"""A description with several cards: what is found on any of them, of a file that is built once."""

from __future__ import annotations

import json

import pytest

from wan22dsl.api import compiler
from wan22dsl.api.description import describe
from wan22dsl.graph import build
from wan22dsl.lint.rules.example import portrait
from wan22dsl.source import Source

CARDS = ("RTX 4090", "RTX 5090", "H100")
TOO_LARGE = portrait('wan22.high -> wan22.low -> save("demo")', length="161f")


@pytest.mark.parametrize("is_json", [False, True])
def test_it_has_what_is_found_on_any_card(is_json: bool) -> None:
    source = Source(TOO_LARGE, "large.wan")
    if is_json:
        prompt = compiler.compile(source).prompt
        source = Source(json.dumps(prompt, indent=1), "large.json")
    wanted = set()
    for card in CARDS:
        for finding in compiler.check(source, card=card).diagnostics:
            line = None if finding.span is None else finding.span.first[0]
            wanted.add((finding.code, finding.message, line))
    described = describe(source, cards=CARDS).description
    assert described is not None
    found = [(finding.code, finding.message, finding.line) for finding in described.findings]
    assert set(found) == wanted and len(found) == len(wanted)
    assert {"WAN851", "WAN852", "WAN854"} <= {code for code, _, _ in found}  # each of one card


def test_a_file_is_built_once_for_all_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    built = []
    build_all = build.build_all

    def counted(*given, **more):
        built.append(given)
        return build_all(*given, **more)

    monkeypatch.setattr(build, "build_all", counted)
    assert describe(Source(TOO_LARGE, "large.wan"), cards=CARDS).description is not None
    assert len(built) == 1
