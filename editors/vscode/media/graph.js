// Shows a graph: boxes can be clicked, and those that the cursor is about are marked.
(function () {
  const vscode = acquireVsCodeApi();
  const root = document.getElementById("graph");
  const problem = document.getElementById("problem");
  const LEAST = 0.7;
  let boxes = [];
  let zoom = 1;

  function draw(svg, found) {
    const read = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
    read.querySelectorAll("script, foreignObject").forEach((each) => each.remove());
    const drawn = document.importNode(read, true);
    root.replaceChildren(drawn);
    fit(drawn);
    boxes = found.map((box) => ({ ...box, element: document.getElementById(box.id) })).filter((box) => box.element);
    for (const { id, element, jumps } of boxes) {
      if (!jumps) continue;
      element.classList.add("jumps");
      element.setAttribute("tabindex", "0");
      element.setAttribute("role", "link");
      element.addEventListener("click", () => vscode.postMessage({ do: "jump", id }));
      element.addEventListener("keydown", (event) => {
        if (event.key === "Enter") vscode.postMessage({ do: "jump", id });
      });
    }
  }

  /** As wide as the panel, but not so small that nothing can be read. */
  function fit(drawn) {
    const natural = drawn.viewBox?.baseVal?.width || 0;
    drawn.style.width = `${Math.max(root.clientWidth, natural * LEAST * zoom)}px`;
  }

  root.addEventListener("wheel", (event) => {
    const drawn = root.querySelector("svg");
    if (!event.ctrlKey || !drawn) return;
    event.preventDefault();
    zoom = Math.min(4, Math.max(0.25, zoom * (event.deltaY < 0 ? 1.1 : 1 / 1.1)));
    fit(drawn);
  }, { passive: false });

  function mark(nodes) {
    for (const { node, element } of boxes) element.classList.toggle("marked", nodes.includes(node));
    root.querySelector(".marked")?.scrollIntoView({ block: "nearest", inline: "center" });
  }

  function tell(text) {
    problem.textContent = text;
    problem.hidden = text === "";
  }

  window.addEventListener("message", ({ data }) => {
    if (data.do === "draw") {
      draw(data.svg, data.boxes);
      tell(data.problem);
    } else if (data.do === "mark") {
      mark(data.nodes);
    } else if (data.do === "problem") {
      tell(data.text);
    }
  });
  vscode.postMessage({ do: "ready" });
})();
