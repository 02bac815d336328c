// A run with its steps as they are made: the program `wan run` works, a panel shows its events.
import { type ChildProcess, spawn } from "node:child_process";
import * as path from "node:path";
import * as vscode from "vscode";
import { type Lens, problemOf, type RunCommand } from "./answers";
import { shellLine } from "./choosing";
import { type Server, trusted } from "./client";
import { page } from "./pages";
import { exited, isOver, Lines, receive, type Run, started } from "./progress";
import { at, saved } from "./places";

const STOP_MS = 5000;
const SAID_CHARACTERS = 4000;
const SHOWN_EVERY_MS = 50;

/** Runs the pipeline of a lens, or the one at the cursor. */
export async function run(context: vscode.ExtensionContext, server: Server, lens: Lens, simulate: boolean) {
  const command = await commandOf(server, lens, simulate, true);
  if (command?.argv !== undefined) {
    const title = lens.pipeline ?? path.basename(command.file.fsPath);
    RunPanel.show(context, title, command.argv, command.cwd ?? "", simulate, command.card ?? "");
  }
}

/** Runs a bench, which shows its own table, in a terminal. */
export async function bench(server: Server, lens: Lens, simulate: boolean) {
  const command = await commandOf(server, lens, simulate, false);
  const [program, ...words] = command?.argv ?? [];
  if (program !== undefined) {
    const env = { PYTHONSAFEPATH: "1" };
    const name = `wan bench ${lens.pipeline ?? ""}`.trim();
    const terminal = vscode.window.createTerminal({ name, cwd: command?.cwd, env });
    terminal.show();
    terminal.sendText(shellLine([program, ...words], process.platform));
  }
}

async function commandOf(server: Server, lens: Lens, simulate: boolean, json: boolean) {
  if (!simulate && !vscode.workspace.isTrusted) {
    void vscode.window.showWarningMessage("Nothing is run on a server from a workspace that you do not trust.");
    return undefined;
  }
  const place = at(lens);
  if (place === undefined || !(await saved(place.document))) {
    return undefined;
  }
  const settings = vscode.workspace.getConfiguration("wan", place.document);
  const address = trusted<string>(settings.inspect("server")) ?? "";
  const more = simulate
    ? ["--speed", settings.get<string>("simulationSpeed", "60")]
    : address === ""
      ? []
      : ["--server", address];
  const answer = await server.ask<RunCommand>("wan.runCommand", {
    uri: place.document.uri.toString(),
    pipeline: lens.pipeline,
    simulate,
    json,
    more: json ? more : [],
  });
  if (answer !== undefined && answer.problem !== "") {
    void vscode.window.showErrorMessage(problemOf(answer));
    return undefined;
  }
  return answer && { ...answer, file: place.document.uri };
}

/** The panel of the last run. Another run takes its place; closing it stops the run. */
class RunPanel {
  private static shown: RunPanel | undefined;

  static show(
    context: vscode.ExtensionContext,
    title: string,
    argv: string[],
    cwd: string,
    simulate: boolean,
    card: string,
  ) {
    RunPanel.shown?.panel.dispose();
    const media = vscode.Uri.joinPath(context.extensionUri, "media");
    const panel = vscode.window.createWebviewPanel(
      "wan.run",
      `Run: ${title}`,
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, localResourceRoots: [media], retainContextWhenHidden: true },
    );
    const uri = (name: string) => panel.webview.asWebviewUri(vscode.Uri.joinPath(media, name)).toString();
    panel.webview.html = page({
      title: `Run: ${title}`,
      origin: panel.webview.cspSource,
      script: uri("run.js"),
      style: uri("panel.css"),
      body: '<main id="run" aria-live="polite"></main>',
    });
    RunPanel.shown = new RunPanel(panel, started(title, simulate, card), argv, cwd);
  }

  private child: ChildProcess | undefined;
  private said = "";
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly panel: vscode.WebviewPanel,
    private readonly state: Run,
    argv: string[],
    private readonly cwd: string,
  ) {
    panel.onDidDispose(() => this.closed());
    panel.webview.onDidReceiveMessage((message: { do?: string; path?: string }) => this.asked(message));
    this.start(argv);
  }

  private start([program, ...words]: string[]) {
    const env = { ...process.env, PYTHONSAFEPATH: "1", PYTHONUTF8: "1" };
    const child = spawn(program ?? "", words, { cwd: this.cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    const lines = new Lines((line) => {
      receive(this.state, line);
      this.soon();
    });
    child.stdout.setEncoding("utf8").on("data", (piece: string) => lines.add(piece));
    child.stderr.setEncoding("utf8").on("data", (piece: string) => {
      this.said = (this.said + piece).slice(-SAID_CHARACTERS);
    });
    child.on("error", (error) => {
      exited(this.state, 1, error.message);
      this.tell();
    });
    child.on("close", (code) => {
      lines.end();
      exited(this.state, code, this.said);
      this.child = undefined;
      this.tell();
    });
  }

  private asked(message: { do?: string; path?: string }) {
    if (message.do === "ready") {
      this.tell();
    } else if (message.do === "cancel") {
      this.stop();
    } else if (message.do === "open" && this.state.outputs.includes(message.path ?? "")) {
      const file = path.resolve(this.cwd, message.path ?? "");
      void vscode.commands.executeCommand("vscode.open", vscode.Uri.file(file), vscode.ViewColumn.Beside);
    }
  }

  /** Ctrl-C first, so that the prompt on the server ends too. */
  private stop() {
    const child = this.child;
    if (child === undefined) {
      return;
    }
    child.kill("SIGINT");
    setTimeout(() => child.exitCode === null && child.kill("SIGKILL"), STOP_MS).unref();
    if (!isOver(this.state)) {
      this.state.notes.push("Stopping…");
      this.tell();
    }
  }

  private closed() {
    this.stop();
    clearTimeout(this.timer);
    if (RunPanel.shown === this) {
      RunPanel.shown = undefined;
    }
  }

  private soon() {
    this.timer ??= setTimeout(() => this.tell(), SHOWN_EVERY_MS);
  }

  private tell() {
    clearTimeout(this.timer);
    this.timer = undefined;
    void this.panel.webview.postMessage({ ...this.state, running: this.child !== undefined });
  }
}
