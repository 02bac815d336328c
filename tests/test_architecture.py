"""Which package may import which, read from the imports; `docs/architecture.md` says why."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = ROOT / "wan22dsl"

#: What every package may import.
GROUND = {
    *("about", "lazy", "tuples", "digest", "escapes", "errors", "disk", "source", "diagnostics"),
}
COMFYUI = {
    *("comfyui", "comfyui.catalogue", "comfyui.nodes", "comfyui.starting", "comfyui.log"),
}
GRAPH = {"graph", "graph.passes", "graph.cost"}
LANGUAGE = {"language", "language.syntax", "language.program"}

#: Package → the packages that it may import.
MAY_IMPORT: dict[str, set[str]] = {
    "about": set(),
    "lazy": set(),
    "tuples": set(),
    "digest": set(),
    "escapes": set(),
    "errors": {"escapes"},
    "disk": {"errors"},
    "source": {"tuples", "errors", "disk"},
    "diagnostics": {"tuples", "escapes", "source"},
    "shapes": set(),
    "resources": set(),
    "user_folders": set(),
    "user_config": {"disk", "errors", "user_folders"},
    "network": {"tuples", "disk", "errors", "user_config"},
    "language": GROUND,
    "language.syntax": GROUND,
    "language.program": {"language", "language.syntax", *GROUND},
    "comfyui": GROUND,
    "comfyui.catalogue": {"comfyui", "network", *GROUND},
    "comfyui.nodes": {"comfyui", "comfyui.catalogue", *GROUND},
    "comfyui.starting": {"comfyui", *GROUND},
    "comfyui.log": {"comfyui", *GROUND},
    "model_files": {"network", "user_folders", *COMFYUI, *GROUND},
    "machine": {"network", "user_folders", "resources", "model_files", *COMFYUI, *GROUND},
    "quality": {"shapes", *GROUND},
    "graph": {"language", *COMFYUI, *GROUND},
    "graph.passes": {"graph", *COMFYUI, *GROUND},
    "graph.cost": {"graph", "graph.passes", *COMFYUI, *GROUND},
    "graph.analysis": {*GRAPH, *COMFYUI, *GROUND},
    "graph.build": {*GRAPH, *COMFYUI, *LANGUAGE, *GROUND},
    "lint": set(),
    "lint.rules": {"model_files", *GRAPH, *COMFYUI, *GROUND},
    "lint.fixing": GROUND,
    "lint.policy": {"", "user_folders", *COMFYUI, *GROUND},
    "formats": {"language.syntax", "graph.analysis", *GRAPH, *COMFYUI, *GROUND},
    "importing": {"lint.rules", "formats", "graph.build", *GRAPH, *COMFYUI, *LANGUAGE, *GROUND},
    "comparing": {"importing", "formats", "graph.build", *GRAPH, *COMFYUI, *LANGUAGE, *GROUND},
    "keeping": {"importing", "formats", *GRAPH, *COMFYUI, *GROUND},
    "server": {*GRAPH, *COMFYUI, *GROUND},
    "launch": {
        "machine",
        "model_files",
        "network",
        "user_config",
        "user_folders",
        *COMFYUI,
        *GROUND,
    },
    "run": {
        "formats",
        "server",
        "machine",
        "quality",
        "network",
        "shapes",
        "user_folders",
        *GRAPH,
        *COMFYUI,
        *GROUND,
    },
    "bench": {"run", "machine", "quality", "shapes", *COMFYUI, *GROUND},
    "fleet": {
        "run",
        "machine",
        "lint.policy",
        "network",
        "shapes",
        "user_config",
        "user_folders",
        *GRAPH,
        *COMFYUI,
        *GROUND,
    },
    "report": {"", "api", "bench", "fleet", "run", "machine", "shapes", *GROUND},
    "report.results": {
        *("", "bench", "fleet", "graph.cost", "machine", "quality", "run", "shapes"),
        *GROUND,
    },
    "monitor": {"fleet", "report.results", "run", "shapes", *GROUND},
    "": {"api", "report", *GROUND},
    "__main__": {"cli"},
}
MAY_IMPORT["api"] = {*MAY_IMPORT} - {"__main__", "report"}
MAY_IMPORT["editor"] = {*MAY_IMPORT} - {"__main__", "report", "report.results", "monitor"}
MAY_IMPORT["editor.lsp"] = {"editor", "report", *MAY_IMPORT["editor"]}
MAY_IMPORT["cli"] = {*MAY_IMPORT} - {"__main__"}

#: Library → the only packages that may import it.
AT_HOME = {
    "lark": {"language.syntax"},
    "networkx": {"graph", "fleet"},
    "distributed": {"fleet"},
    "dask": {"fleet"},
    "tomlkit": {"editor", "fleet"},
    "pygls": {"editor.lsp"},
    "lsprotocol": {"editor.lsp"},
    "pygments": {"editor"},
    "typer": {"cli"},
    "rich": {"report", "cli"},
    "aiohttp": {"server", "monitor"},
    "jinja2": {"report.results", "monitor"},
    "prometheus_client": {"monitor"},
    "markupsafe": {"report.results"},
    "vl_convert": {"report.results"},
    "websocket": {"run"},
    "pynvml": {"run", "machine"},
    "av": {"comfyui.nodes", "formats", "quality", "report.results", "server"},
    "PIL": {"formats", "quality", "report.results", "server"},
    "cv2": {"quality"},
    "numpy": {"quality"},
    "yaml": {"comfyui.starting", "model_files"},
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
#: (`server/` uses aiohttp throughout, and is itself imported only when it is started.)
#: Shapes are pydantic's throughout: there it may be imported, and they nowhere else.
#: So it is with numpy and OpenCV in `quality/`, all but its entry.
MODELS = (
    *("wan22dsl.shapes", "wan22dsl.run.models", "wan22dsl.bench.models", "wan22dsl.fleet.models"),
    "wan22dsl.quality",
)
QUICK = {f"wan22dsl.quality.{name}" for name in ("measure", "expected", "libraries", "words")}
SLOW = {
    "lark",
    "networkx",
    "pydantic",
    "jsonschema",
    "rich",
    "websocket",
    "pynvml",
    "av",
    "PIL",
    "tomllib",
    "tomli",
    "tomlkit",
    "yaml",
    "jinja2",
    "markupsafe",
    "vl_convert",
    "numpy",
    "cv2",
}

#: Packages whose files still need each other for their types. This list only gets shorter.
CIRCLES_OF_TYPES = {"graph.build"}

#: A file longer than this holds more than one thing.
MOST_LINES = 600


class Import(NamedTuple):
    """An import: the module that is named, whether it runs when the file is imported, and the line.

    `for_types` tells that it never runs.
    """

    module: str
    at_start: bool
    line: int
    for_types: bool


@cache
def imports(file: Path) -> list[Import]:
    found: list[Import] = []
    _walk(ast.parse(file.read_text(encoding="utf-8")), True, False, found)
    return found


def _walk(node: ast.AST, at_start: bool, for_types: bool, found: list[Import]) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            names = [alias.name for alias in child.names]
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"line {child.lineno}: imports are absolute here"
            names = [_named(child, alias.name) for alias in child.names]
        else:
            only_types = for_types or _is_for_types(child)
            waits = only_types or isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef))
            _walk(child, at_start and not waits, only_types, found)
            continue
        found += [Import(name, at_start, child.lineno, for_types) for name in names]


def _is_for_types(node: ast.AST) -> bool:
    """Whether its body never runs."""
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def _named(node: ast.ImportFrom, name: str) -> str:
    """`from wan22dsl.api import compiler` imports the module `wan22dsl.api.compiler`, not a name of it."""
    module = node.module or ""
    inner = ROOT.joinpath(*module.split("."), name)
    if module.split(".")[0] == "wan22dsl" and (inner.is_dir() or inner.with_suffix(".py").exists()):
        module = f"{module}.{name}"
    return module


def package(module: str) -> str:
    """`wan22dsl.graph.build.flows` is in the package `graph.build`; `wan22dsl` itself is ``."""
    parts = module.split(".")[1:]
    names = (".".join(parts[:length]) for length in range(len(parts), -1, -1))
    return next(name for name in names if name in MAY_IMPORT)


def module_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES: dict[str, list[Path]] = {}
for _file in sorted(PACKAGE.rglob("*.py")):
    FILES.setdefault(package(module_of(_file)), []).append(_file)

of_each_package = pytest.mark.parametrize(
    "files", FILES.values(), ids=[key or "wan22dsl" for key in FILES]
)


def shown(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@of_each_package
def test_a_package_imports_only_what_comes_before_it(files):
    own = package(module_of(files[0]))
    wrong = [
        f"{shown(file)}:{found.line} imports {found.module}"
        for file in files
        for found in imports(file)
        if found.module.split(".")[0] == "wan22dsl"
        and package(found.module) not in {own, *MAY_IMPORT[own]}
    ]
    assert not wrong


def circles(files: list[Path], *, with_types: bool) -> list[list[str]]:
    """The files of a package that import each other, directly or by way of others."""
    import networkx

    modules = {module_of(file): file for file in files}
    graph = networkx.DiGraph(
        (module, found.module)
        for module, file in modules.items()
        for found in imports(file)
        if found.module in modules and found.module != module
        if with_types or not found.for_types
    )
    found = map(sorted, networkx.strongly_connected_components(graph))
    pairs = [sorted(edge) for edge in graph.edges if graph.has_edge(*edge[::-1])]
    return [*pairs, *(circle for circle in found if len(circle) > 1)]


@of_each_package
def test_no_file_is_imported_by_what_it_imports(files):
    assert not circles(files, with_types=False)


@of_each_package
def test_no_two_files_need_the_types_of_each_other(files):
    found = circles(files, with_types=True)
    if package(module_of(files[0])) in CIRCLES_OF_TYPES:
        assert found, "it has no circles any more: take it out of CIRCLES_OF_TYPES"
    else:
        assert not found


def drawn() -> dict[str, int]:
    """The packages in the picture of docs/architecture.md, each with its row from the top."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    picture = page.partition("## The packages\n")[2].split("```")[1]
    return {
        name.replace("/", "."): row
        for row, line in enumerate(picture.splitlines())
        for name in re.findall(r"(\S+)/(?=\s|$)", line)
    }


