// The bedside: the clock and the monitor, what can be asked, examined and tested, what came of it, and letting time pass.
export default {
  render(context) {
    return view(context, "bedside", ({ model, root, body, watch, ask }) => {
      root.classList.add("pt-wide");
      root.setAttribute("aria-label", "At the bedside");

      const alarm = h("div", { class: "pt-alarm", role: "alert" });
      const strip = h("div", { class: "pt-strip" });
      const said = h("p", { class: "pt-hidden", role: "status" });
      const menus = h("div", { class: "pt-menus" });
      const pending = h("div", { class: "pt-pending" });
      const log = h("div", { class: "pt-log", role: "log", "aria-label": "What you found, newest first", tabindex: "0" });
      const notice = h("div", { class: "pt-region", role: "status" });
      const waits = h("div", { class: "pt-waits" });
      body.append(
        alarm,
        strip,
        said,
        h("div", { class: "pt-time" }, h("h3", {}, "Let time pass"), waits, notice),
        h("div", { class: "pt-two" },
          h("div", {}, menus),
          h("div", { class: "pt-found" }, h("h3", {}, "What you found"), pending, log)),
      );

      const drawStrip = () => {
        const clock = model.get("clock") || {};
        const monitor = model.get("monitor") || [];
        refill(strip,
          h("div", { class: "pt-clock" }, h("span", { class: "pt-eyebrow" }, clock.day || ""), h("span", { class: "pt-figure" }, clock.time || "")),
          h("dl", { class: "pt-monitor" }, monitor.map((one) => h("div", {},
            h("dt", {}, one.label),
            h("dd", { class: "pt-figure" }, String(one.value), one.unit && h("span", { class: "pt-unit" }, ` ${one.unit}`)),
            one.note && h("dd", { class: "pt-soft pt-small" }, one.note)))));
        said.textContent = [clock.text, ...monitor.map((one) => `${one.label} ${one.value} ${one.unit || ""}`)].filter(Boolean).join(", ");
      };

      // one list is open at a time, so that the log beside it stays in sight
      const together = unique("lists");
      let opened = null;
      const answerOf = (item) => {
        const entry = item.entry && (model.get("log") || []).find((one) => one.n === item.entry);
        return entry ? h("div", { class: "pt-inline", inert: true, html: entry.html }) : null;
      };
      const drawMenus = () => {
        refill(menus, (model.get("groups") || []).map((group, index) => {
          const part = h("details", { class: "pt-menu", name: together },
            h("summary", { "data-key": `menu-${group.title}` },
              h("h3", {}, group.title),
              h("span", { class: "pt-soft pt-small" }, `${group.items.filter((item) => item.done).length} of ${group.items.length} done`)),
            h("ul", { class: "pt-items" }, group.items.map((item) => h("li", {},
              h("button", { type: "button", class: item.done ? "pt-item pt-done" : "pt-item", "data-key": `${item.kind}-${item.id}`, disabled: item.waiting, onclick: () => ask({ do: item.kind, id: item.id }) },
                h("span", { class: "pt-item-label" }, item.label),
                h("span", { class: "pt-item-cost" }, item.waiting ? "under way" : item.done ? `✓ ${item.done}` : item.cost)),
              // where the page is narrow the log is far below: the answer stands here, too, for the eye only
              answerOf(item)))));
          part.open = opened === null ? index === 0 : opened === group.title;
          part.addEventListener("toggle", () => {
            if (part.open) opened = group.title;
            else if (opened === group.title || opened === null) opened = "";
          });
          return part;
        }));
      };

      const drawPending = () => {
        const waiting = model.get("pending") || [];
        refill(pending, waiting.length > 0 && h("ul", {}, waiting.map((one) => h("li", {}, badge("time", one.label), h("span", { class: "pt-soft" }, ` due ${one.due}`)))));
      };

      // entries are only added, so that a screen reader says what is new and nothing else
      const seen = new Set();
      const drawLog = (first) => {
        const entries = model.get("log") || [];
        if (!entries.length && !seen.size) {
          if (!log.firstChild) log.append(h("p", { class: "pt-soft pt-empty" }, "Nothing yet. What you ask, examine or test appears here."));
          return;
        }
        log.querySelector(".pt-empty")?.remove();
        if ([...seen].some((n) => !entries.find((entry) => entry.n === n))) {
          seen.clear();
          log.replaceChildren();
        }
        for (const entry of entries) {
          if (seen.has(entry.n)) continue;
          seen.add(entry.n);
          log.prepend(h("article", { class: `pt-entry pt-entry-${entry.kind}${first ? "" : " pt-arrives"}` },
            h("p", { class: "pt-entry-head" }, h("span", { class: "pt-entry-title" }, entry.title), h("span", { class: "pt-soft pt-small" }, entry.time)),
            h("div", { html: entry.html })));
        }
        if (!first) log.scrollTop = 0;
      };

      const drawWaits = () => refill(waits, (model.get("waits") || []).map((one) =>
        h("button", { type: "button", "data-key": `wait-${one.label}`, disabled: one.off, onclick: () => ask({ do: "wait", ...one.request }) }, one.label)));

      const drawNotice = () => {
        const text = model.get("notice");
        notice.replaceChildren(...(text ? [h("p", { class: "pt-note pt-is-part" }, text)] : []));
      };

      let dismissed = 0;
      const drawAlarm = () => {
        const one = model.get("alarm") || {};
        if (!one.text || one.n === dismissed) return alarm.replaceChildren();
        alarm.replaceChildren(h("div", { class: "pt-note pt-is-wrong pt-arrives" },
          h("p", {}, badge("alarm", one.title || "Something happens"), h("span", { class: "pt-soft" }, ` ${one.time}`)),
          h("p", {}, one.text),
          h("button", { type: "button", onclick: () => { dismissed = one.n; drawAlarm(); menus.querySelector("summary")?.focus(); } }, "I have seen it")));
      };

      watch(["clock", "monitor"], drawStrip);
      watch("groups", drawMenus);
      watch("pending", drawPending);
      watch("log", () => { drawLog(false); drawMenus(); });
      watch("waits", drawWaits);
      watch("notice", drawNotice);
      watch("alarm", drawAlarm);
      drawStrip();
      drawPending();
      drawLog(true);
      drawWaits();
      drawNotice();
      drawAlarm();
      requestAnimationFrame(drawMenus);
    });
  },
};
