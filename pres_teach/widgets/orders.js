// The chart and the orders: what runs, and a form to give, change, hold or stop.
export default {
  render(context) {
    return view(context, "orders", ({ model, root, body, watch, ask }) => {
      root.classList.add("pt-wide");
      root.setAttribute("aria-label", "The chart and your orders");
      const chart = h("div", { class: "pt-chart" });
      const panel = h("div", { class: "pt-panel" });
      const notice = h("div", { class: "pt-region", role: "status" });
      const confirm = h("div", { class: "pt-region pt-confirm" });
      const form = h("form", { class: "pt-give", novalidate: true });
      body.append(chart, panel, notice, confirm, form);

      // ---- the form, drawn once, kept when an order is refused
      const drug = h("select", { "data-key": "drug" });
      const dose = h("input", { type: "text", inputmode: "decimal", autocomplete: "off", class: "pt-dose" });
      const unit = h("select", {});
      const route = h("select", {});
      const every = h("select", {});
      const why = h("div", { class: "pt-soft pt-small pt-usual" });
      const give = h("button", { type: "submit", class: "pt-primary" }, "Give");
      const details = h("div", { class: "pt-row pt-details" }, field("Route", route), field("Dose", dose), field("Unit", unit), field("How often", every), give);
      form.append(
        h("h3", {}, "Give a drug"),
        h("div", { class: "pt-row" }, field("Drug", drug), details),
        why);
      const options = (select, values, chosen) => {
        select.replaceChildren(...values.map(([value, text]) => h("option", { value }, text)));
        const wanted = chosen !== undefined && values.some(([value]) => value === String(chosen)) ? String(chosen) : (values[0] || [""])[0];
        select.value = wanted;
      };
      const find = (name) => (model.get("menu") || []).flatMap((group) => group.drugs).find((one) => one.name === name);
      const INFUSION = [["infusion", "as an infusion"]];
      const everyOf = (unitOf) => (unitOf.endsWith("/h") ? INFUSION : (model.get("intervals") || []).map((one) => [one.value, one.label]));
      const shape = () => {
        const chosen = find(drug.value);
        details.hidden = !chosen;
        const once = (items) => (items.length === 1 ? items : [["", "choose"], ...items]);
        options(route, chosen ? once(chosen.routes.map((each) => [each.value, each.label])) : [["", ""]], route.value);
        const way = chosen && chosen.routes.find((each) => each.value === route.value);
        options(unit, way ? once(way.units.map((each) => [each, each])) : [["", "route first"]], unit.value);
        options(every, unit.value ? once(everyOf(unit.value)) : [["", "unit first"]], every.value);
        why.innerHTML = chosen ? chosen.note || "" : ""; // made safe in Python
      };
      const drawMenu = () => {
        const before = drug.value;
        drug.replaceChildren(h("option", { value: "" }, "Choose a drug"), ...(model.get("menu") || []).map((group) =>
          h("optgroup", { label: group.group }, group.drugs.map((one) => h("option", { value: one.name }, one.shown)))));
        drug.value = find(before) ? before : "";
        shape();
      };
      const content = () => ({ drug: drug.value, dose: dose.value.trim(), unit: unit.value, route: route.value, every: every.value });
      const say = (kind, text) => {
        const [word, tone] = { done: ["Ordered", "right"], warning: ["Take care", "part"], refused: ["Not ordered", "wrong"] }[kind] || ["", "plain"];
        notice.replaceChildren(...(text ? [h("div", { class: `pt-note pt-is-${tone} pt-arrives` }, h("p", {}, badge(kind === "warning" ? "warn" : tone, word)), ...[].concat(text).map((html) => h("p", { html })))] : []));
      };
      drug.addEventListener("change", () => { for (const node of [unit, route, every]) node.value = ""; shape(); });
      route.addEventListener("change", shape);
      unit.addEventListener("change", shape);
      form.addEventListener("change", () => { model.set("form", content()); model.save_changes(); });
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const missing = [[route, "a route"], [dose, "a dose"], [unit, "its unit"], [every, "how often"]].filter(([node]) => !node.value.trim());
        if (missing.length) {
          say("refused", `Please choose ${missing.map(([, word]) => word).join(", ")}.`);
          missing[0][0].focus();
          return;
        }
        ask({ do: "give", ...content() });
      });
      const fillForm = () => {
        const kept = model.get("form") || {};
        if (form.contains(root.getRootNode().activeElement)) return;
        drug.value = find(kept.drug) ? kept.drug : "";
        shape();
        dose.value = kept.dose || "";
        for (const [node, value] of [[route, kept.route], [unit, kept.unit], [every, kept.every]]) {
          if (value) node.value = value;
          shape();
        }
      };

      // ---- change, hold, stop: a small panel below the chart
      const close = (key) => { panel.replaceChildren(); if (key) chart.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus(); };
      const openPanel = (order, act) => {
        const key = `${act}-${order.key}`;
        const back = h("button", { type: "button", onclick: () => close(key) }, "Go back");
        let inner;
        if (act === "change") {
          const newDose = h("input", { type: "text", inputmode: "decimal", autocomplete: "off", class: "pt-dose", value: String(order.dose) });
          const newUnit = h("select", {});
          const newEvery = h("select", {});
          options(newUnit, order.units.map((each) => [each, each]), order.unit);
          options(newEvery, everyOf(order.unit), order.every_value);
          inner = h("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); ask({ do: "change", drug: order.drug, dose: newDose.value.trim(), unit: newUnit.value, every: newEvery.value }); } },
            h("h3", {}, `Change ${order.shown}`),
            h("div", { class: "pt-row" }, field("New dose", newDose), field("Unit", newUnit), field("How often", newEvery),
              h("button", { type: "submit", class: "pt-primary" }, "Change it"), back));
        } else if (act === "hold") {
          const until = h("select", {});
          options(until, (order.holds || []).map((one) => [one.value, one.label]));
          inner = h("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); ask({ do: "hold", drug: order.drug, until: until.value }); } },
            h("h3", {}, `Hold ${order.shown}`),
            h("div", { class: "pt-row" }, field("Until when?", until), h("button", { type: "submit", class: "pt-primary" }, "Hold it"), back));
        } else {
          inner = h("div", {},
            h("h3", {}, `Stop ${order.shown}?`),
            h("p", {}, "No further dose is given until you order it again."),
            h("div", { class: "pt-actions" }, h("button", { type: "button", class: "pt-danger", onclick: () => ask({ do: "stop", drug: order.drug }) }, "Stop it"), back));
        }
        panel.replaceChildren(h("div", { class: "pt-note pt-arrives" }, inner));
        (inner.querySelector("input, select") || inner.querySelector("button")).focus();
      };

      let pastOpen = false;
      const pastOrders = (past) => {
        const part = h("details", { class: "pt-past" }, h("summary", { "data-key": "past" }, `Given and ended: ${past.length}`),
          h("ul", {}, past.map((order) => h("li", {}, `${order.shown} ${order.words}, from ${order.since}: ${order.state}`))));
        part.open = pastOpen;
        part.addEventListener("toggle", () => { pastOpen = part.open; });
        return part;
      };
      const drawChart = () => {
        const all = model.get("running") || [];
        const past = all.filter((order) => !order.running);
        const orders = all.filter((order) => order.running);
        const cell = (name, ...inside) => h("td", { role: "cell", "data-label": name }, ...inside);
        refill(chart, h("table", { role: "table" },
          h("caption", {}, model.get("title")),
          h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ["Drug", "Dose", "Since", "Now"].map((each) => h("th", { role: "columnheader", scope: "col" }, each)), h("th", { role: "columnheader", scope: "col" }, h("span", { class: "pt-hidden" }, "What you can do")))),
          h("tbody", { role: "rowgroup" }, orders.length
            ? orders.map((order) => h("tr", { role: "row" },
              h("th", { role: "rowheader", scope: "row" }, order.shown, order.note && h("span", { class: "pt-soft pt-small pt-why" }, order.note)),
              cell("Dose", order.words),
              cell("Since", order.since),
              cell("Now", order.state),
              h("td", { role: "cell", class: "pt-acts" }, h("div", {}, (order.acts || []).map((act) =>
                h("button", { type: "button", "data-key": `${act}-${order.key}`, class: act === "stop" ? "pt-danger" : "", "aria-label": `${act[0].toUpperCase()}${act.slice(1)} ${order.shown}`, onclick: () => (act === "resume" ? ask({ do: "resume", drug: order.drug }) : openPanel(order, act)) }, `${act[0].toUpperCase()}${act.slice(1)}`))))))
            : h("tr", { role: "row" }, h("td", { role: "cell", colspan: "5" }, "Nothing is ordered.")))),
        past.length > 0 && pastOrders(past));
      };

      const drawNotice = () => {
        const said = model.get("notice") || {};
        say(said.kind, said.text);
      };
      const newNotice = () => {
        drawNotice();
        const said = model.get("notice") || {};
        if (said.kind === "refused" || !said.text) return;
        close();
        if (said.clear) { // it was ordered: the form is free for the next drug
          drug.value = "";
          dose.value = "";
          shape();
          drug.focus({ preventScroll: true });
        }
      };
      const drawConfirm = () => {
        const one = model.get("confirm") || {};
        if (!one.text) return confirm.replaceChildren();
        const first = h("button", { type: "button", class: "pt-primary", onclick: () => ask({ do: "back" }) }, "Go back");
        confirm.replaceChildren(h("div", { class: "pt-note pt-is-wrong pt-arrives", role: "alertdialog", "aria-label": "Are you sure?" },
          h("p", {}, badge("alarm", "Please look again")), ...one.text.map((html) => h("p", { html })),
          h("div", { class: "pt-actions" }, first, h("button", { type: "button", class: "pt-danger", onclick: () => ask({ do: "anyway" }) }, one.button || "Give it anyway"))));
        first.focus();
      };

      watch("menu", drawMenu);
      watch(["running", "title"], drawChart);
      watch("notice", newNotice);
      watch("confirm", drawConfirm);
      watch("form", fillForm);
      drawMenu();
      fillForm();
      drawChart();
      drawNotice();
      drawConfirm();
    });
  },
};