def test_the_picture_has_every_package_and_every_import_goes_down_in_it():
    rows = drawn()
    assert not set(rows) - set(FILES), "a package that is drawn but does not exist"
    left_out = {"", "__main__", "lint", "resources", "shapes", "user_config", "user_folders"}
    left_out |= GROUND
    assert set(FILES) - set(rows) == left_out
    goes = {
        (own, package(found.module))
        for own in rows
        for file in FILES[own]
        for found in imports(file)
        if found.module.split(".")[0] == "wan22dsl"
    }
    up = [
        f"{own} imports {other}"
        for own, other in sorted(goes)
        if other in rows and other != own and rows[other] <= rows[own]
    ]
    assert not up


def test_the_files_that_the_architecture_names_exist():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:\w+/)+(?:\w+\.\w+)?)`", page)
    assert named
    missing = [name for name in named if not any((at / name).exists() for at in (ROOT, PACKAGE))]
    assert not missing


def test_every_package_has_its_directions():
    assert set(FILES) == set(MAY_IMPORT)


@of_each_package
def test_a_library_is_imported_only_where_it_is_at_home(files):
    own = package(module_of(files[0]))
    wrong = [
        f"{shown(file)}:{found.line} imports {found.module}"
        for file in files
        for found in imports(file)
        if own not in AT_HOME.get(found.module.split(".")[0], {own})
    ]
    assert not wrong


def test_only_the_package_network_can_open_a_connection():
    wrong = [
        f"{shown(file)}:{found.line} imports {found.module}"
        for name, files in FILES.items()
        if name != "network"
        for file in files
        for found in imports(file)
        if found.module in CONNECTS and (shown(file), found.module) not in CLOSES_ONLY
    ]
    assert not wrong


@of_each_package
def test_what_is_slow_to_import_is_imported_where_it_is_used(files):
    wrong = [
        f"{shown(file)}:{found.line} imports {found.module}"
        for file in files
        if not module_of(file).startswith(MODELS) or module_of(file) in QUICK
        for found in imports(file)
        if found.at_start
        and (found.module.split(".")[0] in SLOW or found.module.startswith(MODELS))
        and found.module not in QUICK
    ]
    assert not wrong


@of_each_package
def test_a_file_holds_one_thing_and_says_which(files):
    texts = {shown(file): file.read_text(encoding="utf-8") for file in files}
    too_long = [name for name, text in texts.items() if len(text.splitlines()) > MOST_LINES]
    silent = [name for name, text in texts.items() if not ast.get_docstring(ast.parse(text))]
    assert not too_long
    assert not silent
