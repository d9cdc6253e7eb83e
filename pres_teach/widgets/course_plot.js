// A course over time: panels of lines from numbers that came once; a twin is dashed, a slider reads out values.
export default {
  render(context) {
    return view(context, "course", ({ model, root, body, watch, leave }) => {
      root.classList.add("pt-wide");
      const head = h("div", { class: "pt-course-head" });
      const plot = h("div", { class: "pt-plot" });
      const reader = h("input", { type: "range", step: "any", class: "pt-reader", id: unique("reader"), "aria-label": "Read values at a time" });
      const values = h("p", { class: "pt-values", "aria-hidden": "true" }); // the slider itself says it
      const marks = h("div", { class: "pt-marks" });
      const limits = h("div", { class: "pt-limits" });
      const table = h("div", { class: "pt-table" });
      const asTable = h("button", { type: "button", "aria-pressed": "false", "data-key": "table" }, "Show as a table");
      const reading = h("div", {}, h("div", { class: "pt-read" }, reader), h("p", { class: "pt-soft pt-small" }, "Move the slider, or point at the picture, to read values."), values);
      body.append(head, plot,
        reading,
        marks, limits, h("div", { class: "pt-actions" }, asTable), table);

      let at = null; // hours, chosen by the reader
      let moved = false; // until then it stays at now
      let gutter = 12;
      let panels = [];
      const SVG = { label: 13, tick: 12 };
      const show = (value, digits) => (value === null || value === undefined || Number.isNaN(value) ? "no value" : Number(value).toFixed(digits ?? (Math.abs(value) < 10 ? 1 : 0)));
      const when = (hours) => {
        const minutes = Math.round(hours * 60);
        const day = Math.floor(minutes / 1440);
        const rest = minutes - day * 1440;
        return `day ${day} ${String(Math.floor(rest / 60)).padStart(2, "0")}:${String(rest % 60).padStart(2, "0")}`;
      };
      const nice = (low, high, most) => {
        const raw = (high - low) / Math.max(most, 1);
        const power = 10 ** Math.floor(Math.log10(raw || 1));
        const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= raw) || power;
        const ticks = [];
        for (let value = Math.ceil(low / step - 1e-9) * step; value <= high + step * 1e-6; value += step) ticks.push(Math.abs(value) < step / 1e6 ? 0 : value);
        return ticks;
      };
      const sample = (line, time) => {
        const times = line.time;
        // the grid may end up to a step before the clock
        if (!times.length || time < times[0] - 0.5 || time > times[times.length - 1] + 0.5) return null;
        let low = 0;
        let high = times.length - 1;
        while (high - low > 1) {
          const middle = (low + high) >> 1;
          if (times[middle] <= time) low = middle;
          else high = middle;
        }
        return time - times[low] <= times[high] - time ? line.values[low] : line.values[high];
      };
      const tone = (number) => `var(--pt-series-${number || 5})`;

      const draw = () => {
        const data = model.get("data") || {};
        root.setAttribute("aria-label", data.title || "Course");
        reading.hidden = !(data.panels || []).length; // nothing is drawn yet
        const wide = Math.max(plot.clientWidth, 220);
        const narrow = wide < 620;
        const longest = Math.max(0, ...(data.panels || []).flatMap((panel) => [...(panel.lines || []), ...(panel.levels || []), ...(panel.targets || [])].map((one) => (one.label || "").length)));
        const pad = { left: 46, right: narrow ? 12 : Math.min(Math.max(40, longest * 8 + 16), wide * 0.3), top: 10, bottom: 8 };
        gutter = pad.right;
        const [from, to] = data.range || [0, 24];
        const x = (hours) => pad.left + ((hours - from) / (to - from || 1)) * (wide - pad.left - pad.right);
        head.replaceChildren(h("p", { class: "pt-eyebrow" }, data.title || "The course"), data.lead ? h("p", {}, data.lead) : "", data.stamp ? h("p", { class: "pt-stamp" }, badge("warn", data.stamp)) : "");

        const days = nice(from / 24, to / 24, narrow ? 5 : 9).filter((day) => Number.isInteger(day));
        panels = [];
        const figures = (data.panels || []).map((panel, place, all) => {
          const bottom = place === all.length - 1;
          const tall = (panel.tall || 132) + (bottom ? 24 : 0);
          const inner = tall - pad.top - pad.bottom - (bottom ? 24 : 0);
          const [low, high] = panel.y;
          const y = (value) => pad.top + inner - ((Math.min(Math.max(value, low), high) - low) / (high - low || 1)) * inner;
          const svg = h("svg", { viewBox: `0 0 ${wide} ${tall}`, width: wide, height: tall, role: "img", "aria-label": panel.alt || panel.title });
          const band = (one, extra) => {
            const upper = one.time.map((time, index) => [x(time), y(one.high[index])]);
            const lower = one.time.map((time, index) => [x(time), y(one.low[index])]).reverse();
            return h("polygon", { points: [...upper, ...lower].map((p) => p.map((n) => n.toFixed(1)).join(",")).join(" "), ...extra });
          };
          for (const value of nice(low, high, 3)) {
            svg.append(h("line", { x1: pad.left, x2: wide - pad.right, y1: y(value), y2: y(value), class: "pt-grid" }),
              h("text", { x: pad.left - 8, y: y(value) + 4, "text-anchor": "end", class: "pt-tick" }, String(Number(value.toFixed(3)))));
          }
          for (const one of panel.targets || []) svg.append(band(one, { class: "pt-target" }));
          for (const one of panel.bands || []) svg.append(band(one, { fill: tone(one.tone), class: "pt-uncertain" }));
          for (const one of panel.levels || []) svg.append(h("line", { x1: pad.left, x2: wide - pad.right, y1: y(one.value), y2: y(one.value), class: "pt-level" }));
          for (const one of data.events || []) {
            if (one.time < from || one.time > to) continue;
            svg.append(h("line", { x1: x(one.time), x2: x(one.time), y1: pad.top, y2: pad.top + inner, class: one.kind === "order" ? "pt-order-line" : "pt-event-line" }));
          }
          if (data.now !== undefined && data.now !== null && data.now >= from && data.now <= to) svg.append(h("line", { x1: x(data.now), x2: x(data.now), y1: pad.top - 6, y2: pad.top + inner, class: "pt-now" }));
          const labels = [];
          for (const line of panel.lines || []) {
            let pen = "";
            let up = true;
            line.time.forEach((time, index) => {
              const value = line.values[index];
              if (value === null || time < from || time > to) { up = true; return; }
              pen += `${up ? "M" : "L"}${x(time).toFixed(1)} ${y(value).toFixed(1)}`;
              up = false;
            });
            svg.append(h("path", { d: pen, fill: "none", stroke: tone(line.tone), "stroke-width": line.thin ? 1.4 : 2.2, "stroke-dasharray": line.dash ? "7 5" : null, "stroke-linejoin": "round", class: "pt-line" }));
            const end = line.values.length - 1;
            if (end >= 0) labels.push({ y: y(line.values[end] ?? low), text: line.label, fill: tone(line.tone) });
          }
          for (const one of panel.levels || []) labels.push({ y: y(one.value), text: one.label, fill: "var(--pt-soft)" });
          for (const one of panel.targets || []) labels.push({ y: y((one.low[one.low.length - 1] + one.high[one.high.length - 1]) / 2), text: one.label, fill: "var(--pt-series-3)" });
          for (const point of panel.points || []) svg.append(h("circle", { cx: x(point.time), cy: y(point.value), r: 4.5, class: "pt-point" }));
          if (!narrow) {
            // direct labels, pushed apart where lines end close to each other
            labels.sort((a, b) => a.y - b.y);
            labels.splice(0, labels.length, ...labels.filter((one) => one.text));
            labels.forEach((one, index) => { if (index) one.y = Math.max(one.y, labels[index - 1].y + 16); });
            const over = labels.length ? labels[labels.length - 1].y - (pad.top + inner) : 0;
            if (over > 0) labels.forEach((one) => { one.y -= over; });
            for (const one of labels) svg.append(h("text", { x: wide - pad.right + 8, y: one.y + 4, class: "pt-direct", fill: one.fill }, one.text));
          }
          if (panel.empty) svg.append(h("text", { x: (pad.left + wide - pad.right) / 2, y: pad.top + inner / 2, "text-anchor": "middle", class: "pt-tick" }, panel.empty));
          if (bottom) {
            for (const day of days) svg.append(h("text", { x: x(day * 24), y: tall - 8, "text-anchor": "middle", class: "pt-tick" }, `${narrow ? "" : "day "}${day}`));
          }
          for (const day of days) svg.append(h("line", { x1: x(day * 24), x2: x(day * 24), y1: pad.top + inner, y2: pad.top + inner + 4, class: "pt-axis" }));
          svg.append(h("line", { x1: pad.left, x2: wide - pad.right, y1: pad.top + inner, y2: pad.top + inner, class: "pt-axis" }));
          const cursor = h("line", { x1: -9, x2: -9, y1: pad.top, y2: pad.top + inner, class: "pt-cursor" });
          svg.append(cursor);
          svg.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse") read(hoursAt(svg, event), false); });
          svg.addEventListener("pointerleave", () => read(at, false));
          svg.addEventListener("click", (event) => { moved = true; at = hoursAt(svg, event); reader.value = at; read(at, true); });
          panels.push({ panel, cursor });
          const legend = narrow && [...(panel.lines || []).map((line) => [line.label, tone(line.tone), line.dash ? "dash" : "line"]), ...(panel.targets || []).map((one) => [one.label, "var(--pt-series-3)", "band"]), ...(panel.levels || []).map((one) => [one.label, "var(--pt-soft)", "dots"])];
          return h("figure", { class: "pt-panel" },
            h("figcaption", {}, h("span", { class: "pt-panel-title" }, panel.title), panel.unit && h("span", { class: "pt-soft pt-small" }, ` ${panel.unit}`),
              panel.points && panel.points.length > 0 && h("span", { class: "pt-key" }, h("span", { class: "pt-dot", "aria-hidden": "true" }), panel.points_label || "measured"),
              legend && legend.filter(([text]) => text).map(([text, colour, kind]) => h("span", { class: "pt-key" }, h("span", { class: `pt-swatch pt-swatch-${kind}`, style: `--swatch: ${colour}`, "aria-hidden": "true" }), text))),
            svg);
        });
        const hoursAt = (svg, event) => {
          const box = svg.getBoundingClientRect();
          return Math.min(to, Math.max(from, from + ((event.clientX - box.left - pad.left) / (wide - pad.left - pad.right)) * (to - from)));
        };

        // what was done and what happened: numbered on a track above, in words below
        const events = (data.events || []).filter((one) => one.time >= from && one.time <= to);
        // what stands too close is put one below the other
        const placed = [];
        for (const one of events) {
          const px = x(one.time);
          let row = 0;
          while (placed.some((other) => other.row === row && px - other.px < 20)) row += 1;
          placed.push({ px, row });
        }
        const deep = 16 + 17 * (Math.max(0, ...placed.map((one) => one.row)) + 1) - 14;
        const track = events.length > 0 && h("svg", { viewBox: `0 0 ${wide} ${deep}`, width: wide, height: deep, role: "img", "aria-label": "What was done and what happened, numbered; the list below says it in words" });
        if (track) {
          events.forEach((one, index) => {
            const { px, row } = placed[index];
            const py = 9 + 17 * row;
            track.append(h("circle", { cx: px, cy: py, r: 8, class: one.kind === "order" ? "pt-mark-order" : "pt-mark-event" }), h("text", { x: px, y: py + 4, "text-anchor": "middle", class: one.kind === "order" ? "pt-mark-order-text" : "pt-mark-event-text" }, String(index + 1)));
          });
        }
        const nowKey = data.now !== undefined && data.now !== null && h("p", { class: "pt-soft pt-small pt-now-key" }, h("span", { class: "pt-now-swatch", "aria-hidden": "true" }), `Upright line: now, ${when(data.now)}`);
        refill(plot, track, figures, nowKey);
        marks.replaceChildren(...(events.length ? [h("ol", {}, events.map((one) => h("li", {}, h("span", { class: "pt-mark-time" }, when(one.time)), ` ${one.text}`, one.kind === "order" ? "" : h("span", { class: "pt-event-word" }, " (event)"))))] : []));
        limits.replaceChildren(...((data.limits || []).length ? [h("h3", {}, "What this picture cannot say"), h("ul", {}, data.limits.map((each) => h("li", {}, each)))] : []));
        reader.style.marginInlineStart = `${pad.left - 8}px`;
        reader.style.width = `${wide - pad.left - pad.right + 16}px`;
        reader.min = from;
        reader.max = to;
        reader.step = (to - from) / 400;
        if (!moved || at < from || at > to) at = data.now !== undefined && data.now !== null ? Math.min(Math.max(data.now, from), to) : to;
        reader.value = at;
        read(at, true);
        drawTable();
      };

      const read = (hours, aloud) => {
        const data = model.get("data") || {};
        if (hours === null || !data.range) return;
        const [from, to] = data.range;
        const wide = Math.max(plot.clientWidth, 220);
        const pad = { left: 46, right: gutter };
        const px = pad.left + ((hours - from) / (to - from || 1)) * (wide - pad.left - pad.right);
        const parts = [];
        for (const { panel, cursor } of panels) {
          const here = [];
          cursor.setAttribute("x1", px);
          cursor.setAttribute("x2", px);
          for (const line of panel.lines || []) {
            const value = sample(line, hours);
            if (value !== null) here.push((panel.lines.length > 1 ? `${line.label} ` : "") + show(value, panel.digits));
          }
          for (const point of panel.points || []) if (Math.abs(point.time - hours) <= (to - from) / 120) here.push(`${panel.points_label || "measured"} ${show(point.value, panel.digits)}`);
          if (here.length) parts.push([panel.title, h("strong", {}, `${here.join(", ")} ${panel.unit || ""}`.trim())]);
        }
        const time = when(hours);
        const start = `${time[0].toUpperCase()}${time.slice(1)}`;
        values.replaceChildren(h("span", { class: "pt-value-time" }, start), ...(parts.length ? parts.map(([title, value]) => h("span", { class: "pt-value" }, `${title} `, value)) : [h("span", {}, "Nothing is known here.")]));
        if (aloud) reader.setAttribute("aria-valuetext", `${start}: ${parts.map(([title, value]) => `${title} ${value.textContent}`).join("; ") || "nothing is known here"}`);
      };
      reader.addEventListener("input", () => { moved = true; at = Number(reader.value); read(at, true); });

      let tableShown = false;
      const drawTable = () => {
        asTable.setAttribute("aria-pressed", String(tableShown));
        const data = (model.get("data") || {}).table;
        asTable.hidden = !data;
        if (!tableShown || !data) return table.replaceChildren();
        table.replaceChildren(h("div", { class: "pt-scroll", tabindex: "0", role: "region", "aria-label": data.caption },
          h("table", {}, h("caption", {}, data.caption), h("thead", {}, h("tr", {}, data.columns.map((each) => h("th", { scope: "col" }, each)))),
            h("tbody", {}, data.rows.map((row) => h("tr", {}, row.map((each, index) => (index ? h("td", {}, String(each)) : h("th", { scope: "row" }, String(each))))))))));
      };
      asTable.addEventListener("click", () => { tableShown = !tableShown; drawTable(); });

      let before = 0;
      const size = new ResizeObserver(() => { if (plot.clientWidth && plot.clientWidth !== before) { before = plot.clientWidth; draw(); } });
      size.observe(plot);
      leave(() => size.disconnect());
      watch("data", draw);
      draw();
    });
  },
};
