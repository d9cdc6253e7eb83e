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

/**
 * Cards of citations and terms, for the whole page: pieces without a script of their own have them, too. On focus and on
 * hover; the pointer may move onto the card, Escape puts it away, and nothing but that or leaving does. Without this script
 * the style sheet opens them in place.
 */
function cards() {
  const page = document.documentElement;
  if (page.classList.contains("pt-live")) return;
  page.classList.add("pt-live");
  const card = h("div", { class: "pt pt-float", role: "tooltip", id: "pt-card-shown", hidden: true });
  document.body.append(card);
  let owner = null;
  let leaving = 0;
  let touched = false;

  const put = () => {
    const lines = [...owner.getClientRects()]; // a link may run over two lines
    const at = { left: lines[0]?.left ?? 0, top: lines[0]?.top ?? 0, bottom: lines.at(-1)?.bottom ?? 0 };
    const wide = document.documentElement.clientWidth;
    card.style.maxWidth = `${Math.min(440, wide - 16)}px`;
    const box = card.getBoundingClientRect();
    const below = at.bottom + box.height + 4 < innerHeight || at.top < box.height + 4;
    card.style.left = `${Math.max(8, Math.min(at.left - 10, wide - box.width - 8))}px`;
    card.style.top = `${Math.max(4, below ? Math.min(at.bottom + 2, Math.max(at.bottom + 2 - box.height, innerHeight - box.height - 4)) : at.top - box.height - 2)}px`;
  };
  const hide = () => {
    clearTimeout(leaving);
    if (!owner) return;
    owner.removeAttribute("aria-describedby");
    if (owner.classList.contains("pt-term")) owner.setAttribute("aria-expanded", "false");
    owner = null;
    card.hidden = true;
    card.replaceChildren();
  };
  const show = (word) => {
    clearTimeout(leaving);
    if (word === owner) return;
    const text = word.parentElement.querySelector(".pt-card");
    if (!text) return;
    hide();
    owner = word;
    card.innerHTML = text.innerHTML; // made safe in Python
    card.hidden = false;
    put();
    word.setAttribute("aria-describedby", card.id);
    if (word.classList.contains("pt-term")) word.setAttribute("aria-expanded", "true");
  };
  const word = (event) => event.target.closest?.(".pt-citing > .pt-cite, .pt-citing > .pt-term");
  const later = () => {
    clearTimeout(leaving);
    leaving = setTimeout(() => owner && owner !== document.activeElement && hide(), 350);
  };
  addEventListener("pointerdown", (event) => { touched = event.pointerType === "touch"; if (!word(event) && !card.contains(event.target)) hide(); }, true);
  document.addEventListener("mouseover", (event) => {
    if (word(event)) show(word(event));
    else if (card.contains(event.target)) clearTimeout(leaving);
    else if (owner) later();
  });
  document.addEventListener("focusin", (event) => (word(event) ? show(word(event)) : hide()));
  document.addEventListener("focusout", (event) => { if (event.target === owner && !card.matches(":hover")) later(); });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && owner) {
      hide();
      event.stopPropagation();
      event.preventDefault();
    } else if (word(event)?.classList.contains("pt-term") && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      event.stopPropagation();
      if (owner === word(event)) hide();
      else show(word(event));
    }
  }, true);
  addEventListener("scroll", (event) => { if (owner && !card.contains(event.target)) (owner.isConnected ? put : hide)(); }, true);
  addEventListener("resize", hide);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.pt-cite");
    if (!link) return;
    event.preventDefault();
    const entry = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (touched && owner !== link) return show(link);
    if (!entry || touched) return show(link);
    hide();
    entry.tabIndex = -1;
    entry.scrollIntoView({ block: "center" });
    entry.focus({ preventScroll: true });
  });
}

/**
 * Dress the prose of the notebook that holds this piece: "[@key]" becomes a citation with its card, a term its explanation.
 * What was found goes to Python as one request; what the keys and terms mean comes back in the trait `dress`.
 */
