// Keeps the page fresh: fetches it again, and changes only what differs, so that focus, scrolling and what is
// selected stay. Nothing is ever sent but GET /.
(() => {
  const main = document.getElementById("main");
  let tag = "", failures = 0, told = "", wait = 2000;

  const sync = (old, fresh) => {
    if (old.nodeType === Node.TEXT_NODE) {
      if (old.data !== fresh.data) old.data = fresh.data;
      return;
    }
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    if (old.id === "told" || old.id === "fresh") return;
    const news = [...fresh.childNodes];
    let at = old.firstChild;
    for (const node of news) {
      if (at && at.nodeType === node.nodeType && at.nodeName === node.nodeName && (at.id || "") === (node.id || "")) {
        sync(at, node);
        at = at.nextSibling;
      } else {
        const same = node.id && [...old.children].find((child) => child.id === node.id);
        if (same) {
          old.insertBefore(same, at);
          sync(same, node);
        } else old.insertBefore(document.importNode(node, true), at);
      }
    }
    while (at) {
      const next = at.nextSibling;
      at.remove();
      at = next;
    }
  };

  // A screen reader is told when the state changes, and each tenth of the jobs; not every two seconds.
  const tell = () => {
    const verdict = document.getElementById("verdict");
    if (!verdict) return;
    const text = verdict.textContent.trim();
    const numbers = text.replaceAll(",", "").match(/(\d+) of (\d+) jobs/);
    const key = text.split(":")[0].replace(/\d+/g, "") + (numbers ? Math.floor((10 * numbers[1]) / numbers[2]) : "");
    if (told && key !== told) document.getElementById("told").textContent = text;
    told = key;
  };

  const fresh = (text, isOld) => {
    const line = document.getElementById("fresh");
    line.textContent = text;
    line.classList.toggle("old", isOld);
  };

  const look = async () => {
    try {
      const answer = await fetch("/", { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
      if (answer.status === 200) {
        const text = await answer.text();
        tag = answer.headers.get("ETag") || "";
        const page = new DOMParser().parseFromString(text, "text/html");
        document.title = page.title;
        sync(main, page.getElementById("main"));
        wait = Math.max(2000, Math.min(10000, text.length / 100));
        tell();
      } else if (answer.status !== 304) throw new Error(answer.status);
      failures = 0;
      fresh(`As of ${new Date().toLocaleTimeString()}. It updates itself.`, false);
    } catch {
      failures += 1;
      fresh(`wan fleet ui does not answer any more: this is what it last said, at ${main.dataset.at}.`, true);
    }
    setTimeout(look, failures ? Math.min(30000, 2000 * 2 ** failures) : wait);
  };

  tell();
  setTimeout(look, 500);
})();
