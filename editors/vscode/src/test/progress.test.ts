import assert from "node:assert/strict";
import { test } from "node:test";
import { exited, isOver, Lines, receive, type Run, started } from "../progress";

function told(...events: object[]): Run {
  const run = started("portrait", true, "RTX 4090");
  events.forEach((event) => receive(run, JSON.stringify(event)));
  return run;
}

test("a sampler has its steps and its seconds", () => {
  const run = told(
    { at_s: 0, event: "started" },
    { at_s: 1, event: "node_started", node: "high.sampler", late: false },
    { at_s: 9, event: "step", node: "high.sampler", value: 1, maximum: 2 },
    { at_s: 17, event: "step", node: "high.sampler", value: 2, maximum: 2 },
    { at_s: 17, event: "node_finished", node: "high.sampler", late: false },
    { at_s: 20, event: "node_started", node: "rife", late: false },
  );
  const [first] = run.rows;
  assert.deepEqual(first, {
    node: "high.sampler",
    value: 2,
    maximum: 2,
    seconds: 16,
    state: "finished",
    steps: true,
  });
  assert.equal(run.seconds, 20);
  assert.equal(isOver(run), false);
});

test("an error names the node, and what the program wrote", () => {
  const fault = { node: "low.sampler", message: "out of memory" };
  const run = told({ at_s: 3, event: "ended", how: "error", fault });
  exited(run, 1, "help: a smaller size\n");
  assert.equal(run.state, "error");
  assert.equal(run.problem, "low.sampler: out of memory\nhelp: a smaller size");
});

test("a retry after an error goes on, and success is not undone by the exit code", () => {
  const run = told(
    { at_s: 3, event: "node_started", node: "low.sampler" },
    { at_s: 4, event: "retry", name: "staged", why: "memory ran out" },
    { at_s: 9, event: "ended", how: "success" },
  );
  exited(run, 0, "");
  assert.equal(run.state, "success");
  assert.deepEqual(run.notes, ["staged: memory ran out"]);
  assert.deepEqual(run.rows, []);
});

test("a program that ends before any event has failed, with its words", () => {
  const run = told();
  exited(run, 2, "no such pipeline");
  assert.equal(run.problem, "no such pipeline");
  assert.equal(run.state, "error");
});

test("what is no event changes nothing", () => {
  const run = told();
  for (const line of ["", "{", "null", "[1]", '"a"', '{"event": 3}', '{"event": "step", "node": 4, "value": "x"}']) {
    receive(run, line);
  }
  assert.equal(run.state, "starting");
});

test("lines come whole however the pieces are cut", () => {
  const found: string[] = [];
  const lines = new Lines((line) => found.push(line));
  ["ab", "c\nd", "\n\n", "e"].forEach((piece) => lines.add(piece));
  lines.end();
  assert.deepEqual(found, ["abc", "d", "", "e"]);
});
