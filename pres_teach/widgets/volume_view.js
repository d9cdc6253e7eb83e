// The words above a three-dimensional view that another package draws. Keys pressed there stay there.
export default {
  render(context) {
    return view(context, "volume", ({ model, root, body, watch, leave }) => {
      const draw = () => {
        root.setAttribute("aria-label", model.get("label"));
        body.replaceChildren(h("div", { html: model.get("body") }));
      };
      watch(["label", "body"], draw);
      draw();
      // Jupyter listens on the whole page, and "d d" there deletes a cell. The picture beside us is not ours: its box is.
      const stop = (event) => event.stopPropagation();
      const named = (box) => box.querySelectorAll("canvas").forEach((canvas) => {
        if (!canvas.hasAttribute("aria-label")) {
          canvas.setAttribute("role", "img");
          canvas.setAttribute("aria-label", `${model.get("label")}. What it shows is said above.`);
        }
        canvas.setAttribute("data-lm-suppress-shortcuts", "true");
      });
      let box = null;
      const kinds = ["keydown", "keyup", "keypress"];
      const watching = new MutationObserver(() => box && named(box));
      const attach = () => {
        box = root.isConnected ? root.closest(".widget-vbox, .jupyter-widgets.widget-box") : null;
        if (!box) { waiting = requestAnimationFrame(attach); return; }
        kinds.forEach((kind) => box.addEventListener(kind, stop));
        box.dataset.keeps = "keys";
        watching.observe(box, { childList: true, subtree: true });
        named(box);
      };
      let waiting = requestAnimationFrame(attach);
      leave(() => {
        cancelAnimationFrame(waiting);
        watching.disconnect();
        if (box) kinds.forEach((kind) => box.removeEventListener(kind, stop));
      });
    });
  },
};
