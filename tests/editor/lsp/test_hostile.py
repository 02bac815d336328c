"""Clients and texts that nobody foresaw: each question is answered, and nothing is raised in the server.

An error of the protocol for params that are none (a negative line) is an answer; an internal error is not.
"""

from __future__ import annotations

import logging
import os
import random

import pytest
from pygls.exceptions import JsonRpcException

from tests.conftest import ROOT
from tests.editor.lsp.conftest import Failure
from wan22dsl.editor.lsp.places import uri_of

PORTRAIT = (ROOT / "examples" / "portrait.wan").read_text("utf-8")

#: What is asked of a place, with what it needs besides.
AT_PLACE = {
    "textDocument/hover": {},
    "textDocument/completion": {},
    "textDocument/signatureHelp": {},
    "textDocument/definition": {},
    "textDocument/declaration": {},
    "textDocument/typeDefinition": {},
    "textDocument/implementation": {},
    "textDocument/references": {"context": {"includeDeclaration": True}},
    "textDocument/documentHighlight": {},
    "textDocument/prepareRename": {},
    "textDocument/rename": {"newName": "other"},
    "textDocument/prepareCallHierarchy": {},
    "textDocument/linkedEditingRange": {},
    "textDocument/onTypeFormatting": {
        "ch": "}",
        "options": {"tabSize": 4, "insertSpaces": True},
    },
}
IN_RANGE = {
    "textDocument/codeAction": {"context": {"diagnostics": []}},
    "textDocument/inlayHint": {},
    "textDocument/rangeFormatting": {"options": {"tabSize": 4, "insertSpaces": True}},
    "textDocument/semanticTokens/range": {},
}
OF_DOCUMENT = {
    "textDocument/documentSymbol": {},
    "textDocument/foldingRange": {},
    "textDocument/semanticTokens/full": {},
    "textDocument/semanticTokens/full/delta": {"previousResultId": "none"},
    "textDocument/documentLink": {},
    "textDocument/codeLens": {},
    "textDocument/formatting": {"options": {"tabSize": 4, "insertSpaces": True}},
    "textDocument/diagnostic": {},
}
#: What is told of each by the server when it begins.
_PROVIDERS = {
    "textDocument/completion": "completionProvider",
    "textDocument/prepareRename": "renameProvider",
    "textDocument/prepareCallHierarchy": "callHierarchyProvider",
    "textDocument/onTypeFormatting": "documentOnTypeFormattingProvider",
    "textDocument/rangeFormatting": "documentRangeFormattingProvider",
    "textDocument/formatting": "documentFormattingProvider",
    "textDocument/semanticTokens/range": "semanticTokensProvider",
    "textDocument/semanticTokens/full": "semanticTokensProvider",
    "textDocument/semanticTokens/full/delta": "semanticTokensProvider",
}


def place(line, character):
    return {"line": line, "character": character}


def offers(editor, method):
    """Whether the server says that it answers a question."""
    name = method.rpartition("/")[2]
    provider = editor.capabilities.get(_PROVIDERS.get(method, f"{name}Provider"))
    if method == "textDocument/semanticTokens/range":
        return bool(provider and provider.get("range"))
    if method.endswith("/delta"):
        full = provider and provider.get("full")
        return isinstance(full, dict) and bool(full.get("delta"))
    return provider is not None and provider is not False


def questions(editor, uri, first, last):
    """All that can be asked about a place of a document, or about a stretch of it."""
    document = {"textDocument": {"uri": uri}}
    for method, more in AT_PLACE.items():
        yield method, {**document, "position": first, **more}
    yield "textDocument/selectionRange", {**document, "positions": [first, last]}
    for method, more in IN_RANGE.items():
        yield method, {**document, "range": {"start": first, "end": last}, **more}
    for method, more in OF_DOCUMENT.items():
        yield method, {**document, **more}


