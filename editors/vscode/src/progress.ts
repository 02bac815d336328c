// A run as its events tell it: `wan run --json` writes one a line. Nothing here needs VS Code.

export interface Row {
  node: string;
  value: number;
  maximum: number;
  /** Seconds since it began; of the card, where the server is simulated. */
  seconds: number;
  state: "running" | "finished" | "cached";
  /** Whether it reports steps, as a sampler does. */
  steps: boolean;
}

export interface Run {
  title: string;
  simulated: boolean;
  card: string;
  state: "starting" | "queued" | "running" | "success" | "error" | "interrupted";
  /** Seconds since the first event. */
  seconds: number;
  rows: Row[];
  ahead: number;
  memory: { used: number; total: number } | null;
  outputs: string[];
  notes: string[];
  problem: string;
}

export function started(title: string, simulated: boolean, card: string): Run {
  return {
    title,
    simulated,
    card,
    state: "starting",
    seconds: 0,
    rows: [],
    ahead: 0,
    memory: null,
    outputs: [],
    notes: [],
    problem: "",
  };
}

type Event = Record<string, unknown>;

/** Takes one line of output. What is not an event is passed over. */
export function receive(run: Run, line: string): void {
  let event: Event;
  try {
    const read: unknown = JSON.parse(line);
    if (typeof read !== "object" || read === null) {
      return;
    }
    event = read as Event;
  } catch {
    return;
  }
  const before = run.seconds;
  if (typeof event.at_s === "number") {
    run.seconds = Math.max(run.seconds, event.at_s);
  }
  for (const row of run.rows) {
    if (row.state === "running") {
      row.seconds += run.seconds - before;
    }
  }
  take(run, event);
}

function take(run: Run, event: Event): void {
  switch (event.event) {
    case "queued":
      run.state = "queued";
      run.ahead = number(event.ahead);
      break;
    case "submitted":
    case "started":
      run.state = event.event === "started" ? "running" : run.state;
      break;
    case "cached":
      for (const node of texts(event.nodes)) {
        rowOf(run, node).state = "cached";
      }
      break;
    case "node_started":
      rowOf(run, text(event.node)).state = "running";
      break;
    case "node_finished":
      rowOf(run, text(event.node)).state = "finished";
      break;
    case "step": {
      const row = rowOf(run, text(event.node));
      row.value = number(event.value);
      row.maximum = number(event.maximum);
      row.steps = true;
      break;
    }
    case "health":
      run.memory =
        typeof event.used_bytes === "number" && typeof event.total_bytes === "number"
          ? { used: event.used_bytes, total: event.total_bytes }
          : run.memory;
      break;
    case "downloaded":
      run.outputs.push(text(event.path));
      break;
    case "retry":
      run.notes.push(`${text(event.name)}: ${text(event.why)}`);
      run.rows = [];
      run.state = "running";
      break;
    case "disconnected":
      run.notes.push(text(event.reason));
      break;
    case "ended":
      ended(run, event);
      break;
  }
}

function ended(run: Run, event: Event): void {
  run.state = event.how === "success" ? "success" : event.how === "interrupted" ? "interrupted" : "error";
  const fault = event.fault;
  if (typeof fault === "object" && fault !== null) {
    const { node, message } = fault as Event;
    run.problem = `${text(node)}: ${text(message)}`;
  }
}

/** What the end of the program adds: its exit code, and the last lines that it wrote for people. */
export function exited(run: Run, code: number | null, said: string): void {
  if (code !== 0 && run.state !== "interrupted" && run.state !== "error") {
    run.state = "error";
  }
  if (run.state === "error" && said.trim() !== "") {
    run.problem = run.problem === "" ? said.trim() : `${run.problem}\n${said.trim()}`;
  }
}

export function isOver(run: Run): boolean {
  return run.state === "success" || run.state === "error" || run.state === "interrupted";
}

function rowOf(run: Run, node: string): Row {
  let row = run.rows.find((each) => each.node === node);
  if (row === undefined) {
    row = { node, value: 0, maximum: 0, seconds: 0, state: "running", steps: false };
    run.rows.push(row);
  }
  return row;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

/** Lines from pieces of output that end anywhere. */
export class Lines {
  private rest = "";

  constructor(private readonly each: (line: string) => void) {}

  add(piece: string): void {
    const lines = (this.rest + piece).split("\n");
    this.rest = lines.pop() ?? "";
    lines.forEach((line) => this.each(line));
  }

  end(): void {
    if (this.rest !== "") {
      this.each(this.rest);
      this.rest = "";
    }
  }
}
