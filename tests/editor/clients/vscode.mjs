// What VS Code does with the extension, as its user would: a headless Chromium at a code-server.
//
//   node vscode.mjs ADDRESS FOLDER OUT      steps of a person, in order; OUT gets seen.json and pictures
//   node vscode.mjs ADDRESS FOLDER OUT picture
//
// WAN_PUPPETEER is the folder of puppeteer-core, WAN_CHROMIUM the browser.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const puppeteer = createRequire(path.join(process.env.WAN_PUPPETEER, "package.json"))("puppeteer-core");
const [address, folder, out, mode = "steps"] = process.argv.slice(2);
const PATIENCE_MS = 90_000;
const MISTYPED = "lightx2v_hgih";

const browser = await puppeteer.launch({
  executablePath: process.env.WAN_CHROMIUM,
  headless: true,
  args: ["--no-sandbox", "--force-color-profile=srgb"],
});
const page = await browser.newPage();
page.setDefaultTimeout(PATIENCE_MS);
await page.setViewport({ width: 1280, height: 800 });

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function waits(what, found) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const result = await found().catch(() => undefined);
    if (result) return result;
    if (Date.now() > end) throw new Error(`nothing was seen of: ${what}`);
    await pause(100);
  }
}

async function open(file) {
  const remote = `vscode-remote://${new URL(address).host}${path.join(folder, file)}`;
  const payload = encodeURIComponent(JSON.stringify([["openFile", remote]]));
  await page.goto(`${address}/?folder=${encodeURIComponent(folder)}&payload=${payload}`, {
    waitUntil: "domcontentloaded",
  });
  await page.waitForSelector(".monaco-editor .view-line");
  await page.waitForSelector(".codelens-decoration a");
}

/** The text of the lines that can be seen, hints included. */
const lines = () =>
  page.$$eval(".editor-instance .view-line", (found) =>
    found
      .map((line) => [parseFloat(line.style.top), line.textContent.replace(/\u00a0/g, " ").replace(/\u200c|\u200b/g, "")])
      .sort((a, b) => a[0] - b[0])
      .map(([, text]) => text),
  );

const has = (word) => async () => (await lines()).some((line) => line.includes(word));

async function keys(...names) {
  for (const name of names) await page.keyboard.down(name);
  for (const name of names.reverse()) await page.keyboard.up(name);
}

/** Puts the cursor to a line and a column, both from 1. */
async function goTo(line, column) {
  await page.focus(".editor-instance .native-edit-context, .editor-instance textarea.inputarea");
  await keys("Control", "g");
  await page.waitForSelector(".quick-input-widget input");
  await page.keyboard.type(`${line}:${column}`);
  await page.keyboard.press("Enter");
  await waits("the place", async () =>
    (await page.$eval("[id='status.editor.selection']", (each) => each.textContent)).includes(`Ln ${line}, Col ${column}`),
  );
}

async function replaced(line, column, length, text) {
  await goTo(line, column);
  for (let count = 0; count < length; count++) await page.keyboard.press("Delete");
  await page.keyboard.type(text, { delay: 15 });
}

async function shot(name, clip) {
  await page.screenshot({ path: path.join(out, `${name}.png`), clip });
}

async function command(title) {
  await page.keyboard.press("F1");
  await page.waitForSelector(".quick-input-widget input");
  await page.keyboard.type(title, { delay: 5 });
  await waits(title, async () =>
    (await page.$eval(".quick-input-list .monaco-list-row.focused", (row) => row.textContent)).includes(title),
  );
  await page.keyboard.press("Enter");
}

/** The hover at the cursor, once it has a word: it is shown again, because it keeps what it had when it came. */
const hovers = (word) =>
  waits(`a hover with ${word}`, async () => {
    await page.keyboard.press("Escape");
    await keys("Control", "k");
    await keys("Control", "i");
    await pause(1000);
    const texts = await page.$$eval(".monaco-hover:not(.hidden)", (found) => found.map((each) => each.innerText));
    return texts.find((text) => text.includes(word));
  });

/** The inner page of a panel. */
const panel = (selector) =>
  waits(`the panel with ${selector}`, async () => {
    for (const frame of page.frames()) {
      // The page of a panel that is hidden does not answer.
      const found = frame.$(selector).catch(() => null);
      if (await Promise.race([found, pause(1000)])) return frame;
    }
    return undefined;
  });

