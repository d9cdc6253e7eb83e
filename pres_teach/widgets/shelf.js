// A list to choose from: a native select, what is said below it.
export default {
  render(context) {
    return view(context, "shelf", ({ model, root, body, watch, ask }) => {
      root.setAttribute("aria-label", model.get("title"));
      const names = model.get("names");
      const select = h("select", { "data-key": "choose", onchange: () => ask({ do: "choose", name: names[select.selectedIndex][0] }, 60) },
        names.map(([name, text]) => h("option", { value: name }, text)));
      const said = h("div", { class: "pt-pieces", "aria-live": "polite" });
      body.append(field(model.get("title"), select), said);
      const draw = () => {
        select.value = model.get("chosen");
        said.innerHTML = model.get("said");
      };
      watch(["chosen", "said"], draw);
      draw();
    });
  },
};
