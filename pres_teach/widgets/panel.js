// A piece that follows the encounter.
export default {
  render(context) {
    return view(context, "panel", ({ model, root, body, watch, ask, leave }) => {
      let asked = false; // only the view that was pressed saves the file
      const draw = () => {
        root.setAttribute("aria-label", model.get("label"));
        const html = model.get("body");
        const button = model.get("button");
        refill(
          body,
          !html && model.get("lead") && h("div", { html: model.get("lead") }),
          html && h("div", { html, class: "pt-pieces", "aria-live": model.get("live") ? "polite" : null }),
          button && h("div", { class: "pt-actions" }, h("button", { type: "button", class: "pt-primary", "data-key": "open", onclick: () => { asked = true; ask({ do: "open" }, 60); } }, button)),
        );
      };
      watch("file", () => {
        const data = model.get("file");
        if (asked && data && data.byteLength) download(root, data, model.get("file_name"), model.get("file_name").endsWith(".pdf") ? "application/pdf" : "text/html");
      });
      watch(["label", "body", "button", "lead"], draw);
      draw();
      if (model.get("landing")) leave(land(root));
      if (model.get("arriving")) arrive(root);
      if (model.get("dresses")) dressing({ model, root, ask, watch, leave });
    });
  },
};

// What the learner asked for has taken the place of what was pressed: the page and the keyboard go there.
function arrive(root) {
  root.tabIndex = -1;
  requestAnimationFrame(() => {
    root.focus({ preventScroll: true });
    root.scrollIntoView({ block: "start" });
  });
}

// Running all cells scrolls to the last one. Until the learner moves something, the page comes back to the top, and the
// keyboard with it.
function land(root) {
  root.tabIndex = -1;
  const moves = ["pointerdown", "wheel", "keydown", "touchstart"];
  const stop = () => {
    clearInterval(watching);
    clearTimeout(enough);
    moves.forEach((name) => removeEventListener(name, stop, true));
    removeEventListener("focusin", elsewhere, true);
  };
  // a screen reader may move the focus without any key
  const elsewhere = (event) => event.target.closest?.(".pt, .pt-citing") && !root.contains(event.target) && stop();
  const watching = setInterval(() => {
    const top = root.getBoundingClientRect().top;
    const page = root.closest(".jp-WindowedPanel-outer, .jp-Notebook, .jp-NotebookPanel-notebook");
    if (!page || (top >= 0 && top < innerHeight && root.contains(document.activeElement))) return;
    root.focus({ preventScroll: true });
    page.scrollTop = 0;
  }, 150);
  const enough = setTimeout(stop, 20000);
  moves.forEach((name) => addEventListener(name, stop, true));
  addEventListener("focusin", elsewhere, true);
  return stop;
}
