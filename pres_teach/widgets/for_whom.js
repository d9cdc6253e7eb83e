// Who reads: native radios in three groups; a choice takes hold at once.
export default {
  render(context) {
    return view(context, "reader", ({ model, root, body, watch, ask }) => {
      root.setAttribute("aria-label", "Who reads");
      const inputs = [];
      const groups = model.get("choices").map((choice) => {
        const group = unique(choice.name);
        return h("fieldset", {}, h("legend", {}, choice.legend), h("div", { class: "pt-choices" }, choice.values.map(([value, text]) => {
          const input = h("input", { type: "radio", name: group, value, onchange: () => ask({ do: "choose", name: choice.name, value }) });
          inputs.push([choice.name, value, input]);
          return h("label", { class: "pt-choice" }, input, h("span", {}, text));
        })));
      });
      const said = h("p", { class: "pt-soft pt-small", role: "status" });
      body.append(h("p", { class: "pt-eyebrow" }, "For whom"), h("div", { class: "pt-groups" }, groups), said);
      const draw = () => {
        const kept = model.get("reader");
        for (const [name, value, input] of inputs) input.checked = kept[name] === value;
        said.textContent = model.get("said");
      };
      watch(["reader", "said"], draw);
      draw();
    });
  },
};