def ask(editor, method, params, *, bad=False):
    """The answer; that params are none is one where they are `bad`, and that a name is refused is one."""
    if not offers(editor, method):
        return None
    try:
        return editor.request(method, params)
    except JsonRpcException:  # what is no question at all is not taken from the wire
        assert bad, (method, params)
        return None
    except Failure as failure:
        code = failure.error["code"]
        refused = method.lower().endswith("rename") and code in (-32602, -32803)
        assert (bad and code == -32602) or refused, (method, params, failure.error)
        return None


def ask_all(editor, uri, first, last, *, bad=False):
    for method, params in questions(editor, uri, first, last):
        ask(editor, method, params, bad=bad)


@pytest.fixture(autouse=True)
def nothing_raised(caplog):
    """No handler of a notification raised either; what a request came to is looked at in `ask`."""
    with caplog.at_level(logging.ERROR):
        yield
    told = [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]
    assert not [each for each in told if not each.startswith("Exception occurred for message")]


def alive(editor):
    uri = editor.open("alive.wan", "wan 1;\n")
    assert editor.codes(uri) == ["WAN112"]
    editor.shut(uri)


# --- places ---

PLACES = [(0, 0), (3, 10**6), (10**6, 0), (2**31 - 1, 2**31 - 1), (11, 0)]


def test_places_beyond_the_text_and_ranges_that_run_backwards(editor):
    uri = editor.open("portrait.wan", PORTRAIT)
    for first in PLACES:
        for last in PLACES:
            ask_all(editor, uri, place(*first), place(*last))


@pytest.mark.filterwarnings("ignore")
def test_places_that_are_none(editor, caplog):
    uri = editor.open("portrait.wan", PORTRAIT)
    for first in [(-1, 0), (0, -1), (2**31, 0), (0, 2**70)]:
        ask_all(editor, uri, place(*first), place(0, 0), bad=True)
    caplog.clear()
    alive(editor)


# --- documents ---

URIS = [
    "untitled:Untitled-1",
    "vscode-notebook-cell:/home/a/b.ipynb#W0sZmlsZQ%3D%3D",
    "git:/a/b.wan?%7B%22ref%22%3A%22~%22%7D",
    "file:///c%3A/Users/name/clip.wan",
    "file:///C:/Users/name/clip.wan",
    "file://server/share/clip.wan",
    "file:///tmp/%00.wan",
    "file:///%ff%fe.wan",
    "file:///a/../../../../etc/passwd.wan",
    "file:///" + "a" * 5000 + ".wan",
    "file:///" + "a/" * 3000 + "b.wan",
    "file://",
    "file:",
    "",
    ":",
    "not a uri",
    "http://localhost/a.wan",
    "file:///dev/null",
    "file:///proc/self/mem",
    "wan-library:wan22.wan",
    "untitled:\ud800.wan",
]


