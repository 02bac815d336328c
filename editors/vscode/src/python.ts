// The selected Python environment, where the extension for Python is installed.
import * as vscode from "vscode";

interface Environments {
  getActiveEnvironmentPath(resource?: vscode.Uri): { path: string };
  resolveEnvironment(path: { path: string }): Promise<{ executable?: { uri?: vscode.Uri } } | undefined>;
  onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
}

/** The interpreter that is selected for the first folder; undefined where nothing says. */
export async function selectedPython(): Promise<string | undefined> {
  const found = await environments();
  if (found === undefined) {
    return undefined;
  }
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  try {
    const resolved = await found.resolveEnvironment(found.getActiveEnvironmentPath(folder));
    return resolved?.executable?.uri?.fsPath;
  } catch {
    return undefined;
  }
}

/** Calls when another environment is selected. */
export async function onPythonChanged(call: () => unknown): Promise<vscode.Disposable> {
  const found = await environments();
  return found?.onDidChangeActiveEnvironmentPath(() => call()) ?? new vscode.Disposable(() => undefined);
}

async function environments(): Promise<Environments | undefined> {
  const extension = vscode.extensions.getExtension<{ environments?: Environments }>("ms-python.python");
  try {
    return (await extension?.activate())?.environments;
  } catch {
    return undefined;
  }
}
