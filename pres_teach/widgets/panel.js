// A piece that follows the encounter.
export default {
  render(context) {
    return view(context, "panel", ({ model, root, body, watch, ask }) => {
      const draw = () => {
        root.setAttribute("aria-label", model.get("label"));
        const html = model.get("body");
        const button = model.get("button");
        refill(
          body,
          !html && model.get("lead") && h("div", { html: model.get("lead") }),
          html && h("div", { html, class: "pt-pieces" }),
          button && h("div", { class: "pt-actions" }, h("button", { type: "button", class: "pt-primary", "data-key": "open", onclick: () => ask({ do: "open" }) }, button)),
        );
      };
      watch(["label", "body", "button", "lead"], draw);
      draw();
    });
  },
};
