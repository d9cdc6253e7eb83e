// Which case: native radios, one button. What has been begun says so.
export default {
  render(context) {
    return view(context, "choosing", ({ model, root, body, watch, ask }) => {
      root.setAttribute("aria-label", "Choose a patient");
      const name = unique("case");
      let chosen = model.get("opened");
      const draw = () => {
        const choices = model.get("cases").map((one) => {
          const input = h("input", { type: "radio", name, value: one.id, checked: one.id === chosen, "data-key": one.id, onchange: () => { chosen = one.id; } });
          return h("label", { class: "pt-option" }, input, h("span", {},
            h("span", { class: "pt-case" }, one.title), h("br"), h("span", { class: "pt-soft pt-small" }, one.about)));
        });
        refill(body,
          h("p", { class: "pt-eyebrow" }, "Patients"),
          h("fieldset", {}, h("legend", {}, "Who is your patient?"), h("div", { class: "pt-options" }, choices)),
          h("div", { class: "pt-actions" }, h("button", { type: "button", class: "pt-primary", "data-key": "open", onclick: () => ask({ do: "open", id: chosen || "" }, 60) }, "Go to the patient")),
          h("p", { class: "pt-soft pt-small", role: "status" }, model.get("said")),
        );
      };
      watch(["cases", "said"], draw);
      draw();
    });
  },
};
