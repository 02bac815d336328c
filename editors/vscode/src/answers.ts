// What the commands of the server answer; docs/editors.md has the table.

export interface Position {
  line: number;
  character: number;
}

export interface Place {
  uri: string | null;
  range: { start: Position; end: Position };
}

export interface Finding {
  code: string;
  name: string;
  severity: string;
  message: string;
  help: string;
  place: Place | null;
}

/** Every answer: `problem` is a sentence for people, and empty if the command succeeded. */
export interface Answer {
  problem: string;
  findings: Finding[];
}

export interface Compiled extends Answer {
  text?: string;
  format?: string;
}

export interface Described extends Answer {
  markdown?: string;
  pipelines?: string[];
}

export interface Box {
  id: string;
  node: string;
  title: string;
  class: string;
  places: Place[];
}

export interface Graph extends Answer {
  pipeline?: string;
  svg?: string;
  boxes?: Box[];
  is_whole?: boolean;
}

export interface GraphAt extends Answer {
  pipeline?: string | null;
  nodes?: string[];
}

export interface Differences extends Answer {
  same?: boolean;
  lines?: string[];
}

export interface Imported extends Answer {
  text?: string;
  notes?: string[];
}

export interface Estimated extends Answer {
  card?: string | null;
  pipelines?: { pipeline: string; summary: string; passes: Record<string, string> }[];
}

export interface RunCommand extends Answer {
  argv?: string[];
  cwd?: string;
  is_saved?: boolean;
  card?: string | null;
}

/** What a code lens hands to a command: a document, and the pipeline, graph or bench above which it is. */
export interface Lens {
  uri?: string;
  pipeline?: string;
  record?: string;
}

/** What went wrong, for people: the problem, and the first errors behind it. */
export function problemOf(answer: Answer): string {
  const errors = answer.findings.filter((finding) => finding.severity === "error").slice(0, 3);
  return [answer.problem, ...errors.map((finding) => finding.message)].join("\n");
}
