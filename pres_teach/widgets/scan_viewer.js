// A scan, slice by slice, alone or beside another. A sequence comes once, as a picture with all its slices; the rest
// happens here, without Python.
const SCANS = 4;
const SEQUENCES = 12;

export default {
  render(context) {
    return view(context, "scan", (parts) => {
      // what is shown may change (a new scan has come): then it is built anew, in the same root
      let inner = null;
      const build = () => {
        if (inner) inner.end();
        parts.body.replaceChildren();
        inner = scanView(parts);
      };
      const slots = Array.from({ length: SCANS * SEQUENCES }, (_, n) => [`sheet_${Math.floor(n / SEQUENCES)}_${n % SEQUENCES}`, `words_${Math.floor(n / SEQUENCES)}_${n % SEQUENCES}`]).flat();
      parts.watch("version", build);
      parts.watch(["index", "depths", "panes", "windows", "position", "marks", "measures", "told", "reports", "frame", "first", ...slots], () => inner.draw());
      parts.watch("reading", () => inner.read());
      parts.leave(() => inner.end());
      parts.near = nearness(parts.root, parts.leave);
      build();
    });
  },
};

// Pictures are asked for when the learner comes near: a page of many scans would keep Python busy for none of them.
function nearness(root, leave) {
  const waiting = [];
  const near = { now: false, then: (call) => (near.now ? call() : waiting.push(call)) };
  const arrive = () => {
    near.now = true;
    waiting.splice(0).forEach((call) => call());
  };
  let watcher = null;
  const frame = requestAnimationFrame(() => {
    const within = root.closest(".jp-WindowedPanel-outer");
    watcher = new IntersectionObserver((seen) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      watcher.disconnect();
      arrive();
    }, { root: within, rootMargin: "1000px 0px" });
    watcher.observe(root);
  });
  leave(() => {
    cancelAnimationFrame(frame);
    if (watcher) watcher.disconnect();
  });
  return near;
}

