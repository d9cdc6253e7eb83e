// One setting to turn: a native range, the slice it makes, and the signal of each tissue along it.
export default {
  render(context) {
    return view(context, "physics", ({ model, root, body, watch, ask }) => {
      const setting = model.get("setting");
      root.setAttribute("aria-label", model.get("title"));
      const now = h("span", { class: "pt-now" });
      const range = h("input", {
        type: "range", min: setting.low, max: setting.high, step: setting.step, value: model.get("value"), "data-key": "turn",
        oninput: () => { now.textContent = `${range.value} ${setting.unit}`; range.setAttribute("aria-valuetext", now.textContent); },
        onchange: () => ask({ do: "turn", value: Number(range.value) }),
      });
      const picture = h("figure", {});
      const curve = h("div", { class: "pt-curve" });
      const said = h("p", { role: "status" });
      body.append(
        h("p", { class: "pt-eyebrow" }, "Physics"), h("h3", {}, model.get("title")), h("p", {}, model.get("lead")),
        h("div", { class: "pt-turn" }, field(setting.name, range), now),
        h("div", { class: "pt-physics-two" }, picture, curve), said,
        h("p", { class: "pt-soft pt-small" }, "Synthetic slice; curves from the signal equations, relative to white matter with the usual settings."),
      );
      const draw = () => {
        range.value = model.get("value");
        now.textContent = `${Math.round(model.get("value"))} ${setting.unit}`;
        range.setAttribute("aria-valuetext", now.textContent);
        curve.innerHTML = model.get("curve");
        said.textContent = model.get("said");
        const data = model.get("picture");
        refill(picture, data
          ? h("div", { class: "pt-physics-slice" }, h("img", { src: `data:image/png;base64,${data}`, alt: model.get("alt") }), h("span", { class: "pt-physics-stamp" }, "R · SYNTHETIC · L"))
          : h("button", { type: "button", "data-key": "look", onclick: () => ask({ do: "look" }, 60) }, "Show the slice"));
      };
      watch(["value", "curve", "said", "picture"], draw);
      draw();
    });
  },
};
