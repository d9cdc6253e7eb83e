// Look it up: one field, one button, a list. What was found is announced, and stays readable below.
export default {
  render(context) {
    return view(context, "looking", ({ model, root, body, watch, ask }) => {
      root.setAttribute("aria-label", "Look it up");
      const input = h("input", { type: "search", autocomplete: "off", spellcheck: "false", maxlength: "300", enterkeyhint: "search", value: model.get("asked") });
      const said = h("p", { class: "pt-said", role: "status" });
      const list = h("ol", { class: "pt-found", "aria-label": "What was found" });
      const form = h("form", { role: "search", "aria-label": "Claims, drugs, terms and cases", onsubmit: (event) => {
        event.preventDefault();
        ask({ do: "find", text: input.value.slice(0, 300) });
      } },
        field("Claims, drugs, terms, cases: what do you want to know?", input),
        h("button", { type: "submit", class: "pt-primary" }, "Look up"));
      body.append(h("p", { class: "pt-eyebrow" }, "Look it up"), form, said, list);
      const draw = () => {
        const text = model.get("said");
        // the same words twice would be no change, and nothing would be announced
        said.textContent = "";
        requestAnimationFrame(() => { said.textContent = text; });
        list.innerHTML = model.get("found"); // made safe in Python
        list.hidden = !model.get("found");
      };
      watch("handled", draw);
      draw();
    });
  },
};
