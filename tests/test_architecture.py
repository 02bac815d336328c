"""Which room of the house may know which, read from the imports; `docs/architecture.md` says why."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "wan22dsl"
MODULES = sorted(PACKAGE.rglob("*.py"))

#: What every room may know, and what the command line and the compiler put together.
GROUND = {"about", "escapes", "errors", "disk", "source", "diagnostics"}
PHASES = {"syntax", "program", "catalogue", "graph", "rules", "formats"}

#: Room → the rooms that it may import.
MAY_KNOW = {
    "about": set(),
    "escapes": set(),
    "errors": {"escapes"},
    "disk": {"errors"},
    "source": {"errors", "disk"},
    "diagnostics": {"escapes", "source"},
    "resources": set(),
    "user_folders": set(),
    "network": {"disk", "errors", "user_folders"},
    "syntax": GROUND,
    "catalogue": {"network", *GROUND},
    "program": {"syntax", "catalogue", *GROUND},
    "graph": {"syntax", "program", "catalogue", *GROUND},
    "rules": {"graph", "catalogue", *GROUND},
    "formats": {"syntax", "graph", "catalogue", *GROUND},
    "importing": {*PHASES, *GROUND},
    "comparing": {*PHASES, "importing", *GROUND},
    "report": GROUND,
    "fixing": GROUND,
    "policy": {"catalogue", "user_folders", *GROUND},
    "compiler": {*PHASES, "importing", "comparing", *GROUND},
    "server": {"catalogue", "graph", *GROUND},
    "run": {"catalogue", "graph", "formats", "server", "network", "user_folders", *GROUND},
    "cli": {
        *PHASES,
        *GROUND,
        *("importing", "comparing", "run", "server", "report", "fixing", "policy"),
        *("compiler", "resources", "network", "user_folders", ""),
    },
    "": {"compiler", "report", *GROUND},
    "__main__": {"cli"},
}

#: Library → the only rooms that may import it.
AT_HOME = {
    "lark": {"syntax"},
    "networkx": {"graph"},
    "typer": {"cli"},
    "rich": {"report", "cli"},
    "aiohttp": {"server"},
    "websocket": {"run"},
    "pynvml": {"run"},
}

#: What could open a connection: only `network` does, so that its limits and its rules for tokens hold.
#: The simulated server listens through aiohttp; `stream.py` gets its socket from `network`.
CONNECTS = {
    *("socket", "ssl", "http.client", "urllib.request", "urllib3", "requests", "httpx"),
    *("ftplib", "smtplib", "telnetlib", "xmlrpc"),
}

#: `stream.py` takes a constant to end the socket that it was given.
CLOSES_ONLY = {("wan22dsl/run/stream.py", "socket")}

#: What takes longer to import than a file to compile; only where it is used, inside a function.
#: (`server/` stands on aiohttp as a whole, and is itself imported only when it is started.)
#: The shapes in `run/models/` stand on pydantic as a whole: there it may be imported, and they nowhere else.
MODELS = "wan22dsl.run.models"
SLOW = {
    "lark",
    "networkx",
    "pydantic",
    "jsonschema",
    "rich",
    "websocket",
    "pynvml",
    "tomllib",
    "tomli",
}

#: A file longer than this holds more than one thing.
MOST_LINES = 400


class Import(NamedTuple):
    """An import: the module that is named, whether it runs when the file is imported, and the line."""

    module: str
    at_start: bool
    line: int


def imports(file: Path) -> list[Import]:
    found: list[Import] = []
    _walk(ast.parse(file.read_text(encoding="utf-8")), True, found)
    return found


def _walk(node: ast.AST, at_start: bool, found: list[Import]) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            found += [Import(one.name, at_start, child.lineno) for one in child.names]
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"line {child.lineno}: imports are absolute here"
            found += [_named(child, one.name, at_start) for one in child.names]
        else:
            _walk(child, at_start and not _waits(child), found)


def _waits(node: ast.AST) -> bool:
    """Whether what stands in it is not run when the file is imported."""
    if isinstance(node, ast.If):
        return ast.unparse(node.test).endswith("TYPE_CHECKING")
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))


def _named(node: ast.ImportFrom, name: str, at_start: bool) -> Import:
    """`from wan22dsl import compiler` imports the module `wan22dsl.compiler`, not a name of it."""
    module = node.module or ""
    inner = PACKAGE / name
    if module == "wan22dsl" and (inner.is_dir() or inner.with_suffix(".py").exists()):
        module = f"{module}.{name}"
    return Import(module, at_start, node.lineno)


def room(module: str) -> str:
    """`wan22dsl.graph.build.flow` is in the room `graph`; the package itself is the room ``."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def room_of(file: Path) -> str:
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return "" if parts == ("__init__",) else parts[0]


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("file", MODULES, ids=name)
def test_a_room_knows_only_what_lies_before_it(file):
    allowed = {room_of(file), *MAY_KNOW[room_of(file)]}
    wrong = [
        f"{name(file)}:{one.line} imports {one.module}"
        for one in imports(file)
        if one.module.split(".")[0] == "wan22dsl" and room(one.module) not in allowed
    ]
    assert not wrong


@pytest.mark.parametrize("file", MODULES, ids=name)
def test_a_library_is_imported_only_where_it_is_at_home(file):
    wrong = [
        f"{name(file)}:{one.line} imports {one.module}"
        for one in imports(file)
        if room_of(file) not in AT_HOME.get(one.module.split(".")[0], {room_of(file)})
    ]
    assert not wrong


@pytest.mark.parametrize("file", MODULES, ids=name)
def test_only_the_package_network_can_open_a_connection(file):
    if room_of(file) == "network":
        return
    wrong = [
        f"{name(file)}:{found.line} imports {found.module}"
        for found in imports(file)
        if found.module in CONNECTS and (name(file), found.module) not in CLOSES_ONLY
    ]
    assert not wrong


@pytest.mark.parametrize("file", MODULES, ids=name)
def test_what_is_slow_to_import_is_imported_where_it_is_used(file):
    if file.parent == PACKAGE / "run" / "models":
        return
    wrong = [
        f"{name(file)}:{one.line} imports {one.module}"
        for one in imports(file)
        if one.at_start and (one.module.split(".")[0] in SLOW or one.module.startswith(MODELS))
    ]
    assert not wrong


@pytest.mark.parametrize("file", MODULES, ids=name)
def test_a_file_holds_one_thing(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("file", MODULES, ids=name)
def test_a_file_says_what_it_is(file):
    assert ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))


def test_every_room_is_known_here():
    assert {room_of(file) for file in MODULES} == set(MAY_KNOW)
