"""VS Code in a browser without a window: code-server with the extension, driven by Chromium.

    WAN_CODE_SERVER=…/node_modules/code-server python -m tests.editor.clients.code_server PNG

writes the picture of the README, docs/images/editor.png. It needs `make vscode` (the extension, and
puppeteer-core), Chromium, and Node for code-server, which is 4.100.3 from npm.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.markdown import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VSIX = ROOT / "build" / "wan22dsl.vsix"
DRIVER = Path(__file__).with_name("vscode.mjs")
PATIENCE_S = 900
STARTS_S = 120

SETTINGS = {
    "wan.languageServer.path": str(Path(sys.executable).parent / "wan"),
    "workbench.startupEditor": "none",
    "telemetry.telemetryLevel": "off",
    "extensions.autoCheckUpdates": False,
    "update.mode": "none",
    "security.workspace.trust.enabled": False,
    "git.enabled": False,
    "window.commandCenter": False,
    "editor.minimap.enabled": False,
    "editor.renderLineHighlight": "none",
    "files.autoSave": "off",
}


def driven(
    folder: Path, files: Mapping[str, str], *mode: str, settings: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What the steps of the driver saw in a workspace with these files; pictures are in `folder / "out"`."""
    project, out = folder / "project", folder / "out"
    project.mkdir()
    out.mkdir()
    for name, text in files.items():
        (project / name).write_text(text, encoding="utf-8")
    environment = {
        **os.environ,
        "WAN_PUPPETEER": str(ROOT / "editors" / "vscode" / "node_modules"),
        "WAN_CHROMIUM": os.environ.get("WAN_CHROMIUM") or shutil.which("chromium") or "chromium",
    }
    with _served(folder, {**SETTINGS, **(settings or {})}) as address:
        subprocess.run(
            [_node(), str(DRIVER), address, str(project), str(out), *mode],
            env=environment,
            timeout=PATIENCE_S,
            check=True,
        )
    found: dict[str, Any] = json.loads((out / "seen.json").read_text(encoding="utf-8"))
    assert "problem" not in found, found["problem"]
    return found


@contextlib.contextmanager
def _served(folder: Path, settings: Mapping[str, Any]) -> Iterator[str]:
    """A code-server with the extension, at its address, on this machine only."""
    data, extensions = folder / "data", folder / "extensions"
    (data / "User").mkdir(parents=True)
    (data / "User" / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    entry = Path(os.environ["WAN_CODE_SERVER"]) / "out" / "node" / "entry.js"
    base = [_node(), str(entry), "--user-data-dir", str(data), "--extensions-dir", str(extensions)]
    installed = subprocess.run(
        [*base, "--install-extension", str(VSIX)], capture_output=True, text=True, check=False
    )
    assert installed.returncode == 0, installed.stderr
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = ["--auth", "none", "--disable-telemetry", "--disable-update-check"]
    config = folder / "config.yaml"
    config.write_text("cert: false\n", encoding="utf-8")
    address = f"http://127.0.0.1:{port}"
    where = ["--config", str(config), "--bind-addr", f"127.0.0.1:{port}"]
    with (folder / "code-server.log").open("wb") as log:
        server = subprocess.Popen([*base, *quiet, *where], stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait(address, server)
            yield address
        finally:
            server.terminate()
            server.wait(30)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + STARTS_S
    while time.monotonic() < end:
        assert server.poll() is None, "code-server ended"
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/healthz"):
            return
        time.sleep(0.2)
    raise AssertionError("code-server does not answer")


def _node() -> str:
    return os.environ.get("WAN_NODE") or shutil.which("node") or "node"


def portrait() -> dict[str, str]:
    """The workspace of the story."""
    text = (ROOT / "examples" / "portrait.wan").read_text(encoding="utf-8")
    return {"portrait.wan": text, "wan.toml": 'card = "RTX 4090"\n'}


def main(target: Path) -> None:
    """Writes the picture."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        dark = {
            "workbench.colorTheme": "Default Dark Modern",
            "workbench.activityBar.location": "hidden",
            "workbench.sideBar.location": "right",
            "workbench.statusBar.visible": True,
        }
        driven(folder, portrait(), "picture", settings=dark)
        shutil.copyfile(folder / "out" / "picture.png", target)
    print(f"wrote {target}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
