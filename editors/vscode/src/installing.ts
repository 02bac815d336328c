// Installs the language server, after asking, in a terminal where everything can be read.
import * as vscode from "vscode";
import { shellLine } from "./choosing";
import type { Server } from "./client";
import { selectedPython } from "./python";

const REQUIREMENT = "wan22dsl[lsp,simulate]";

export async function install(server: Server) {
  if (!vscode.workspace.isTrusted) {
    void vscode.window.showWarningMessage("In a workspace that you do not trust nothing is installed.");
    return;
  }
  const selected = await selectedPython();
  const python = selected ?? (process.platform === "win32" ? "py" : "python3");
  const words = [python, "-m", "pip", "install", REQUIREMENT];
  const chosen = await vscode.window.showInformationMessage(
    "Install wan22dsl with its language server?",
    { modal: true, detail: shellLine(words, process.platform) },
    "Install",
  );
  if (chosen !== "Install") {
    return;
  }
  const terminal = vscode.window.createTerminal("Install wan22dsl");
  terminal.show();
  terminal.sendText(shellLine(words, process.platform));
  const again = await vscode.window.showInformationMessage(
    "When the terminal says that it is installed, start the language server.",
    "Start",
  );
  if (again === "Start") {
    await server.restart();
  }
}
