// The document and the place that a command is about.
import * as vscode from "vscode";
import type { Lens, Place } from "./answers";

export interface Here {
  document: vscode.TextDocument;
  position: vscode.Position;
}

/** What a lens is above, or where the cursor is. */
export function at(lens: Lens): Here | undefined {
  const editors = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors];
  const editor = editors.find((each) =>
    lens.uri === undefined ? each !== undefined && each.document.languageId === "wan" : isOf(each, lens.uri),
  );
  if (editor === undefined) {
    void vscode.window.showInformationMessage("Open a .wan file first.");
    return undefined;
  }
  return { document: editor.document, position: editor.selection.active };
}

function isOf(editor: vscode.TextEditor | undefined, uri: string): boolean {
  return editor !== undefined && editor.document.uri.toString() === vscode.Uri.parse(uri).toString();
}

/** Saves a document, because a run reads it from the disk; false where it was not saved. */
export async function saved(document: vscode.TextDocument): Promise<boolean> {
  if (document.isDirty || document.isUntitled) {
    return document.save();
  }
  return true;
}

/** Goes to a place of a text. */
export async function jump(place: Place, column: vscode.ViewColumn): Promise<void> {
  if (place.uri === null) {
    return;
  }
  const { start, end } = place.range;
  const selection = new vscode.Range(start.line, start.character, end.line, end.character);
  await vscode.window.showTextDocument(vscode.Uri.parse(place.uri), { selection, viewColumn: column });
}
