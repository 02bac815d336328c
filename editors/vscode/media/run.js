// Shows a run: the state comes whole with each message, and is drawn from nothing but text.
(function () {
  const vscode = acquireVsCodeApi();
  const root = document.getElementById("run");
  const STATES = {
    starting: "Starting…",
    queued: "Waiting in the queue",
    running: "Running",
    success: "Finished",
    error: "Failed",
    interrupted: "Stopped",
  };

  function made(name, className, text) {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function seconds(value) {
    return `${value < 10 ? value.toFixed(1) : Math.round(value)} s`;
  }

  function gib(bytes) {
    return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  }

  function head(run) {
    const parts = [made("h1", "", run.title)];
    const line = made("p", "");
    if (run.simulated) line.append(made("span", "mark", "SIMULATED"));
    const ahead = run.state === "queued" && run.ahead ? `, ${run.ahead} before it` : "";
    line.append(`${STATES[run.state]}${ahead} · ${seconds(run.seconds)}`);
    parts.push(line);
    if (run.simulated) {
      const card = run.card ? ` for the ${run.card}` : "";
      parts.push(made("p", "quiet", `No model is run; times are estimates${card}.`));
    }
    if (run.memory) {
      parts.push(made("p", "quiet", `Memory of the card: ${gib(run.memory.used)} of ${gib(run.memory.total)}`));
    }
    return parts;
  }

  function table(run) {
    const found = made("table");
    for (const row of run.rows.filter((each) => each.steps)) {
      const line = found.insertRow();
      line.append(made("td", "", row.node));
      const bar = made("td", "bar");
      const progress = made("progress");
      progress.max = row.maximum || 1;
      progress.value = row.value;
      progress.setAttribute("aria-label", row.node);
      bar.append(progress);
      line.append(bar, made("td", "number", `${row.value} of ${row.maximum} steps`), made("td", "number", seconds(row.seconds)));
    }
    return found;
  }

  function others(run) {
    const now = run.rows.filter((row) => row.state === "running" && !row.steps);
    const done = run.rows.filter((row) => row.state === "finished" && !row.steps);
    const parts = now.map((row) => made("p", "", `${row.node} · ${seconds(row.seconds)}`));
    if (done.length) {
      const slow = [...done].sort((a, b) => b.seconds - a.seconds).slice(0, 4).filter((row) => row.seconds >= 0.1);
      const shown = slow.map((row) => `${row.node} ${seconds(row.seconds)}`).join(", ");
      parts.push(made("p", "quiet", `${done.length} other nodes done${shown ? `: ${shown}` : ""}`));
    }
    return parts;
  }

  function foot(run) {
    const parts = run.notes.map((note) => made("p", "quiet", note));
    if (run.problem) parts.push(made("p", "problem", run.problem));
    for (const output of run.outputs) {
      const line = made("p");
      const link = made("button", "link", output);
      link.addEventListener("click", () => vscode.postMessage({ do: "open", path: output }));
      line.append(link);
      parts.push(line);
    }
    if (run.running) {
      const cancel = made("button", "", "Cancel");
      cancel.id = "cancel";
      cancel.addEventListener("click", () => vscode.postMessage({ do: "cancel" }));
      parts.push(cancel);
    }
    return parts;
  }

  window.addEventListener("message", ({ data }) => {
    const focused = document.activeElement && document.activeElement.id;
    root.replaceChildren(...head(data), table(data), ...others(data), ...foot(data));
    if (focused) document.getElementById(focused)?.focus();
  });
  vscode.postMessage({ do: "ready" });
})();
