// The extension: the language server, and the commands of the palette and of the code lenses.
import * as vscode from "vscode";
import type { Lens } from "./answers";
import { Server } from "./client";
import { compile, describe, Descriptions, diff, importFile } from "./commands";
import { GraphPanel } from "./graphs";
import { install } from "./installing";
import { bench, run } from "./runs";

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext) {
  const shown = new Descriptions(context);
  const serves = new Server(context, (name, markdown) => shown.show(name, markdown));
  server = serves;
  const commands: Record<string, (lens: Lens) => unknown> = {
    "wan.ui.run": async (lens) => {
      const simulate = await isSimulated(lens);
      return simulate === undefined ? undefined : run(context, serves, lens, simulate);
    },
    "wan.ui.runSimulated": (lens) => run(context, serves, lens, true),
    "wan.ui.runOnServer": (lens) => run(context, serves, lens, false),
    "wan.ui.bench": async (lens) => {
      const simulate = await isSimulated(lens);
      return simulate === undefined ? undefined : bench(serves, lens, simulate);
    },
    "wan.ui.compile": (lens) => compile(serves, lens),
    "wan.ui.describe": (lens) => describe(serves, shown, lens),
    "wan.ui.estimate": (lens) => describe(serves, shown, lens),
    "wan.ui.graph": (lens) => GraphPanel.show(context, serves, lens),
    "wan.ui.diff": (lens) => diff(serves, shown, lens),
    "wan.ui.showRun": (lens) => showRun(lens),
    "wan.ui.restart": () => serves.restart(),
    "wan.ui.log": () => serves.log.show(),
    "wan.ui.install": () => install(serves),
  };
  for (const [name, call] of Object.entries(commands)) {
    context.subscriptions.push(vscode.commands.registerCommand(name, (given: unknown) => call(lensOf(given))));
  }
  context.subscriptions.push(
    vscode.commands.registerCommand("wan.ui.import", (given: unknown) =>
      importFile(serves, given instanceof vscode.Uri ? given : undefined),
    ),
  );
  await serves.restart();
}

export async function deactivate() {
  await server?.stop();
}

/** What a lens hands over; a menu hands over a URI, and the palette nothing. */
function lensOf(given: unknown): Lens {
  if (given instanceof vscode.Uri) {
    return { uri: given.toString() };
  }
  return typeof given === "object" && given !== null ? (given as Lens) : {};
}

/** Where to run, as the setting says or as you choose; undefined where you choose nothing. */
async function isSimulated(lens: Lens): Promise<boolean | undefined> {
  const where = vscode.workspace.getConfiguration("wan").get<string>("runOn", "ask");
  if (where !== "ask") {
    return where === "simulated";
  }
  const choices = [
    { label: "On a simulated card", description: "no ComfyUI, no GPU; times are estimates", simulate: true },
    { label: "On a ComfyUI server", description: "uploads images, downloads outputs", simulate: false },
  ];
  const title = `Run ${lens.pipeline ?? "pipeline"}`;
  return (await vscode.window.showQuickPick(choices, { title }))?.simulate;
}

async function showRun(lens: Lens) {
  if (lens.record !== undefined) {
    const uri = /^[a-z][a-z0-9+.-]+:/i.test(lens.record) ? vscode.Uri.parse(lens.record) : vscode.Uri.file(lens.record);
    await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.Beside });
  }
}