function scanView({ model, root, body, ask, near }) {
  const heads = model.get("heads") || [];
  const names = model.get("names") || [];
  const label = model.get("label") || "Scan";
  root.classList.add("pt-wide");
  root.setAttribute("aria-label", label);
  if (!heads.length) {
    root.classList.remove("pt-compare");
    body.append(h("p", { class: "pt-eyebrow" }, label), h("p", { role: "status" }, model.get("message")));
    return { draw() {}, read() {}, end() {} };
  }

  // ---- what is shown
  // What the hand has just done is kept here until it is sent: Jupyter echoes what was sent before, and would undo it.
  const own = new Map();
  const get = (name) => (own.has(name) ? own.get(name) : model.get(name));
  const keep = () => {
    for (const [name, value] of own) model.set(name, value);
    own.clear();
    model.save_changes();
  };
  const set = (changes, saved = true) => {
    for (const [name, value] of Object.entries(changes)) own.set(name, value);
    if (saved) keep();
    draw();
  };
  const spaces = new WeakMap();
  const spaceOf = (sheet) => {
    const frame = (sheet && sheet.frame) || get("frame") || {};
    if (!spaces.has(frame)) spaces.set(frame, geometry(frame));
    return spaces.get(frame);
  };
  const panes = () => get("panes") || [];
  const shown = () => [...new Set(panes().map((pane) => pane.which))];
  const slot = (kind, which, sequence) => get(`${kind}_${which}_${names.indexOf(sequence)}`);
  const sheetOf = ({ which, sequence }) => {
    const sheet = slot("sheet", which, sequence);
    return sheet && sheet.png ? sheet : null;
  };
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  const base = () => spaceOf(null);
  const baseIndex = () => clamp(get("index"), 0, Math.max(base().positions.length - 1, 0));
  const indexIn = (sheet) => {
    const space = spaceOf(sheet);
    if (!sheet || !sheet.frame) return baseIndex();
    if (space.projection || space.positions.length < 2) return 0;
    const mm = space.through === base().through ? base().positions[baseIndex()] : (get("depths") || {})[space.through];
    return mm === undefined ? Math.floor(space.positions.length / 2) : space.nearest(mm);
  };
  // the slice that came ahead of its sheet, as long as it is the one that is looked at
  const aheadOf = (pane) => (get("first") || []).find((one) => one.which === pane.which && one.sequence === pane.sequence);
  const faceOf = (pane) => {
    const sheet = sheetOf(pane);
    if (sheet) {
      const picture = store.grey(`${pane.which}:${pane.sequence}`, sheet.png);
      if (picture) return { sheet, picture, whole: true, index: indexIn(sheet), tile: indexIn(sheet) };
    }
    const ahead = aheadOf(pane);
    if (ahead && (indexIn(ahead) === ahead.index || (ahead.frame && spaceOf(ahead).positions.length < 2))) {
      return { sheet: ahead, picture: store.grey(`${pane.which}:${pane.sequence}:${ahead.index}`, ahead.png), whole: false, index: indexIn(ahead), tile: 0 };
    }
    const known = sheet || ahead || null;
    return { sheet: known, picture: null, whole: false, index: indexIn(known), tile: 0 };
  };
  const describe = (pane, index) => (slot("words", pane.which, pane.sequence) || [])[index] || "";
  const firstWindow = (sequence) => (panes().map((pane) => ({ which: pane.which, sequence })).map((pane) => sheetOf(pane) || aheadOf(pane)).find(Boolean) || {}).window || [128, 255];
  const windowOf = (sequence) => (get("windows") || {})[sequence] || firstWindow(sequence);
  const mode = () => (panes().length < 2 ? "one" : panes()[0].which === panes()[1].which ? "sequences" : "times");
  let active = 0; // the pane in which the learner works
  const activePane = () => panes()[Math.min(active, panes().length - 1)];

  // ---- pictures: asked for when first wanted
  const asked = new Set();
  let waits = false;
  const store = pictureStore(() => draw());
  const want = (some) => {
    if (!near.now) {
      if (!waits) near.then(() => draw());
      waits = true;
      return;
    }
    const wanted = some.filter((pane) => names.includes(pane.sequence) && !sheetOf(pane) && !asked.has(`${pane.which}:${pane.sequence}`));
    if (!wanted.length) return;
    wanted.forEach((pane) => asked.add(`${pane.which}:${pane.sequence}`));
    // how many slices there are is not known before the first has come
    ask({ do: "load", wanted: wanted.map((pane) => ({ ...pane, index: base().positions.length ? baseIndex() : get("index") })) }, 90);
  };

  const { spoken, say, tell, end: hush } = announcer();

  // ---- values under the pointer and the crosshair
  const number = (value, unit) => (unit === "HU" ? `${Math.round(value)} HU` : `${value.toFixed(2)} ${unit || ""}`.trim());
  const valueAt = (pane, at) => {
    const sheet = sheetOf(pane);
    const space = spaceOf(sheet);
    const picture = sheet && store.grey(`${pane.which}:${pane.sequence}`, sheet.png);
    if (!picture || space.projection || !space.positions.length || sheet.low === undefined) return null;
    const index = space.nearest(at[space.through]);
    return space.holds(at, index) ? meanValue(sheet, picture, index, ...space.pixel(at)) : null;
  };
  const valuesAt = (at) => {
    const said = [];
    if (names.includes("ADC")) {
      want(shown().map((which) => ({ which, sequence: "ADC" })));
      const adc = shown().map((which) => ({ which, value: valueAt({ which, sequence: "ADC" }, at) }));
      const told = adc.map(({ which, value }) => `${value === null ? "…" : value < 0.05 ? "none (no tissue)" : value.toFixed(2)}${adc.length > 1 ? ` (${heads[which].label.toLowerCase()})` : ""}`);
      said.push(`ADC ${told.join(", ")} × 10⁻³ mm²/s`);
    }
    for (const pane of panes()) {
      const value = pane.sequence === "ADC" ? null : valueAt(pane, at);
      if (value !== null) said.push(`${pane.sequence} ${number(value, (sheetOf(pane) || {}).unit)}${mode() === "times" ? ` (${heads[pane.which].label.toLowerCase()})` : ""}`);
    }
    return said.join(" · ");
  };

  // ---- moves
  const zoom = zooming();
  let hovered = null;
  let step = 4;
  let ruler = null; // the measure that is being made
  let looking = 0;
  const cross = () => (get("position") && get("position").x !== undefined ? get("position") : null);
  const placeText = () => (cross() ? `${placeInWords(cross())}${get("reading") ? ` ${get("reading")}` : ""}` : "");
  const look = () => {
    clearTimeout(looking);
    looking = setTimeout(() => {
      const { x, y, z } = cross();
      ask({ do: "look", x, y, z, shown: shown() });
    }, 200);
    say(placeText, 1500); // Python's own word, which comes sooner, takes its place
  };
  const putCross = (at, settled = true) => {
    set({ position: at, reading: "" }, settled);
    if (settled) look();
  };
  const pointIn = (which, event) => {
    const face = faceOf(panes()[which]);
    if (!face.picture) return null;
    const [column, row] = stages[which].pixelAt(event, face.sheet);
    const [c, r] = [clamp(column, 0, face.sheet.tile_w - 1), clamp(row, 0, face.sheet.tile_h - 1)];
    return { face, at: spaceOf(face.sheet).world(Math.round(c), Math.round(r), face.index, cross() || {}) };
  };
  const middle = (which) => {
    const face = faceOf(panes()[which]);
    return face.picture && spaceOf(face.sheet).world(Math.floor(face.sheet.tile_w / 2), Math.floor(face.sheet.tile_h / 2), face.index, cross() || {});
  };
  const NO_DEPTH = "A projection has no depth: put the crosshair on a slice.";
  const crossHere = (which = active) => {
    const pane = panes()[which] || activePane();
    const face = faceOf(pane);
    const at = cross();
    if (!face.picture) return null;
    if (spaceOf(face.sheet).projection) { say(NO_DEPTH); return null; }
    if (at && spaceOf(face.sheet).holds(at, face.index)) return at;
    // it goes along to the slice that is looked at
    const space = spaceOf(face.sheet);
    return at ? { ...at, [space.through]: space.positions[face.index] } : middle(which);
  };
  const seeCross = () => {
    const { sheet, index } = faceOf(activePane());
    if (!sheet || !cross() || !spaceOf(sheet).holds(cross(), index)) return;
    const [column, row] = spaceOf(sheet).pixel(cross());
    zoom.see((column + 0.5) / sheet.tile_w, (row + 0.5) / sheet.tile_h);
  };
  const sequenceOf = (sequence) => {
    panes().forEach((pane) => asked.delete(`${pane.which}:${sequence}`));
    set({ panes: panes().map((pane, n) => (n === 0 || mode() === "times" ? { ...pane, sequence } : pane)) });
    say(sayWhere, 300);
  };
  const windowTo = (sequence, [level, width], saved = true) => {
    set({ windows: { ...(get("windows") || {}), [sequence]: [clamp(Math.round(level), 0, 255), clamp(Math.round(width), 8, 510)] } }, saved);
    if (saved) say(() => windowing.said(), 300);
  };
  const sayWhere = () => {
    const pane = activePane();
    const { index, sheet } = faceOf(pane);
    const count = spaceOf(sheet).positions.length;
    const beside = mode() === "sequences" ? ` beside ${panes()[1].sequence}` : "";
    return `${panes()[0].sequence}${beside}, slice ${index + 1} of ${count}`;
  };
  const moves = {
    slice(which, by) {
      active = which;
      const { sheet, index } = faceOf(panes()[which]);
      const space = spaceOf(sheet);
      if (!space.positions.length) return;
      const to = clamp(index + by, 0, space.positions.length - 1);
      if (!sheet || !sheet.frame) set({ index: to }, false);
      else if (space.through === base().through) set({ index: base().nearest(space.positions[to]) }, false);
      else set({ depths: { ...(get("depths") || {}), [space.through]: space.positions[to] } }, false);
      moves.settle();
      say(sayWhere);
    },
    cross(which, event, settled) {
      active = which;
      const point = pointIn(which, event);
      if (!point) return;
      if (spaceOf(point.face.sheet).projection) { say(NO_DEPTH); return; }
      putCross(point.at, settled);
    },
    nudge(which, right, down) {
      active = which;
      const at = crossHere(which);
      if (!at) return;
      const { sheet, index } = faceOf(panes()[which]);
      const space = spaceOf(sheet);
      const [column, row] = space.pixel(at);
      const [c, r] = [clamp(column + right * (step / space.mm.across), 0, sheet.tile_w - 1), clamp(row + down * (step / space.mm.down), 0, sheet.tile_h - 1)];
      zoom.see((c + 0.5) / sheet.tile_w, (r + 0.5) / sheet.tile_h);
      putCross(space.world(c, r, index, at));
    },
    fine() {
      step = step === 4 ? 1 : 4;
      say(`The crosshair moves by ${step} mm.`);
    },
    hover(which, event) {
      const point = event && pointIn(which, event);
      hovered = point && !spaceOf(point.face.sheet).projection ? point.at : null;
      draw();
    },
    values(which) {
      const at = crossHere(which);
      if (at) say(() => `At the crosshair: ${valuesAt(at)}`, 0);
    },
    describe() {
      say(() => panes().map((pane) => describe(pane, faceOf(pane).index) || "The words have not come yet.").join(" "), 0);
    },
    sequence(by) {
      const at = names.indexOf(panes()[0].sequence) + by;
      if (names[at]) sequenceOf(names[at]);
    },
    brighter(by) {
      const { sequence } = activePane();
      const [level, width] = windowOf(sequence);
      windowTo(sequence, [level - by * Math.max(width * 0.06, 2), width]);
    },
    contrast(by) {
      const { sequence } = activePane();
      const [level, width] = windowOf(sequence);
      windowTo(sequence, [level, width * (by > 0 ? 0.85 : 1.18)]);
    },
    asFirst() { windowTo(activePane().sequence, firstWindow(activePane().sequence)); },
    drive(right, down) {
      const { sequence } = activePane();
      const [level, width] = windowOf(sequence);
      const now = [level + down * 200, width + right * 300];
      set({ windows: { ...(get("windows") || {}), [sequence]: [clamp(now[0], 0, 255), clamp(now[1], 8, 510)] } }, false);
    },
    zoom(by, at, told = true) {
      zoom.to(zoom.state.zoom * by, at);
      if (!at) seeCross();
      draw();
      if (told) say(() => `Zoom ${Math.round(zoom.state.zoom * 100)} %`);
    },
    pan(right, down, told = true) {
      const before = `${zoom.state.cx},${zoom.state.cy}`;
      zoom.by(right, down);
      draw();
      if (told) say(zoom.state.zoom === 1 ? "The whole picture is seen: zoom in to move it." : before === `${zoom.state.cx},${zoom.state.cy}` ? "Edge of the picture." : "Picture moved.");
    },
    fit() {
      zoom.to(1);
      draw();
      say("Whole picture");
    },
    // measuring, with a pointer
    measureFrom(which, event) {
      active = which;
      const point = pointIn(which, event);
      if (!point) return;
      ruler = ruler ? { ...ruler, b: point.at } : { a: point.at, b: point.at };
      draw();
    },
    measureTo(which, event) {
      const point = ruler && pointIn(which, event);
      if (point) ruler = { ...ruler, b: point.at };
      draw();
    },
    measureEnd(which, event, tapped) {
      if (!ruler) return;
      if (tapped && distance(ruler.a, ruler.b) < 1) {
        ruler = { a: ruler.a, b: null };
        say("First point set. Tap the second.");
        draw();
      } else moves.measureDone(ruler);
    },
    measureDone(one) {
      ruler = null;
      set({ measures: [...(get("measures") || []), one].slice(-8) });
      tell(`Distance ${measured(one)}`);
    },
    // and with keys: an end is where the crosshair is
    measureHere() {
      const at = crossHere();
      if (!at) return;
      const { x, y, z } = at;
      if (ruler) moves.measureDone({ a: ruler.a, b: { x, y, z } });
      else {
        ruler = { a: { x, y, z }, b: null };
        say("First end set. Move the crosshair to the other end and press M.");
      }
      if (!cross()) putCross(at);
      draw();
    },
    giveUp() {
      if (!ruler) return false;
      ruler = null;
      say("Measuring given up.");
      draw();
      return true;
    },
    mark() {
      const at = crossHere();
      if (!at) return;
      const { x, y, z } = at;
      if (!cross() || cross().z !== z || cross().x !== x || cross().y !== y) putCross(at);
      ask({ do: "mark", x, y, z });
    },
    help() {
      help.open = !help.open;
      say(help.open ? "List of keys opened, below the picture." : "List of keys closed.");
    },
    settle() {
      clearTimeout(saving);
      saving = setTimeout(keep, 150);
    },
  };
  let saving = 0;

  // ---- controls: what is shown
  const sequences = segments("Sequence", names.map((name) => [name, name]), sequenceOf);
  sequences.node.classList.add("pt-sequences");
  const beside = (sequence) => ({ DWI: "ADC", ADC: "DWI" })[sequence] || names[(names.indexOf(sequence) + 1) % names.length];
  const kinds = [["one", "One picture"], ...(names.length > 1 ? [["sequences", "Two sequences"]] : []), ...(heads.length > 1 ? [["times", "Two times"]] : [])];
  const compare = segments("How many pictures", kinds, (kind) => {
    const one = activePane();
    const other = (which) => (which === 0 ? heads.length - 1 : 0);
    const chosen = { one: [one], sequences: [one, { which: one.which, sequence: beside(one.sequence) }], times: [{ ...one, which: Math.min(one.which, other(one.which)) }, { ...one, which: Math.max(one.which, other(one.which)) }] }[kind];
    set({ panes: chosen });
    say(kind === "one" ? `One picture: ${one.sequence}` : `Two pictures: ${chosen.map((pane) => `${pane.sequence}, ${heads[pane.which].label}`).join(" beside ")}. They move together.`);
  });
  const choice = (text, options, chosen) => {
    const select = h("select", { onchange: () => chosen(select.value) }, options.map(([value, name]) => h("option", { value }, name)));
    return { node: field(text, select), select };
  };
  const times = heads.map((head, n) => [String(n), `${head.label}${head.when ? `, ${head.when}` : ""}`]);
  const second = choice("Beside it", names.map((name) => [name, name]), (sequence) => { set({ panes: [panes()[0], { ...panes()[1], sequence }] }); say(sayWhere); });
  const whichScan = choice("Scan", times, (value) => { set({ panes: panes().map((pane) => ({ ...pane, which: Number(value) })) }); say(() => heads[Number(value)].label); });
  const sideScan = ["Left", "Right"].map((side, at) => choice(`${side} picture`, times, (value) => { set({ panes: panes().map((pane, n) => (n === at ? { ...pane, which: Number(value) } : pane)) }); say(() => heads[Number(value)].label); }));

  // ---- controls: hands
  let tool = "cross";
  const toolHint = h("span", { class: "pt-soft pt-small pt-tool-hint" });
  const tools = segments("What a drag or a tap does", TOOLS.map(([value, text]) => [value, text]), (value) => {
    tool = value;
    moves.giveUp();
    draw();
    say(TOOLS.find(([name]) => name === value)[2]);
  });
  tools.node.classList.add("pt-tools");
  tools.node.append(toolHint);

  // ---- controls: slice, zoom
  const slider = range(0, 1);
  slider.id = unique("slice");
  slider.addEventListener("input", () => {
    const { index } = faceOf(activePane());
    moves.slice(Math.min(active, panes().length - 1), Number(slider.value) - index);
  });
  const sliceNumber = h("span", { class: "pt-slice-number" });
  const small = (text, name, act) => h("button", { type: "button", class: "pt-square", "aria-label": name, onclick: act }, text);
  const zoomNumber = h("span", { class: "pt-slice-number" });
  const whole = h("button", { type: "button", onclick: () => moves.fit() }, "Whole picture");

  const windowing = windowPart({ root, sequence: () => activePane().sequence, windowOf, windowTo, moves, faceOf: (sequence) => sheetOf({ ...activePane(), sequence }) || aheadOf({ ...activePane(), sequence }) });

  // ---- what was found: the crosshair, values, marks, distances
  const place = h("p", { class: "pt-place" });
  const values = h("p", { class: "pt-values pt-small" });
  const markButton = h("button", { type: "button", onclick: () => moves.mark() }, "Mark this place");
  const measureButton = h("button", { type: "button", onclick: () => moves.measureHere() }, "Measure from here");
  const goTo = (at, text) => {
    set({ position: { x: at.x, y: at.y, z: at.z }, reading: "", ...(base().positions.length ? { index: base().nearest(at[base().through]) } : {}), depths: { x: at.x, y: at.y, z: at.z } });
    look();
    say(text);
  };
  const list = foundPart({ get, set, ask, tell, goTo, after: markButton });

  // ---- words
  const description = h("div", { class: "pt-description" });
  const inWords = h("details", { class: "pt-in-words" }, h("summary", {}, "This slice in words"), description);
  const help = keysPart();
  const report = reportPart({ get, ask, say, tell, shown, heads, root });

  // ---- the stage
  const hint = h("p", { class: "pt-hidden", id: unique("hint") }, "Arrow keys change the slice, Shift with arrow keys moves the crosshair, H opens the list of keys.");
  const stages = [0, 1].map((which) => {
    const canvas = h("canvas", { tabindex: "0", role: "application", "aria-roledescription": "scan picture", "aria-describedby": hint.id, "aria-label": "Scan picture" });
    canvas.addEventListener("focus", () => { active = which; draw(); });
    const title = h("p", { class: "pt-stage-title" });
    const caption = h("figcaption", { class: "pt-small" });
    keysOn(canvas, which, moves);
    pointersOn(canvas, which, () => tool, moves);
    return { ...paneCanvas(root, canvas, zoom), title, caption, figure: h("figure", { class: "pt-stage" }, title, canvas, caption) };
  });
  const stageBox = h("div", { class: "pt-stages" });
  const choices = h("div", { class: "pt-choices" });
  body.append(
    h("p", { class: "pt-eyebrow" }, label),
    sequences.node,
    kinds.length > 1 ? h("div", { class: "pt-compare-row" }, compare.node, choices) : "",
    h("div", { class: "pt-scan-main" },
      h("div", {},
        stageBox,
        h("div", { class: "pt-slices" }, h("label", { for: slider.id }, "Slice"), small("‹", "One lower", () => moves.slice(active, -1)), slider, small("›", "One higher", () => moves.slice(active, 1)), sliceNumber),
        h("div", { class: "pt-zooming" }, h("span", { class: "pt-zoom-name" }, "Zoom"), small("−", "Zoom out", () => moves.zoom(0.8)), zoomNumber, small("+", "Zoom in", () => moves.zoom(1.25)), whole),
        tools.node),
      h("div", { class: "pt-side" },
        h("div", {}, spoken, hint, place, values, h("div", { class: "pt-actions" }, markButton, measureButton), list.node),
        h("div", {}, windowing.node, inWords, help, report.node,
          get("note") ? h("p", { class: "pt-soft pt-small pt-foot" }, get("note")) : ""))));

  // ---- drawing: at most once a frame
  const drawPane = (which) => {
    const pane = panes()[which];
    const stage = stages[which];
    const { canvas } = stage;
    const head = heads[pane.which];
    const face = faceOf(pane);
    const space = spaceOf(face.sheet);
    stage.draw({
      sheet: face.sheet, picture: face.picture && space.positions.length ? face.picture : null, index: face.index,
      window: windowOf(pane.sequence), space, sequence: pane.sequence, since: head.since || "",
      marks: get("marks") || [], measures: [...(get("measures") || []), ...(ruler ? [ruler] : [])], cross: cross(), tile: face.tile,
    });
    const heading = [h("strong", {}, mode() === "sequences" ? pane.sequence : head.label), mode() === "sequences" && h("span", { class: "pt-soft" }, ` ${head.label}`), head.when && h("span", { class: "pt-soft" }, ` ${head.when}`), head.since && h("span", { class: "pt-soft" }, ` · ${head.since}`)];
    const words = heading.map((node) => (node ? node.textContent : "")).join("");
    if (stage.title.textContent !== words) stage.title.replaceChildren(...heading.filter(Boolean));
    canvas.style.touchAction = tool === "cross" ? "pan-y" : "none";
    canvas.dataset.tool = tool;
    if (!face.picture || !space.positions.length) {
      stage.caption.textContent = "This takes a few seconds the first time.";
      return;
    }
    canvas.dataset.drawn = `${pane.sequence}:${face.index}`;
    canvas.dataset.whole = face.whole ? `${pane.which}:${pane.sequence}` : "";
    const count = space.positions.length;
    const said = `${head.label}, ${pane.sequence}, ${space.projection ? "a projection" : `slice ${face.index + 1} of ${count}`}. ${describe(pane, face.index) || `Synthetic, ${space.through} ${signed(space.positions[face.index])} mm.`}`;
    if (canvas.getAttribute("aria-label") !== said) canvas.setAttribute("aria-label", said);
    if (stage.caption.textContent !== (face.sheet.caption || "")) stage.caption.textContent = face.sheet.caption || "";
  };
  const options = { one: () => (heads.length > 1 ? [whichScan.node] : []), sequences: () => [second.node, ...(heads.length > 1 ? [whichScan.node] : [])], times: () => (heads.length > 2 ? sideScan.map((one) => one.node) : []) };
  let laidOut = "";
  const layOut = () => {
    const now = mode();
    root.classList.toggle("pt-compare", panes().length > 1);
    root.dataset.mode = now;
    if (now !== laidOut) {
      laidOut = now;
      const held = root.getRootNode().activeElement;
      stageBox.replaceChildren(...stages.slice(0, panes().length).map((one) => one.figure));
      choices.replaceChildren(...options[now]());
      if (held && root.contains(held) && held !== root.getRootNode().activeElement) held.focus({ preventScroll: true });
    }
    compare.set(now);
    sequences.set(panes()[0].sequence);
    tools.set(tool);
    const told = TOOLS.find(([name]) => name === tool)[2];
    if (toolHint.textContent !== told) toolHint.textContent = told;
    second.select.value = (panes()[1] || panes()[0]).sequence;
    whichScan.select.value = String(panes()[0].which);
    sideScan.forEach((one, at) => { one.select.value = String((panes()[at] || panes()[0]).which); });
  };
  const drawControls = () => {
    const pane = activePane();
    const face = faceOf(pane);
    const space = spaceOf(face.sheet);
    const count = space.positions.length;
    slider.disabled = count < 2;
    slider.max = Math.max(count - 1, 1);
    slider.value = face.index;
    slider.setAttribute("aria-valuetext", count ? `Slice ${face.index + 1} of ${count}, ${space.through} ${signed(space.positions[face.index])} mm` : "no pictures yet");
    sliceNumber.textContent = count ? `${face.index + 1} of ${count}` : "";
    zoomNumber.textContent = `${Math.round(zoom.state.zoom * 100)} %`;
    whole.disabled = zoom.state.zoom === 1;
    windowing.draw();
    const words = panes().map((one) => [mode() === "one" ? "" : `${mode() === "sequences" ? one.sequence : heads[one.which].label}: `, describe(one, faceOf(one).index) || "Not there yet."]);
    if (description.dataset.said !== JSON.stringify(words)) {
      description.dataset.said = JSON.stringify(words);
      description.replaceChildren(...words.map(([who, said]) => h("p", {}, who && h("strong", {}, who), said)));
    }
    const where = placeText() || "Click or tap the picture, or press Shift with an arrow key on it, to put the crosshair and read where it is.";
    if (place.textContent !== where) place.textContent = where;
    const at = hovered || cross();
    const read = at ? `${hovered ? "Under the pointer" : "At the crosshair"}: ${valuesAt(at)}` : "";
    if (values.textContent !== read) values.textContent = read;
    const verb = ruler ? "Measure to here" : "Measure from here";
    if (measureButton.textContent !== verb) measureButton.textContent = verb;
  };
  let planned = 0;
  const paint = () => {
    planned = 0;
    want(panes());
    layOut();
    panes().forEach((_, which) => drawPane(which));
    drawControls();
    list.draw();
    report.draw();
  };
  const draw = () => { planned ||= requestAnimationFrame(paint); };
  const size = new ResizeObserver(() => draw());
  stages.forEach(({ canvas }) => size.observe(canvas));
  paint();
  return {
    draw,
    read() {
      draw();
      if (get("reading")) say(placeText, 60);
    },
    end() {
      size.disconnect();
      store.end();
      cancelAnimationFrame(planned);
      hush();
      [looking, saving].forEach(clearTimeout);
      if (own.size) keep();
    },
  };
}
