// A piece that follows the encounter.
export default {
  render(context) {
    return view(context, "panel", ({ model, root, body, watch, ask }) => {
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
        if (asked && data && data.byteLength) download(root, data, model.get("file_name"), "text/html");
      });
      watch(["label", "body", "button", "lead"], draw);
      draw();
    });
  },
};
