// Which program serves the editor. Nothing here needs VS Code, so that it can be tested.
import * as path from "node:path";

export interface Candidate {
  command: string;
  from: "setting" | "python" | "PATH";
}

export interface Surroundings {
  /** The setting `wan.languageServer.path`, with `~` and `${workspaceFolder}` not replaced yet. */
  setting: string;
  /** Whether the workspace is trusted. If not, its own settings and environments do not count. */
  trusted: boolean;
  /** The interpreter of the selected Python environment. */
  python: string | undefined;
  /** The variable PATH. */
  searched: string;
  platform: NodeJS.Platform;
  home: string;
  folders: readonly string[];
  isFile: (file: string) => boolean;
}

/** The programs that could serve, the best first. A setting that is written is the only one. */
export function candidates(around: Surroundings): Candidate[] {
  if (around.setting.trim() !== "") {
    return [{ command: expanded(around.setting.trim(), around), from: "setting" }];
  }
  const found: Candidate[] = [];
  if (around.trusted && around.python !== undefined) {
    const beside = besidePython(around.python, around.platform).find(around.isFile);
    if (beside !== undefined) {
      found.push({ command: beside, from: "python" });
    }
  }
  const onPath = search("wan", around);
  if (onPath !== undefined && !found.some((each) => each.command === onPath)) {
    found.push({ command: onPath, from: "PATH" });
  }
  return found;
}

/** Where `wan` is if it is installed for an interpreter. */
export function besidePython(python: string, platform: NodeJS.Platform): string[] {
  const paths = platform === "win32" ? path.win32 : path.posix;
  const folder = paths.dirname(python);
  return platform === "win32"
    ? [paths.join(folder, "wan.exe"), paths.join(folder, "Scripts", "wan.exe")]
    : [paths.join(folder, "wan")];
}

/**
 * A program on PATH, as an absolute path. Folders that are relative, and those inside a workspace that is not
 * trusted, are passed over: what is there came with the files.
 */
export function search(name: string, around: Surroundings): string | undefined {
  const windows = around.platform === "win32";
  const paths = windows ? path.win32 : path.posix;
  const names = windows ? [`${name}.exe`, `${name}.cmd`, `${name}.bat`] : [name];
  for (const folder of around.searched.split(windows ? ";" : ":")) {
    if (!paths.isAbsolute(folder)) {
      continue;
    }
    if (!around.trusted && around.folders.some((own) => isInside(folder, own, paths))) {
      continue;
    }
    const found = names.map((each) => paths.join(folder, each)).find(around.isFile);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

function isInside(file: string, folder: string, paths: path.PlatformPath): boolean {
  const way = paths.relative(folder, file);
  return way === "" || (!way.startsWith("..") && !paths.isAbsolute(way));
}

function expanded(setting: string, around: Surroundings): string {
  const folder = around.folders[0] ?? "";
  const whole = setting.replace(/\$\{workspaceFolder\}/g, () => folder);
  return /^~(?=[\\/]|$)/.test(whole) ? around.home + whole.slice(1) : whole;
}

/** The words of a command, as a shell of this platform takes them. */
export function shellLine(words: readonly string[], platform: NodeJS.Platform): string {
  if (platform === "win32") {
    // PowerShell, the usual one: `&` calls what is in quotes.
    return "& " + words.map((word) => `'${word.replace(/'/g, "''")}'`).join(" ");
  }
  return words.map((word) => (/^[\w./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`)).join(" ");
}
