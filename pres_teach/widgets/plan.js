// A plan put together: one choice for each thing, written out below as it grows; feedback for each once it was checked.
export default {
  render(context) {
    return view(context, "plan", ({ model, root, body, watch, ask }) => {
      const plan = model.get("plan");
      root.setAttribute("aria-label", plan.label);
      const inputs = [];
      const notes = [];
      const rows = plan.rows.map((row) => {
        const name = unique(row.id);
        const note = h("div", { class: "pt-feedback", id: unique("feedback") });
        const own = row.choices.map((text, index) => h("input", { type: "radio", name, value: String(index), "aria-describedby": note.id }));
        inputs.push(own);
        notes.push(note);
        return h("fieldset", { class: "pt-watch" }, h("legend", {}, row.watch),
          h("div", { class: "pt-ways" }, own.map((input, index) => h("label", { class: "pt-way" }, input, h("span", {}, row.choices[index])))), note);
      });
      const heading = h("h3", {});
      const list = h("dl", { class: "pt-plan-list" });
      const button = h("button", { type: "submit", class: "pt-primary" }, "Check my plan");
      const missing = h("p", { class: "pt-soft", role: "status" });
      const verdict = h("div", { class: "pt-region", role: "status" });
      const form = h("form", { novalidate: true }, rows,
        h("section", { class: "pt-plan-sheet", "aria-label": "Your plan so far" }, heading, list),
        h("div", { class: "pt-actions" }, button, missing));
      body.append(h("p", { class: "pt-eyebrow" }, plan.eyebrow), h("div", { class: "pt-plan-ask", html: plan.ask }), h("p", { class: "pt-soft pt-small" }, "Not marked. Choose one way for each, then check."), form, verdict);

      const chosen = () => Object.fromEntries(inputs.flatMap((own, row) => own.flatMap((input, index) => (input.checked ? [[plan.rows[row].id, index]] : []))));
      const write = () => {
        const given = chosen();
        const rows = plan.rows.filter((row) => row.id in given);
        heading.textContent = `Your plan so far: ${rows.length} of ${plan.rows.length}`;
        list.replaceChildren(...rows.flatMap((row) => [h("dt", {}, row.watch), h("dd", {}, row.choices[given[row.id]])]));
      };
      const stale = () => {
        const mark = model.get("mark") || {};
        if (!mark.rows) return;
        const now = chosen();
        plan.rows.forEach((row, place) => notes[place].toggleAttribute("hidden", now[row.id] !== mark.given[row.id]));
        const changed = plan.rows.some((row) => now[row.id] !== mark.given[row.id]);
        missing.textContent = changed ? "You have changed your plan since it was checked." : "";
        button.textContent = changed ? "Check my new plan" : "Check my plan again";
      };
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const given = chosen();
        const open = plan.rows.filter((row) => !(row.id in given));
        if (open.length === plan.rows.length) {
          missing.textContent = "Choose a way for something first.";
          return;
        }
        missing.textContent = "";
        ask({ do: "check", chosen: given });
      });
      form.addEventListener("change", () => {
        missing.textContent = "";
        model.set("draft", chosen());
        model.save_changes();
        write();
        stale();
      });
      const fill = () => {
        const given = model.get("draft") || {};
        inputs.forEach((own, row) => own.forEach((input, index) => { input.checked = given[plan.rows[row].id] === index; }));
        write();
        stale();
      };
      const KIND = { fits: "right", defensible: "part", gap: "wrong", open: "warn" };
      const drawMark = () => {
        const mark = model.get("mark") || {};
        notes.forEach((note, place) => {
          const one = (mark.rows || {})[plan.rows[place].id];
          note.replaceChildren(...(one ? [h("p", {}, badge(KIND[one.fits], one.word)), h("div", { html: one.html })] : []));
        });
        verdict.replaceChildren(...(mark.rows ? [h("div", { class: "pt-note pt-is-plain" }, h("p", {}, h("strong", {}, mark.summary)), mark.explain && h("div", { html: mark.explain }))] : []));
        stale();
      };
      watch("notice", () => { const said = model.get("notice") || {}; if (said.text) missing.textContent = said.text; });
      watch("draft", fill);
      watch("mark", drawMark);
      fill();
      drawMark();
    });
  },
};
