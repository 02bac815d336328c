// The commands that show a text: JSON, a description, differences, an import.
import * as path from "node:path";
import * as vscode from "vscode";
import { type Compiled, type Described, type Differences, type Imported, type Lens, problemOf } from "./answers";
import type { Server } from "./client";
import { plain } from "./pages";
import { at } from "./places";

const OF_COMFYUI = { "ComfyUI workflows, pictures, videos": ["json", "png", "webp", "mp4", "webm", "mkv", "mov", "latent"] };

/** Shows Markdown that a command of the server has made; it is kept until its tab is closed. */
export class Descriptions implements vscode.TextDocumentContentProvider {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;

  constructor(context: vscode.ExtensionContext) {
    context.subscriptions.push(
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider("wan-text", this),
      vscode.workspace.onDidCloseTextDocument((closed) => this.texts.delete(closed.uri.toString())),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? "";
  }

  async show(name: string, markdown: string) {
    const uri = vscode.Uri.from({ scheme: "wan-text", path: `/${name}.md` });
    this.texts.set(uri.toString(), markdown);
    this.changed.fire(uri);
    await vscode.commands.executeCommand("markdown.showPreviewToSide", uri);
  }
}

/** ComfyUI JSON in a new document, for the API or for the canvas. */
export async function compile(server: Server, lens: Lens) {
  const here = at(lens);
  if (here === undefined) {
    return;
  }
  const forms = [
    { label: "Workflow", description: "for the canvas of ComfyUI", format: "workflow" },
    { label: "Prompt", description: "for the API of ComfyUI", format: "prompt" },
  ];
  const chosen = await vscode.window.showQuickPick(forms, { title: "Compile to ComfyUI JSON" });
  if (chosen === undefined) {
    return;
  }
  const uri = here.document.uri.toString();
  const answer = await server.ask<Compiled>("wan.compile", { uri, pipeline: lens.pipeline, format: chosen.format });
  if (answer?.text !== undefined) {
    await opened(answer.text, "json");
  } else if (answer !== undefined) {
    void vscode.window.showErrorMessage(problemOf(answer));
  }
}

/** What a pipeline is and costs, in words. */
export async function describe(server: Server, shown: Descriptions, lens: Lens) {
  const here = at(lens);
  if (here === undefined) {
    return;
  }
  const uri = here.document.uri.toString();
  const answer = await server.ask<Described>("wan.describe", { uri, pipeline: lens.pipeline });
  if (answer?.markdown !== undefined) {
    await shown.show(lens.pipeline ?? path.parse(here.document.fileName).name, answer.markdown);
  } else if (answer !== undefined) {
    void vscode.window.showErrorMessage(problemOf(answer));
  }
}

/** What differs in meaning from another file. */
export async function diff(server: Server, shown: Descriptions, lens: Lens) {
  const here = at(lens);
  const filters = { "Pipelines, workflows, pictures, videos": ["wan", ...Object.values(OF_COMFYUI).flat()] };
  const [other] = (here && (await vscode.window.showOpenDialog({ filters, openLabel: "Compare" }))) ?? [];
  if (here === undefined || other === undefined) {
    return;
  }
  const uri = here.document.uri.toString();
  const answer = await server.ask<Differences>("wan.diff", { uri, other: other.fsPath, pipeline: lens.pipeline });
  if (answer === undefined) {
    return;
  }
  if (answer.problem !== "" || answer.lines === undefined) {
    void vscode.window.showErrorMessage(problemOf(answer));
    return;
  }
  const names = [path.basename(other.fsPath), path.basename(here.document.fileName)];
  const lines = answer.same ? ["No difference in meaning."] : answer.lines.map((line) => `- ${plain(line)}`);
  const title = `# From ${plain(names[0] ?? "")} to ${plain(names[1] ?? "")}`;
  await shown.show(`${names[0]} to ${names[1]}`, [title, "", ...lines].join("\n"));
}

/** A workflow, or a picture or video with one in it, as the text of a new .wan file. */
export async function importFile(server: Server, uri: vscode.Uri | undefined) {
  const picked = { filters: OF_COMFYUI, openLabel: "Import" };
  const [file] = uri !== undefined ? [uri] : ((await vscode.window.showOpenDialog(picked)) ?? []);
  if (file === undefined) {
    return;
  }
  const folder = vscode.workspace.getWorkspaceFolder(file)?.uri.fsPath ?? path.dirname(file.fsPath);
  const answer = await server.ask<Imported>("wan.import", { path: file.fsPath, folder });
  if (answer?.text === undefined) {
    if (answer !== undefined) {
      void vscode.window.showErrorMessage(problemOf(answer));
    }
    return;
  }
  await opened(answer.text, "wan");
  if (answer.notes?.length) {
    void vscode.window.showInformationMessage(answer.notes.join("\n"));
  }
}

async function opened(content: string, language: string) {
  const document = await vscode.workspace.openTextDocument({ content, language });
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside });
}