const steps = {
  async hints() {
    await waits("hints", has("81 frames"));
    await waits("the noise at the hand-off", has("0.833"));
    await shot("hints");
    return lines();
  },

  async diagnostics() {
    await replaced(15, 22, "lightx2v_high".length, MISTYPED);
    await page.keyboard.press("Escape");
    await page.waitForSelector(".squiggly-error");
    await goTo(15, 24);
    const shown = await hovers("hgih");
    await shot("diagnostics");
    await page.keyboard.press("Escape");
    return shown;
  },

  async code_action() {
    await goTo(15, 24);
    await keys("Control", ".");
    await page.waitForSelector(".action-widget .monaco-list-row.action");
    await pause(300);
    const offered = await page.$$eval(".action-widget .monaco-list-row.action", (rows) => rows.map((row) => row.innerText));
    await shot("code_action");
    await page.keyboard.press("Enter");
    await waits("the fix", async () => !(await has(MISTYPED)()));
    await waits("the end of the error", async () => !(await page.$(".squiggly-error")));
    return { offered, line: (await lines())[14] };
  },

  async hover() {
    await goTo(28, 15);
    const shown = await hovers("81 frames");
    await shot("hover");
    await page.keyboard.press("Escape");
    return shown;
  },

  async completion() {
    await goTo(18, 18);
    await page.keyboard.press("Enter");
    await page.keyboard.type("den", { delay: 30 });
    const offered = await waits("completion", async () => {
      const rows = await page.$$eval(".suggest-widget.visible .monaco-list-row", (found) => found.map((row) => row.innerText));
      return rows.some((row) => row.startsWith("denoise")) && rows;
    });
    await shot("completion");
    await page.keyboard.press("Escape");
    for (let count = 0; count < 4; count++) await keys("Control", "z");
    await waits("the text as it was", async () => !(await lines())[18].includes("den"));
    return offered;
  },

  async rename() {
    await goTo(22, 7);
    await page.keyboard.press("F2");
    await waits("the box with the name", () => page.$eval(".rename-box input", (box) => box.value === "low"));
    await pause(500);
    await keys("Control", "a");
    await page.keyboard.type("second", { delay: 20 });
    await page.keyboard.press("Enter");
    await waits("the renaming", has("high -> second"));
    await shot("rename");
    return (await lines()).filter((line) => line.includes("second"));
  },

  async format() {
    await replaced(18, 12, 0, "   ");
    await command("Format Document");
    await waits("the layout", async () => (await lines())[17].startsWith("    cfg     = 1.0"));
    return (await lines())[17];
  },

  async run() {
    await goTo(22, 1);
    const lens = await waits("the lens", async () => {
      for (const each of await page.$$(".codelens-decoration a")) {
        if ((await each.evaluate((link) => link.textContent)).includes("Run")) return each;
      }
      return undefined;
    });
    await lens.click();
    await waits("the question where", () =>
      page.$$eval(".quick-input-list .monaco-list-row", (rows) => rows.some((row) => row.textContent.includes("simulated"))),
    );
    await page.keyboard.press("Enter");
    const frame = await panel("#run h1");
    await frame.waitForSelector("progress");
    const during = await frame.$eval("#run", (each) => each.innerText);
    await shot("run");
    const after = await waits("the end of the run", async () => {
      const text = await frame.$eval("#run", (each) => each.innerText);
      return /Finished|Failed/.test(text) && text;
    });
    await shot("run_finished");
    return { during, after };
  },

  async graph() {
    await goTo(13, 6);
    await command("Wan: Show Graph to the Side");
    const frame = await panel("#graph svg");
    const marked = await waits("marked boxes", async () => {
      const found = await frame.$$eval("#graph .marked", (each) => each.map((box) => box.textContent));
      return found.length > 0 && found;
    });
    await shot("graph");
    const line = await jumped(frame);
    return { marked, line };
  },
};

/** Clicks a box that belongs to another line, and tells where the cursor is then. */
async function jumped(frame) {
  const place = () => page.$eval("[id='status.editor.selection']", (each) => each.textContent);
  const before = await place();
  for (const box of await frame.$$("#graph .jumps:not(.marked)")) {
    await box.evaluate((each) => each.dispatchEvent(new MouseEvent("click", { bubbles: true })));
    await pause(500);
    if ((await place()) !== before) return place();
  }
  throw new Error("no box jumps to the text");
}

async function picture() {
  await page.setViewport({ width: 1280, height: 700, deviceScaleFactor: 1 });
  await open("portrait.wan");
  await steps.hints();
  await replaced(15, 22, "lightx2v_high".length, MISTYPED);
  await page.keyboard.press("Escape");
  await page.waitForSelector(".squiggly-error");
  await keys("Control", "b");
  await goTo(15, 24);
  await command("Wan: Show Graph to the Side");
  await panel("#graph .marked");
  await hovers(MISTYPED);
  await shot("picture");
}

const seen = {};
try {
  if (mode === "picture") {
    await picture();
  } else {
    await open("portrait.wan");
    const chosen = process.env.WAN_STEPS?.split(" ") ?? Object.keys(steps);
    for (const [name, step] of Object.entries(steps).filter(([each]) => chosen.includes(each))) {
      try {
        seen[name] = { found: await step() };
      } catch (error) {
        seen[name] = { problem: String(error) };
        await shot(`failed_${name}`);
        await page.keyboard.press("Escape");
      }
    }
  }
} catch (error) {
  seen.problem = String(error.stack);
  await shot("failed").catch(() => undefined);
} finally {
  writeFileSync(path.join(out, "seen.json"), JSON.stringify(seen, null, 2));
  await browser.close();
}
