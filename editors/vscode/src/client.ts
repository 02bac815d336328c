// The language server: found, started, restarted.
import * as fs from "node:fs";
import * as os from "node:os";
import * as vscode from "vscode";
import {
  type DynamicFeature,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  type ServerOptions,
} from "vscode-languageclient/node";
import type { Answer } from "./answers";
import { type Candidate, candidates, type Surroundings } from "./choosing";
import { onPythonChanged, selectedPython } from "./python";

/** Settings that the server takes; the others are of the extension. */
const OF_SERVER = ["target", "card", "profile", "lint", "hints", "lenses"];
const INSTALL = "Install";
const SETTINGS = "Open Settings";

export class Server {
  readonly log = vscode.window.createOutputChannel("Wan", { log: true });
  private readonly status = vscode.languages.createLanguageStatusItem("wan.server", { language: "wan" });
  private client: LanguageClient | undefined;
  private starting: Promise<void> = Promise.resolve();

  constructor(
    context: vscode.ExtensionContext,
    private readonly page: (name: string, markdown: string) => Promise<void>,
  ) {
    this.status.name = "Wan";
    this.status.command = { title: "Show Log", command: "wan.ui.log" };
    context.subscriptions.push(
      this.log,
      this.status,
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.restart()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("wan.languageServer")) {
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
      narrow(client);
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
    const settings = vscode.workspace.getConfiguration("wan.languageServer");
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
        { scheme: "wan-library", language: "wan" },
        { scheme: "file", pattern: "**/wan.toml" },
        // Of JSON the server judges what is ComfyUI's, and says nothing of the rest.
        { scheme: "file", language: "json" },
      ],
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: {
        settings: toldOf(vscode.workspace.getConfiguration("wan")),
        hasGrammar: true,
      },
      synchronize: { configurationSection: "wan" },
      initializationFailedHandler: () => false,
      middleware: {
        workspace: {
          configuration: async (params, token, next) => {
            const answers = await next(params, token);
            return Array.isArray(answers) ? answers.map(toldOf) : answers;
          },
        },
        executeCommand: async (command, words, next) => {
          const answer: unknown = await next(command, words);
          if (command === "wan.explain") {
            await this.explained(answer as { name: string; markdown: string } | null);
          }
          return answer;
        },
      },
    };
    const client = new LanguageClient("wan", "Wan", options, how);
    client.registerFeature({
      fillClientCapabilities: (found) => {
        found.experimental = { ...(found.experimental as object | undefined), wanExplain: true };
      },
      initialize: () => undefined,
      getState: () => ({ kind: "static" }),
      clear: () => undefined,
    });
    return client;
  }

  private async surroundings(): Promise<Surroundings> {
    const settings = vscode.workspace.getConfiguration("wan.languageServer");
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

  private async explained(found: { name: string; markdown: string } | null) {
    if (found !== null) {
      await this.page(found.name, found.markdown);
    }
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
      await vscode.commands.executeCommand("workbench.action.openSettings", "wan.languageServer");
    }
  }
}

/** The value of a setting; one of the workspace counts only if you trust it. */
export function trusted<Kind>(found: ReturnType<vscode.WorkspaceConfiguration["inspect"]>): Kind | undefined {
  const own = vscode.workspace.isTrusted ? (found?.workspaceFolderValue ?? found?.workspaceValue) : undefined;
  return (own ?? found?.globalValue ?? found?.defaultValue) as Kind | undefined;
}

/** The settings that are the server's, without those that are empty: these leave the choice to `wan.toml`. */
function toldOf(found: unknown): Record<string, unknown> {
  const all = JSON.parse(JSON.stringify(found ?? {})) as Record<string, unknown>;
  const own = OF_SERVER.filter((name) => all[name] !== undefined && all[name] !== "");
  return Object.fromEntries(own.map((name) => [name, all[name]]));
}

/** Lays out only `.wan` files: JSON has formatters of its own, and VS Code would ask which one to take. */
function narrow(client: LanguageClient) {
  const documentSelector = [{ language: "wan" }];
  const onType = client.initializeResult?.capabilities.documentOnTypeFormattingProvider;
  const options: Record<string, object | undefined> = {
    "textDocument/formatting": {},
    "textDocument/rangeFormatting": {},
    "textDocument/onTypeFormatting": onType,
  };
  for (const [method, own] of Object.entries(options)) {
    const feature = client.getFeature(method as "textDocument/formatting") as unknown as DynamicFeature<object>;
    feature.clear();
    if (own !== undefined) {
      feature.register({ id: `wan.${method}`, registerOptions: { ...own, documentSelector } });
    }
  }
}
