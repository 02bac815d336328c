// The pages of the panels: nothing from outside, no scripts but their own. Nothing here needs VS Code.

export interface Page {
  title: string;
  /** What VS Code calls the origin of files of the extension. */
  origin: string;
  script: string;
  style: string;
  body: string;
}

/** A page that runs one script of the extension, and can ask nothing of any other machine. */
export function page(made: Page): string {
  const policy = `default-src 'none'; script-src ${made.origin}; style-src ${made.origin}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(made.title)}</title>
<link rel="stylesheet" href="${escaped(made.style)}">
</head>
<body>
${made.body}
<script src="${escaped(made.script)}"></script>
</body>
</html>
`;
}

export function escaped(text: string): string {
  const signs: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (sign) => signs[sign] ?? sign);
}

/** A text as Markdown that shows it as it is. */
export function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!<>|~]/g, "\\$&");
}
