// The graph of the pipeline at the cursor, beside the text: it follows the cursor, and a click jumps to the text.
import * as vscode from "vscode";
import { type Box, type Graph, type GraphAt, type Lens, problemOf } from "./answers";
import type { Server } from "./client";
import { page } from "./pages";
import { at, type Here, jump } from "./places";

const SETTLED_MS = 250;
const FOLLOWS_MS = 60;

export class GraphPanel implements vscode.Disposable {
  private static shown: GraphPanel | undefined;

  static async show(context: vscode.ExtensionContext, server: Server, lens: Lens) {
    const here = at(lens);
    if (here === undefined) {
      return;
    }
    GraphPanel.shown?.dispose();
    GraphPanel.shown = new GraphPanel(context, server, here, lens.pipeline);
  }

  private readonly panel: vscode.WebviewPanel;
  private readonly subscriptions: vscode.Disposable[] = [];
  private readonly uri: string;
  private boxes: Box[] = [];
  private drawn: string | undefined;
  private redrawing: NodeJS.Timeout | undefined;
  private following: NodeJS.Timeout | undefined;
  private position: vscode.Position;
  private last: object | undefined;
  private asked = 0;

  private constructor(
    context: vscode.ExtensionContext,
    private readonly server: Server,
    here: Here,
    private pipeline: string | undefined,
  ) {
    this.uri = here.document.uri.toString();
    this.position = here.position;
    const media = vscode.Uri.joinPath(context.extensionUri, "media");
    this.panel = vscode.window.createWebviewPanel(
      "wan.graph",
      "Graph",
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, localResourceRoots: [media], retainContextWhenHidden: true },
    );
    const webview = this.panel.webview;
    const uri = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(media, name)).toString();
    webview.html = page({
      title: "Graph",
      origin: webview.cspSource,
      script: uri("graph.js"),
      style: uri("panel.css"),
      body: '<p id="problem" role="status" hidden></p><main id="graph"></main>',
    });
    this.subscriptions.push(
      this.panel.onDidDispose(() => this.dispose()),
      webview.onDidReceiveMessage((message: { do?: string; id?: string }) => this.told(message)),
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document.languageId === "wan") {
          this.later();
        }
      }),
      vscode.window.onDidChangeTextEditorSelection((event) => this.moved(event)),
    );
    void this.redraw();
  }

  dispose() {
    clearTimeout(this.redrawing);
    clearTimeout(this.following);
    if (GraphPanel.shown === this) {
      GraphPanel.shown = undefined;
    }
    vscode.Disposable.from(...this.subscriptions.splice(0)).dispose();
    this.panel.dispose();
  }

  private later() {
    clearTimeout(this.redrawing);
    this.redrawing = setTimeout(() => void this.redraw(), SETTLED_MS);
  }

  private async redraw() {
    const number = ++this.asked;
    const answer = await this.server.ask<Graph>("wan.graph", {
      uri: this.uri,
      pipeline: this.pipeline,
      position: this.position,
    });
    if (answer === undefined || number !== this.asked) {
      return;
    }
    if (answer.svg === undefined) {
      this.post({ do: "problem", text: problemOf(answer) });
      return;
    }
    this.boxes = answer.boxes ?? [];
    this.drawn = answer.pipeline;
    this.panel.title = `Graph: ${answer.pipeline ?? ""}`;
    this.last = {
      do: "draw",
      svg: answer.svg,
      boxes: this.boxes.map((box) => ({ id: box.id, node: box.node, jumps: box.places.length > 0 })),
      problem: answer.is_whole === false ? "There are errors: something may be missing here." : "",
    };
    this.post(this.last);
    await this.follow();
  }

  private moved(event: vscode.TextEditorSelectionChangeEvent) {
    const follows = vscode.workspace.getConfiguration("wan").get("graphFollowsCursor", true);
    if (!follows || event.textEditor.document.uri.toString() !== this.uri) {
      return;
    }
    this.position = event.selections[0]?.active ?? this.position;
    clearTimeout(this.following);
    this.following = setTimeout(() => void this.follow(), FOLLOWS_MS);
  }

  private async follow() {
    const answer = await this.server.ask<GraphAt>("wan.graphAt", { uri: this.uri, position: this.position });
    if (answer?.pipeline && answer.pipeline !== this.drawn && answer.nodes?.length) {
      this.pipeline = answer.pipeline;
      await this.redraw();
    } else {
      this.post({ do: "mark", nodes: answer?.nodes ?? [] });
    }
  }

  private async told(message: { do?: string; id?: string }) {
    if (message.do === "ready" && this.last !== undefined) {
      this.post(this.last);
      await this.follow();
    }
    const box = message.do === "jump" ? this.boxes.find((each) => each.id === message.id) : undefined;
    const [first] = box?.places ?? [];
    if (first !== undefined) {
      const editor = vscode.window.visibleTextEditors.find(
        (each) => each.document.uri.toString() === vscode.Uri.parse(first.uri ?? "").toString(),
      );
      await jump(first, editor?.viewColumn ?? vscode.ViewColumn.One);
    }
  }

  private post(message: object) {
    void this.panel.webview.postMessage(message);
  }
}
