// One question: radios, ticks, a number with its unit, or free text; feedback for every option once it was answered.
export default {
  render(context) {
    return view(context, "question", ({ model, root, body, watch, ask }) => {
      const q = model.get("question");
      const name = unique("choice");
      const choice = q.kind === "single" || q.kind === "multiple";
      root.setAttribute("aria-label", q.label || "Question");

      // controls, drawn once: an answer under way is never thrown away
      const inputs = [];
      const feedback = [];
      let number, unit, text;
      let controls;
      if (choice) {
        controls = h("div", { class: "pt-options" }, q.options.map((html, index) => {
          const note = h("div", { class: "pt-feedback", id: unique("feedback") });
          const input = h("input", { type: q.kind === "single" ? "radio" : "checkbox", name, value: String(index), "aria-describedby": note.id });
          inputs.push(input);
          feedback.push(note);
          return h("div", { class: "pt-option-row" }, h("label", { class: "pt-option" }, input, h("span", { html })), note);
        }));
      } else if (q.kind === "numeric") {
        number = h("input", { type: "text", inputmode: "decimal", autocomplete: "off", class: "pt-number" });
        const names = (q.units || []).filter(Boolean);
        if (names.length) unit = h("select", {}, h("option", { value: "" }, "choose a unit"), names.map((each) => h("option", { value: each }, each)));
        controls = h("div", { class: "pt-numeric" }, field("Number", number), unit && field("Unit", unit));
      } else {
        text = h("textarea", { rows: 6, "aria-label": "Your answer in your own words" });
        controls = text;
      }

      const sureName = unique("sure");
      const sure = [];
      const confidence = q.confidence && h("fieldset", { class: "pt-sure" },
        h("legend", {}, "How sure are you? ", h("span", { class: "pt-soft" }, "If you like: it is never marked.")),
        h("div", { class: "pt-pills" }, [50, 60, 70, 80, 90, 100].map((percent) => {
          const input = h("input", { type: "radio", name: sureName, value: String(percent) });
          sure.push(input);
          return h("label", { class: "pt-pill" }, input, h("span", {}, `${percent} %`));
        })));

      const hint = q.hint || { single: "Choose one.", multiple: "Choose all that apply. A wrong tick takes a right one off.", numeric: q.units && q.units.some(Boolean) ? "A number with its unit." : "A number.", reflection: "Not marked. Write for yourself, then compare." }[q.kind];
      const verdict = h("div", { class: "pt-region pt-verdict", role: "status" });
      const button = h("button", { type: "submit", class: "pt-primary" }, "Check my answer");
      const missing = h("p", { class: "pt-missing pt-soft", role: "status" });
      const form = h("form", { novalidate: true },
        h("fieldset", {},
          h("legend", { html: q.ask }),
          q.more && h("div", { class: "pt-more", html: q.more }),
          h("p", { class: "pt-soft pt-small pt-hint" }, hint),
          controls),
        confidence,
        h("div", { class: "pt-actions" }, button, missing));
      body.append(h("p", { class: "pt-eyebrow" }, q.eyebrow || "Question"), form, verdict);

      const response = () => {
        const given = {};
        if (choice) given.chosen = inputs.flatMap((input, index) => (input.checked ? [index] : []));
        else if (q.kind === "numeric") Object.assign(given, { number: number.value.trim(), unit: unit ? unit.value : "" });
        else given.text = text.value;
        const ticked = sure.find((input) => input.checked);
        if (ticked) given.confidence = Number(ticked.value);
        return given;
      };
      const empty = (given) => (choice ? !given.chosen.length : q.kind === "numeric" ? !given.number || (unit && !given.unit) : !given.text.trim());

      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const given = response();
        if (empty(given)) {
          missing.textContent = q.kind === "numeric" ? (unit ? "Please give a number and choose its unit." : "Please give a number.") : choice ? "Please choose an answer first." : "Please write a line or two first.";
          return;
        }
        missing.textContent = "";
        ask({ do: "answer", response: given });
      });
      form.addEventListener("change", () => {
        missing.textContent = "";
        model.set("draft", response());
        model.save_changes();
        stale();
      });

      const fill = () => {
        const given = model.get("draft") || {};
        if (choice) inputs.forEach((input, index) => { input.checked = (given.chosen || []).includes(index); });
        else if (q.kind === "numeric") {
          if (root.getRootNode().activeElement !== number) number.value = given.number || "";
          if (unit) unit.value = given.unit || "";
        } else if (root.getRootNode().activeElement !== text) text.value = given.text || "";
        sure.forEach((input) => { input.checked = Number(input.value) === given.confidence; });
        stale();
      };
      // an answer changed after it was checked: the feedback stays readable, but says that it is about the earlier one
      const stale = () => {
        const mark = model.get("mark") || {};
        if (!mark.verdict) return;
        const given = response();
        const changed = JSON.stringify([given.chosen, given.number, given.unit, given.text]) !== JSON.stringify([mark.given.chosen, mark.given.number, mark.given.unit, mark.given.text]);
        tint(!changed);
        missing.textContent = changed ? "What is shown below is about your earlier answer." : "";
        button.textContent = changed ? "Check my new answer" : "Check my answer again";
      };

      const tint = (shown) => feedback.forEach((node) => {
        const row = node.parentElement;
        if (shown && row.dataset.verdict) row.dataset.kind = row.dataset.verdict;
        else delete row.dataset.kind;
      });

      const KIND = { right: "right", "partly right": "part", "not right": "wrong", "not marked": "plain" };
      const drawMark = () => {
        const mark = model.get("mark") || {};
        feedback.forEach((node, index) => {
          const one = (mark.feedback || []).find((each) => each.index === index);
          const row = node.parentElement;
          delete row.dataset.verdict;
          if (!one) return node.replaceChildren();
          if (one.right === null) {
            // several answers can be defended: none is right or wrong
            return node.replaceChildren(one.chosen ? h("p", {}, badge("plain", "Your choice")) : "", h("div", { html: one.html }));
          }
          const good = one.right === one.chosen;
          const word = one.right ? (one.chosen ? "Right, and you chose it" : q.kind === "single" ? "This is the right one" : "Right, but you left it out") : one.chosen ? "Not right" : "Rightly left out";
          const kind = one.chosen || one.right ? (good || (one.right && q.kind === "single") ? "right" : one.right ? "part" : "wrong") : "plain";
          if (kind !== "plain") row.dataset.verdict = kind;
          node.replaceChildren(h("p", {}, badge(kind, word)), h("div", { html: one.html }));
        });
        if (!mark.verdict) {
          verdict.replaceChildren();
          button.textContent = q.kind === "reflection" ? "Compare with a model answer" : "Check my answer";
          tint(false);
          return;
        }
        const kind = KIND[mark.verdict] || "plain";
        const word = { right: "Right", "partly right": "Partly right", "not right": "Not right", "not marked": "Not marked" }[mark.verdict] || mark.verdict;
        verdict.replaceChildren(h("div", { class: `pt-note pt-is-${kind} pt-arrives` },
          h("p", {}, badge(kind, word), mark.points && h("span", { class: "pt-soft pt-points" }, mark.points)),
          mark.summary && h("div", { html: mark.summary }),
          mark.general && h("div", { html: mark.general }),
          mark.model_answer && h("div", { class: "pt-model" }, h("h3", {}, "A model answer"), h("div", { html: mark.model_answer })),
          mark.explain && h("div", { class: "pt-explain", html: mark.explain })));
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
