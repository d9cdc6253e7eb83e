// What every widget shares. The loader puts this file in front of the widget's own script: one module, no build, no network.

/** Make an element: h("p", {class: "x", onclick: f, html: safeHtml}, "text", child). */
function h(tag, props = {}, ...children) {
  const svg = ["svg", "g", "path", "line", "rect", "text", "circle", "polyline", "polygon", "title", "desc", "tspan"].includes(tag);
  const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "html") node.innerHTML = value; // made safe in Python
    else if (name === "value") node.value = value;
    else if (name === "checked") node.checked = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Hand a file that came from Python to the learner. */
function download(root, data, name, type) {
  const url = URL.createObjectURL(new Blob([data], { type }));
  const link = h("a", { href: url, download: name });
  root.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

let counter = 0;
/** An id that no other view on the page has. */
function unique(stem) {
  counter += 1;
  return `pt-${stem}-${counter}-${Math.random().toString(36).slice(2, 7)}`;
}

/** A control below its label. */
function field(text, control) {
  control.id ||= unique("field");
  return h("div", { class: "pt-field" }, h("label", { for: control.id }, text), control);
}

const SIGNS = { right: "✓", part: "◐", wrong: "✕", plain: "–", warn: "!", alarm: "!", time: "…" };
/** A verdict: word, sign and colour together. */
function badge(kind, word) {
  const tone = { warn: "part", alarm: "wrong", time: "plain" }[kind] || kind;
  return h("span", { class: `pt-badge pt-is-${tone}`, "data-sign": SIGNS[kind] || "–" }, word);
}

/** Ask Python for something. A list, since quick clicks may travel as one change. */
function send(model, request) {
  const asked = model.get("requests") || [];
  const n = asked.length ? asked[asked.length - 1].n + 1 : 1;
  model.set("requests", [...asked.slice(-19), { n, ...request }]);
  model.save_changes();
  return n;
}

/** Replace children, and give the focus back to the control with the same data-key. */
function refill(parent, ...children) {
  const active = parent.getRootNode().activeElement;
  const key = active && parent.contains(active) ? active.dataset.key : null;
  parent.replaceChildren(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false));
  if (key) {
    const again = parent.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (again && !again.disabled) again.focus({ preventScroll: true });
  }
}

// The browser's own memory of a case. What is longer and not continued by the newer one is put aside, never written over.
const memory = {
  name: (key) => `pres_teach/${key}`,
  steps(text) {
    try {
      const found = JSON.parse(text);
      const events = Array.isArray(found) ? found : found.events;
      return Array.isArray(events) ? events.length : 0;
    } catch {
      return 0;
    }
  },
  read(key) {
    if (!key) return "";
    try {
      const candidates = [memory.name(key), memory.name(key) + "/earlier"].map((name) => localStorage.getItem(name));
      return candidates.filter(Boolean).sort((a, b) => memory.steps(b) - memory.steps(a))[0] || "";
    } catch {
      return "";
    }
  },
  write(key, text) {
    if (!key || !text) return;
    try {
      const name = memory.name(key);
      const before = localStorage.getItem(name);
      if (before && memory.steps(before) > memory.steps(text)) {
        const earlier = localStorage.getItem(name + "/earlier");
        if (!earlier || memory.steps(earlier) < memory.steps(before)) localStorage.setItem(name + "/earlier", before);
      }
      localStorage.setItem(name, text);
    } catch {
      // no storage here (private window, quota): the file download still works
    }
  },
};

/** Show the card of a source where it is cited; a page's own list of sources is one more click away. */
function citations(root) {
  root.addEventListener("click", (event) => {
    const link = event.target.closest("a.pt-cite");
    if (!link || !root.contains(link)) return;
    event.preventDefault();
    const shown = link.nextElementSibling;
    if (shown && shown.classList.contains("pt-source-card")) {
      shown.remove();
      link.setAttribute("aria-expanded", "false");
      return;
    }
    link.setAttribute("aria-expanded", "true");
    link.after(h("span", { class: "pt-source-card", role: "note" }, link.title || link.textContent));
  });
}

/**
 * Begin a view: a root that keeps its keys to itself (a "d d" in a notebook deletes a cell), watches traits, shows errors,
 * writes the journal through. `build` gets {model, root, body, watch, ask, leave} and draws once; `watch` redraws.
 */
function view({ model, el }, name, build) {
  const undo = [];
  const watch = (names, draw) => {
    for (const one of [].concat(names)) {
      model.on(`change:${one}`, draw);
      undo.push(() => model.off(`change:${one}`, draw));
    }
  };
  const root = h("section", { class: `pt pt-${name}`, "data-widget": name });
  for (const kind of ["keydown", "keyup", "keypress"]) root.addEventListener(kind, (event) => event.stopPropagation());
  root.addEventListener("focusin", (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true"));
  citations(root);

  const body = h("div", { class: "pt-body" });
  const trouble = h("div", { class: "pt-region", role: "alert" });
  const showTrouble = (text) => trouble.replaceChildren(...(text ? [h("p", { class: "pt-note pt-is-wrong" }, badge("alarm", "Sorry"), " ", text)] : []));
  root.append(body, trouble);

  let patience = 0;
  const ask = (request, seconds = 15) => {
    const n = send(model, request);
    root.setAttribute("aria-busy", "true");
    clearTimeout(patience);
    patience = setTimeout(() => {
      if (model.get("handled") < n) showTrouble("Python has not answered. If its kernel has stopped, choose Run, then Run All Cells: your work is remembered.");
    }, seconds * 1000);
  };
  watch("handled", () => {
    clearTimeout(patience);
    root.removeAttribute("aria-busy");
    root.dataset.handled = model.get("handled");
    showTrouble(model.get("error"));
  });
  watch("error", () => showTrouble(model.get("error")));
  watch("journal", () => memory.write(model.get("journal_key"), model.get("journal")));
  root.dataset.handled = model.get("handled");
  showTrouble(model.get("error"));
  // on opening, too, but never over a longer memory: that one is offered by the record's own widget
  if (memory.steps(model.get("journal")) >= memory.steps(memory.read(model.get("journal_key")))) memory.write(model.get("journal_key"), model.get("journal"));

  build({ model, root, body, watch, ask, leave: (undoing) => undo.push(undoing) });
  el.append(root);
  return () => {
    clearTimeout(patience);
    undo.forEach((off) => off());
  };
}
