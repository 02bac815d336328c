// The grammar as VS Code reads it: its own engine, over the examples.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import * as oniguruma from "vscode-oniguruma";
import * as textmate from "vscode-textmate";

const ROOT = path.resolve(__dirname, "..");
const EXAMPLES = path.resolve(ROOT, "../../examples");

async function grammar(): Promise<textmate.IGrammar> {
  const wasm = readFileSync(path.join(ROOT, "node_modules/vscode-oniguruma/release/onig.wasm"));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const onigLib = Promise.resolve({
    createOnigScanner: (patterns: string[]) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text: string) => new oniguruma.OnigString(text),
  });
  const file = path.join(ROOT, "syntaxes/wan.tmLanguage.json");
  const loadGrammar = async () => textmate.parseRawGrammar(readFileSync(file, "utf8"), file);
  const found = await new textmate.Registry({ onigLib, loadGrammar }).loadGrammar("source.wan");
  assert.ok(found);
  return found;
}

const loaded = grammar();

/** Every stretch of a text with the innermost name that the grammar gives it. */
async function stretches(text: string): Promise<[string, string][]> {
  const found = await loaded;
  let state: textmate.StateStack = textmate.INITIAL;
  return text.split("\n").flatMap((line) => {
    const read = found.tokenizeLine(line, state);
    state = read.ruleStack;
    return read.tokens.map(
      (token): [string, string] => [line.slice(token.startIndex, token.endIndex), token.scopes.at(-1) ?? ""],
    );
  });
}

async function scope(text: string, word: string): Promise<string | undefined> {
  return (await stretches(text)).find(([stretch]) => stretch === word)?.[1];
}

test("every word of the examples has a colour", async () => {
  for (const name of readdirSync(EXAMPLES).filter((each) => each.endsWith(".wan"))) {
    const found = await stretches(readFileSync(path.join(EXAMPLES, name), "utf8"));
    const bare = found.filter(([stretch, kind]) => stretch.trim() !== "" && kind === "source.wan");
    assert.deepEqual(bare, [], name);
  }
});

test("words are what they are in the language", async () => {
  const expected: [string, string, string][] = [
    ["pass high {", "high", "entity.name.type.wan"],
    ["    pass = 2", "pass", "variable.other.property.wan"],
    ["param cfg: float = 1.0 in 0.0..9.0", "float", "support.type.wan"],
    ["stage edges(in frames: IMAGE) {", "IMAGE", "support.type.socket.wan"],
    ["    whole = 0s..patience", "patience", "variable.other.readwrite.wan"],
    ["    sampler = euler/simple", "euler/simple", "variable.other.enummember.sampler.wan"],
    ['let a = "b {c.d}"', "{c.d}", "variable.other.interpolated.wan"],
    ["a -> `RIFE VFI`(frames = _)", "`RIFE VFI`", "support.class.node.wan"],
  ];
  for (const [text, word, kind] of expected) {
    assert.equal(await scope(text, word), kind, text);
  }
});

test("a string that is not closed ends with its line, one in three quotes does not", async () => {
  assert.equal(await scope('let a = "b\nlet c = 1', "c"), "entity.name.type.wan");
  assert.equal(await scope('let a = """\nlet c = 1\n"""', "let c = 1"), "string.quoted.triple.wan");
});
