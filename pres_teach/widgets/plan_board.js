// A plan on paper: native radios, selects and ticks; every change is sent at once, the pictures stand below.
export default {
  render(context) {
    return view(context, "planning", ({ model, root, body, watch, ask }) => {
      root.setAttribute("aria-label", "Plan");
      const choices = model.get("choices");
      const change = (what) => ask({ do: "set", plan: { ...model.get("plan"), ...what } });

      const radios = (key, legend, options) => {
        const name = unique(key);
        return h("fieldset", {}, h("legend", {}, legend), h("div", { class: "pt-choices" }, options.map(([value, text]) =>
          h("label", { class: "pt-choice" }, h("input", { type: "radio", name, value, checked: model.get("plan")[key] === value, "data-key": `${key}-${value}`, onchange: () => change({ [key]: value }) }), h("span", {}, text)))));
      };
      const select = (key, label, options) => {
        const control = h("select", { "data-key": key, onchange: (event) => change({ [key]: options[event.target.selectedIndex][0] }) },
          options.map(([value, text]) => h("option", { selected: model.get("plan")[key] === value }, text)));
        return field(label, control);
      };
      const controls = h("div", {});
      const status = h("p", { class: "pt-plan-short", role: "status" });
      const said = h("div", { class: "pt-plan-said" });
      const take = h("button", { type: "button", class: "pt-primary", "data-key": "take", onclick: () => ask({ do: "take" }) }, "Write it into the chart");
      const back = h("button", { type: "button", "data-key": "back", onclick: () => ask({ do: "back" }) }, "Start again from the chart");
      const told = h("p", { class: "pt-small", role: "status" });
      const draw = () => {
        const plan = model.get("plan");
        refill(controls,
          radios("tacrolimus", "Tacrolimus", choices.tacrolimus),
          (plan.tacrolimus === "hold" || plan.tacrolimus === "less") && h("div", { class: "pt-plan-row" },
            plan.tacrolimus === "hold" && select("hold_h", "for", choices.holds),
            select("cut", plan.tacrolimus === "hold" ? "then" : "to", plan.tacrolimus === "hold" ? choices.after : choices.cuts)),
          radios("agent", "In its place", choices.agents),
          plan.agent && h("div", { class: "pt-plan-row" }, select("gap_h", "begins, after the last tacrolimus", choices.gaps)),
          plan.agent && h("p", { class: "pt-soft pt-small" }, choices.doses[plan.agent]),
          h("fieldset", {}, h("legend", {}, "And"), h("div", { class: "pt-choices" },
            h("label", { class: "pt-choice" }, h("input", { type: "checkbox", checked: plan.bridge, "data-key": "bridge", onchange: (event) => change({ bridge: event.target.checked }) }), h("span", {}, choices.bridge)),
            choices.away.map(([value, text]) => h("label", { class: "pt-choice" }, h("input", { type: "checkbox", checked: plan.away.includes(value), "data-key": `away-${value}`, onchange: (event) => change({ away: event.target.checked ? [...plan.away, value] : plan.away.filter((one) => one !== value) }) }), h("span", {}, text))))),
        );
        status.textContent = model.get("short");
        said.innerHTML = model.get("said");
        told.textContent = model.get("told");
        take.disabled = !model.get("changed");
      };
      body.append(h("p", { class: "pt-eyebrow" }, "A plan on paper"), h("div", { html: model.get("lead") }), controls, status, said, h("div", { class: "pt-actions" }, take, back), told);
      watch(["plan", "short", "said", "told", "changed"], draw);
      draw();
    });
  },
};
