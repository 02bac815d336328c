// The language server: found, started, restarted.
import * as fs from "node:fs";
import * as os from "node:os";
import * as vscode from "vscode";
import {
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  type ServerOptions,
} from "vscode-languageclient/node";
import type { Answer } from "./answers";
import { type Candidate, candidates, type Surroundings } from "./choosing";
import { onPythonChanged, selectedPython } from "./python";

const INSTALL = "Install";
const SETTINGS = "Open Settings";

export class Server {
  readonly log = vscode.window.createOutputChannel("Wan", { log: true });
  private readonly status = vscode.languages.createLanguageStatusItem("wan.server", { language: "wan" });
  private client: LanguageClient | undefined;
  private starting: Promise<void> = Promise.resolve();

  constructor(context: vscode.ExtensionContext) {
    this.status.name = "Wan";
    this.status.command = { title: "Show Log", command: "wan.ui.log" };
    context.subscriptions.push(
      this.log,
      this.status,
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.restart()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("wan.server")) {
          void this.restart();
        }
      }),
    );
    void onPythonChanged(() => this.restart()).then((each) => context.subscriptions.push(each));
  }

  /** Starts the server, or another one in its place; one after the other. */
  restart(): Promise<void> {
    this.starting = this.starting.then(
      () => this.again(),
      () => this.again(),
    );
    return this.starting;
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client !== undefined) {
      await client.dispose(2000).catch(() => undefined);
    }
  }

  /** What a command of the server answers; undefined if there is no server. Then that has been reported. */
  async ask<Kind extends Answer>(command: string, argument: object): Promise<Kind | undefined> {
    await this.starting;
    if (this.client === undefined) {
      await this.offer("The language server of wan22dsl does not run.");
      return undefined;
    }
    return this.client.sendRequest<Kind>("workspace/executeCommand", { command, arguments: [argument] });
  }

  private async again(): Promise<void> {
    await this.stop();
    const found = candidates(await this.surroundings());
    const [first] = found;
    if (first === undefined) {
      this.shown("not found", vscode.LanguageStatusSeverity.Warning);
      void this.offer("The language server of wan22dsl was not found.");
      return;
    }
    this.log.info(`starting ${first.command} (${first.from})`);
    const client = this.clientOf(first);
    try {
      await client.start();
      this.client = client;
      const version = client.initializeResult?.serverInfo?.version ?? "";
      this.log.info(`wan22dsl ${version}`);
      this.shown(`wan22dsl ${version}`, vscode.LanguageStatusSeverity.Information);
    } catch (error) {
      this.log.error(String(error));
      this.shown("does not start", vscode.LanguageStatusSeverity.Error);
      await client.dispose().catch(() => undefined);
      void this.offer(`${first.command} does not start as a language server. The log has the reason.`);
    }
  }

  private clientOf(found: Candidate): LanguageClient {
    const settings = vscode.workspace.getConfiguration("wan.server");
    const words = trusted<string[]>(settings.inspect("arguments")) ?? ["lsp"];
    // A file of the workspace must not be taken for a module of Python, wherever the server runs.
    const env = { ...process.env, PYTHONSAFEPATH: "1", PYTHONUTF8: "1" };
    const options: ServerOptions = {
      command: found.command,
      args: words,
      options: { cwd: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath, env, shell: false },
    };
    const how: LanguageClientOptions = {
      documentSelector: [
        { scheme: "file", language: "wan" },
        { scheme: "untitled", language: "wan" },
        { scheme: "file", pattern: "**/wan.toml" },
      ],
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: { trusted: vscode.workspace.isTrusted, settings: told() },
      synchronize: { configurationSection: "wan" },
      initializationFailedHandler: () => false,
      middleware: {
        workspace: {
          configuration: async (params, token, next) => {
            const answers = await next(params, token);
            return Array.isArray(answers) ? answers.map(withoutEmpty) : answers;
          },
        },
      },
    };
    return new LanguageClient("wan", "Wan", options, how);
  }

  private async surroundings(): Promise<Surroundings> {
    const settings = vscode.workspace.getConfiguration("wan.server");
    return {
      setting: trusted<string>(settings.inspect("path")) ?? "",
      trusted: vscode.workspace.isTrusted,
      python: vscode.workspace.isTrusted ? await selectedPython() : undefined,
      searched: process.env.PATH ?? process.env.Path ?? "",
      platform: process.platform,
      home: os.homedir(),
      folders: (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath),
      isFile: (file) => fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false,
    };
  }

  private shown(text: string, severity: vscode.LanguageStatusSeverity): void {
    this.status.text = text;
    this.status.severity = severity;
  }

  private async offer(what: string): Promise<void> {
    const chosen = await vscode.window.showWarningMessage(what, INSTALL, SETTINGS);
    if (chosen === INSTALL) {
      await vscode.commands.executeCommand("wan.ui.install");
    } else if (chosen === SETTINGS) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "wan.server");
    }
  }
}

/** The value of a setting; one of the workspace counts only if you trust it. */
export function trusted<Kind>(found: ReturnType<vscode.WorkspaceConfiguration["inspect"]>): Kind | undefined {
  const own = vscode.workspace.isTrusted ? (found?.workspaceFolderValue ?? found?.workspaceValue) : undefined;
  return (own ?? found?.globalValue ?? found?.defaultValue) as Kind | undefined;
}

function told(): unknown {
  return withoutEmpty(JSON.parse(JSON.stringify(vscode.workspace.getConfiguration("wan"))));
}

/** The settings without those that are empty: these leave the choice to `wan.toml`. */
function withoutEmpty(found: unknown): unknown {
  if (typeof found !== "object" || found === null || Array.isArray(found)) {
    return found === "" ? null : found;
  }
  const kept = Object.entries(found).filter(([, value]) => value !== "");
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutEmpty(value)]));
}
