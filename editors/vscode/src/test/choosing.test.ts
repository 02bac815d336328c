import assert from "node:assert/strict";
import { test } from "node:test";
import { candidates, shellLine, type Surroundings } from "../choosing";

function around(files: string[], changed: Partial<Surroundings> = {}): Surroundings {
  return {
    setting: "",
    trusted: true,
    python: undefined,
    searched: "/usr/bin:/home/zoe/.local/bin",
    platform: "linux",
    home: "/home/zoe",
    folders: ["/home/me/shots"],
    isFile: (file) => files.includes(file),
    ...changed,
  };
}

test("a setting is the only candidate, with its folder put in", () => {
  const found = candidates(around(["/usr/bin/wan"], { setting: "${workspaceFolder}/.venv/bin/wan" }));
  assert.deepEqual(found, [{ command: "/home/me/shots/.venv/bin/wan", from: "setting" }]);
  assert.equal(candidates(around([], { setting: "~/wan" }))[0]?.command, "/home/zoe/wan");
});

test("the selected Python environment comes before PATH", () => {
  const files = ["/home/me/shots/.venv/bin/wan", "/usr/bin/wan"];
  const found = candidates(around(files, { python: "/home/me/shots/.venv/bin/python" }));
  assert.deepEqual(
    found.map((each) => each.from),
    ["python", "PATH"],
  );
});

test("an environment without wan is passed over", () => {
  const found = candidates(around(["/usr/bin/wan"], { python: "/home/me/shots/.venv/bin/python" }));
  assert.deepEqual(found, [{ command: "/usr/bin/wan", from: "PATH" }]);
});

test("nothing of a workspace that is not trusted is started", () => {
  const files = ["/home/me/shots/.venv/bin/wan", "/home/me/shots/wan", "/usr/bin/wan"];
  const found = candidates(
    around(files, {
      trusted: false,
      python: "/home/me/shots/.venv/bin/python",
      searched: ".:/home/me/shots/.venv/bin:/home/me/shots:/usr/bin",
    }),
  );
  assert.deepEqual(found, [{ command: "/usr/bin/wan", from: "PATH" }]);
});

test("a relative folder on PATH is never searched", () => {
  assert.deepEqual(candidates(around(["bin/wan", "wan"], { searched: ".:bin:" })), []);
});

test("on Windows it is wan.exe, in Scripts for the interpreter of the system", () => {
  const found = candidates(
    around(["C:\\Python\\Scripts\\wan.exe"], { platform: "win32", python: "C:\\Python\\python.exe", searched: "" }),
  );
  assert.deepEqual(found, [{ command: "C:\\Python\\Scripts\\wan.exe", from: "python" }]);
});

test("words reach the shell as they are", () => {
  assert.equal(shellLine(["/a b/python", "-m", "it's"], "linux"), "'/a b/python' -m 'it'\\''s'");
  assert.equal(shellLine(["C:\\a b\\python.exe", "it's"], "win32"), "& 'C:\\a b\\python.exe' 'it''s'");
});