function dressing({ model, root, ask, watch, leave }) {
  const prose = ".jp-MarkdownCell .jp-RenderedMarkdown";
  const notebook = () => root.closest(".jp-Notebook");
  let wanted = "";
  const gather = () => {
    const book = notebook();
    if (!book) return;
    const keys = new Set();
    for (const link of book.querySelectorAll(`${prose} a[href^="#source-"]`)) {
      if (link.textContent.startsWith("@")) keys.add(link.textContent.slice(1));
    }
    const list = [...keys].sort();
    const known = model.get("dress").cards || {};
    if (list.some((key) => !(key in known)) && list.join() !== wanted) {
      wanted = list.join();
      ask({ do: "dress", keys: list });
    }
    wear();
  };
  const wear = () => {
    const book = notebook();
    const { cards: known = {}, terms = [] } = model.get("dress");
    if (!book) return;
    for (const link of book.querySelectorAll(`${prose} a[href^="#source-"]`)) {
      const found = link.textContent.startsWith("@") && known[link.textContent.slice(1)];
      if (!found) continue;
      link.dataset.key = link.textContent.slice(1);
      link.textContent = found.label;
      link.classList.add("pt-cite");
      link.setAttribute("data-lm-suppress-shortcuts", "true");
      const holder = h("span", { class: "pt-citing" });
      link.replaceWith("(", holder, ")");
      holder.append(link, h("span", { class: "pt-card", html: found.html, hidden: true }));
    }
    if (!terms.length) return;
    const pattern = new RegExp(`(?<![\\p{L}\\p{N}-])(${terms.flatMap((term) => term.words).sort((a, b) => b.length - a.length).map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})(?![\\p{L}\\p{N}-])`, "giu");
    // an abbreviation in capitals is that in capitals alone: a map is no mean arterial pressure
    const of = new Map(terms.flatMap((term) => term.words.map((one) => [one === one.toUpperCase() ? one : one.toLowerCase(), term])));
    for (const cell of book.querySelectorAll(prose)) {
      if (cell.dataset.ptDressed === model.get("dress").reader) continue;
      cell.querySelectorAll(".pt-citing:has(> .pt-term)").forEach((old) => old.replaceWith(old.firstChild.textContent));
      cell.normalize();
      cell.dataset.ptDressed = model.get("dress").reader;
      const told = new Set();
      const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
      const texts = [];
      while (walk.nextNode()) if (!walk.currentNode.parentElement.closest("a, button, summary, code, pre, h1, h2, h3, h4, h5, h6, .pt-citing")) texts.push(walk.currentNode);
      for (const text of texts) {
        const pieces = [];
        let done = 0;
        for (const match of text.data.matchAll(pattern)) {
          const term = of.get(match[0]) ?? of.get(match[0].toLowerCase());
          if (!term || told.has(term.term)) continue;
          told.add(term.term);
          pieces.push(text.data.slice(done, match.index), h("span", { class: "pt-citing" },
            h("span", { class: "pt-term", role: "button", tabindex: "0", "data-lm-suppress-shortcuts": "true", "aria-expanded": "false" }, match[0]),
            h("span", { class: "pt-card", html: term.html, hidden: true })));
          done = match.index + match[0].length;
        }
        if (pieces.length) text.replaceWith(...pieces, text.data.slice(done));
      }
    }
  };
  watch("dress", () => { gather(); });
  let soon = 0;
  const look = () => { clearTimeout(soon); soon = setTimeout(gather, 120); };
  const watcher = new MutationObserver(look);
  const begin = setTimeout(() => {
    if (notebook()) watcher.observe(notebook(), { childList: true, subtree: true });
    gather();
  }, 0);
  leave(() => { clearTimeout(begin); clearTimeout(soon); watcher.disconnect(); });
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
  cards();

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