@pytest.mark.parametrize("uri", URIS, ids=range(len(URIS)))
def test_any_uri_may_be_asked_about_opened_and_closed(editor, uri):
    ask_all(editor, uri, place(0, 0), place(1, 3))
    document = {"uri": uri, "languageId": "wan", "version": 1, "text": PORTRAIT}
    editor.notify("textDocument/didOpen", {"textDocument": document})
    ask_all(editor, uri, place(15, 20), place(16, 3))
    editor.notify(
        "textDocument/didChange",
        {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": "wan 1\n"}]},
    )
    editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    editor.shut(uri)
    ask_all(editor, uri, place(0, 0), place(1, 3))
    alive(editor)


def test_what_is_closed_or_was_never_open_may_be_changed_and_closed(editor):
    uri = editor.uri("never.wan")
    changed = {"textDocument": {"uri": uri, "version": 7}, "contentChanges": [{"text": "wan 1\n"}]}
    editor.notify("textDocument/didChange", changed)
    editor.shut(uri)
    editor.shut(uri)
    editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    alive(editor)


def test_a_document_that_is_opened_twice_has_the_second_text(editor):
    uri = editor.open("a.wan", "wan 1;\n")
    editor.open("a.wan", "wan 1\nlet a = True\n")
    assert editor.codes(uri)[0] == "WAN117"


def test_a_percent_encoded_name_is_the_file(editor):
    editor.save("a b é#1.wan", PORTRAIT)
    for uri in (editor.uri("a b é#1.wan"), editor.uri("").rstrip("/") + "/a%20b%20%C3%A9%231.wan"):
        assert (
            ask(editor, "textDocument/documentSymbol", {"textDocument": {"uri": uri}}) is not None
        )
    uri = editor.open("a b é#1.wan", "wan 1;\n")
    assert editor.codes(uri) == ["WAN112"]


def test_changes_that_fit_nowhere(editor):
    uri = editor.open("a.wan", "wan 1\n")
    for start, end in [((5, 5), (9, 9)), ((1, 0), (0, 0)), ((0, 99), (0, 1))]:
        change = {"range": {"start": place(*start), "end": place(*end)}, "text": "#\r\n\r"}
        editor.change(uri, change)
        ask_all(editor, uri, place(0, 1), place(1, 1))
    alive(editor)


# --- texts ---

TEXTS = {
    "empty": "",
    "mark": "\ufeff",
    "line separators": "wan 1\u2028let a = 1\u2029\x0b\x0clet b = 2\x85\nlet c = a\n",
    "lone returns": "wan 1\rlet a = 5s\r\rlet b = a\r",
    "mixed returns": "wan 1\r\nlet a = 5s\rlet b = a\n\r\n",
    "nul": "wan 1\nlet a = \x00 5s\x00\npass \x00 {\n}\n",
    "surrogates": 'wan 1\nlet a = "\ud83d"\nlet \udc00 = "\ude00\ud83d"\n',
    "beyond the first plane": 'wan 1\nlet a = "😀😀" # 😀\npipeline p { prompt = "😀" size = }\n',
    "right to left": "wan 1\nlet \u202e = 1 # \u202e\u2066\n",
    "one long line": "wan 1\nlet a = " + "1 + " * 1_500 + "1\n",
    "long string": 'wan 1\nlet a = "' + "x" * 200_000 + '"\n',
    "long word": "wan 1\nlet " + "x" * 20_000 + " = 1\n",
    "deep brackets": "wan 1\nlet a = " + "(" * 2_500 + "\n",
    "deep lists": "wan 1\nlet a = " + "[" * 2_000 + "]" * 2_000 + "\n",
    "deep braces": "wan 1\n" + "pipeline a { " * 300,
    "many lines": "wan 1\n" + "\n" * 5_000,
    "many comments": "# wan: allow(x)\n" * 300,
    "open string": 'wan 1\nlet a = """\n' + "b\n" * 50,
    "backticks": "wan 1\ngraph g { a = `\n` }\n",
    "json": '{"1": {"class_type": "KSampler", "inputs": {"seed": [["2"]]}}}',
    "deep json": '{"a":' * 3_000 + "1" + "}" * 3_000,
    "broken json": '{"1": {"class_type": "KSampler", "inp',
    "nan": '{"1": {"class_type": "KSampler", "inputs": {"cfg": NaN, "seed": 1e999}}}',
}


#: Each text as a file of the language; as the others only what these read in another way.
NAMED = [
    *((name, "wan") for name in TEXTS),
    *((name, "json") for name in ("empty", "nul", "json", "deep json", "broken json", "nan")),
    *((name, "toml") for name in ("empty", "nul", "surrogates", "deep lists")),
]


@pytest.mark.parametrize(("name", "ending"), NAMED, ids="-".join)
def test_any_text_is_answered(editor, name, ending):
    text = TEXTS[name]
    uri = editor.open(f"wan.{ending}", text)
    lines = text.count("\n")
    for line, character in [(0, 0), (1, 15), (lines, 0)]:
        ask_all(editor, uri, place(line, character), place(line + 1, 2))
    editor.type(uri, text[:1], text[:1] + "x")
    ask_all(editor, uri, place(0, 1), place(lines, 1))
    alive(editor)


def test_a_long_line_is_answered_at_its_end(editor):
    text = "wan 1\nlet a = " + "😀" * 60_000 + "\n"
    uri = editor.open("a.wan", text)
    ask_all(editor, uri, place(1, 100_000), place(1, 120_020))


# --- the disk ---


def test_files_that_cannot_be_read_are_answered(editor):
    (editor.folder / "broken.wan").write_bytes(b"wan 1\nlet a = \xff\xfe\n")
    (editor.folder / "folder.wan").mkdir()
    (editor.folder / "circle.wan").symlink_to("circle.wan")
    (editor.folder / "nowhere.wan").symlink_to("gone")
    os.mkfifo(editor.folder / "pipe.wan")
    names = ["broken", "folder", "circle", "nowhere", "pipe", "missing"]
    uses = "".join(f'use "{name}.wan" as {name}\n' for name in names)
    uri = editor.open("a.wan", f"wan 1\n{uses}let a = broken.a\n")
    for line in range(9):
        ask_all(editor, uri, place(line, 9), place(line + 1, 2))
    for name in names:
        ask_all(editor, editor.uri(f"{name}.wan"), place(0, 0), place(1, 0))
        shut = editor.open(f"{name}.wan", "wan 1;\n")
        ask_all(editor, shut, place(0, 0), place(1, 0))
        editor.shut(shut)
    alive(editor)


def test_a_configuration_that_cannot_be_read_is_answered(editor):
    for data in (b"\xff", b"ignore = 1", b"[[", b'target = "//server/share"', b'nodes = ["**"]'):
        (editor.folder / "wan.toml").write_bytes(data)
        editor.notify(
            "workspace/didChangeWatchedFiles",
            {"changes": [{"uri": editor.uri("wan.toml"), "type": 2}]},
        )
        uri = editor.open("a.wan", PORTRAIT)
        ask_all(editor, uri, place(15, 20), place(16, 2))


# --- the session ---


def test_commands_with_arguments_of_any_kind(editor):
    uri = editor.open("a.wan", PORTRAIT)
    commands = (editor.capabilities.get("executeCommandProvider") or {}).get("commands", [])
    junk = [None, 1, "x", uri, "file:///nowhere.wan", [], {}, {"uri": uri}, {"uri": 5}, [[]], True]
    for command in commands:
        for arguments in [None, [], *([each] for each in junk), [uri, None], [uri, {}], junk]:
            call = {"command": command, "arguments": arguments}
            try:
                editor.request("workspace/executeCommand", call)
            except Failure as failure:
                assert failure.error["code"] == -32602, (call, failure.error)
    alive(editor)


def test_what_is_resolved_may_be_anything(editor):
    zero = {"start": place(0, 0), "end": place(0, 0)}
    junk = [None, {}, [], 5, "x", {"uri": 5}, {"uri": "file:///nowhere.wan", "do": "fix-all"}]
    for data in junk:
        for method, item in {
            "codeAction/resolve": {"title": "x", "data": data},
            "completionItem/resolve": {"label": "x", "data": data},
            "codeLens/resolve": {"range": zero, "data": data},
            "inlayHint/resolve": {"position": place(0, 0), "label": "x", "data": data},
            "documentLink/resolve": {"range": zero, "data": data},
        }.items():
            provider = editor.capabilities.get(method.split("/")[0] + "Provider")
            if isinstance(provider, dict) and provider.get("resolveProvider"):
                editor.request(method, item)
    alive(editor)


def test_queries_of_the_workspace(editor):
    editor.save("a.wan", PORTRAIT)
    for query in ("", "high", "\x00", "x" * 10_000, "(", "\ud800", "é"):
        if editor.capabilities.get("workspaceSymbolProvider"):
            editor.request("workspace/symbol", {"query": query})
    alive(editor)


EXAMPLES = sorted((ROOT / "examples").rglob("*.wan"))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_places_of_the_examples(editor, file):
    """Some places of each example, others in each; with WAN_EVERY_PLACE every one."""
    text = file.read_text("utf-8")
    uri = editor.open(str(uri_of(file)), text)
    chance = random.Random(file.name)
    every = bool(os.environ.get("WAN_EVERY_PLACE"))
    offsets = range(len(text) + 1) if every else chance.sample(range(len(text)), 2)
    for offset in offsets:
        end = min(offset + chance.randrange(80), len(text))
        ask_all(editor, uri, editor.place(uri, offset), editor.place(uri, end))
