// What stands around a picture: announcements, choices, brightness, what was found, keys, the report.

const range = (low, high) => h("input", { type: "range", min: low, max: high, step: 1 });
const measured = ({ a, b }) => `${distance(a, b).toFixed(0)} mm`;

/** Announcements: one node that stays. Of where one is the last word counts; of what came about none is lost. */
function announcer() {
  const spoken = h("p", { class: "pt-hidden", role: "status" });
  let saying = 0;
  let waiting = null;
  let held = 0; // until then nothing talks over what came about
  const speak = (text) => { spoken.textContent = typeof text === "function" ? text() : text; };
  const say = (text, after = 120) => {
    clearTimeout(saying);
    waiting = text;
    saying = setTimeout(() => { waiting = null; speak(text); }, Math.max(after, held - performance.now()));
  };
  const tell = (text) => {
    held = performance.now() + 2500;
    if (waiting) say(waiting);
    speak(text);
  };
  return { spoken, say, tell, end: () => clearTimeout(saying) };
}

/** Radio buttons that look like the parts of one control. */
function segments(legend, options, chosen, hidden = true) {
  const name = unique("segment");
  const radios = options.map(([value]) => h("input", { type: "radio", name, value, onchange: () => chosen(value) }));
  const labels = options.map(([, text], at) => h("label", { class: "pt-segment" }, radios[at], h("span", {}, text)));
  return {
    node: h("fieldset", { class: "pt-segments" }, h("legend", { class: hidden ? "pt-hidden" : "" }, legend), labels),
    set(value) { radios.forEach((radio) => { radio.checked = radio.value === value; }); },
  };
}

/** Level and width, as sliders and as numbers in the sequence's own unit. `sequence()` says of which. */
function windowPart({ root, sequence, faceOf, windowOf, windowTo, moves }) {
  const level = range(0, 255);
  const width = range(8, 510);
  const levelField = h("input", { type: "number", class: "pt-number", step: "any", "aria-label": "Level, as a number" });
  const widthField = h("input", { type: "number", class: "pt-number", step: "any", min: 0, "aria-label": "Width, as a number" });
  const unitNote = h("p", { class: "pt-soft pt-small" });
  const scaleOf = () => {
    const { low = 0, high = 255, unit = "" } = faceOf(sequence()) || {};
    return { low, unit, per: (high - low) / 255 };
  };
  for (const one of [level, width]) {
    one.addEventListener("input", () => windowTo(sequence(), [Number(level.value), Number(width.value)], false));
    one.addEventListener("change", () => windowTo(sequence(), [Number(level.value), Number(width.value)]));
  }
  const typed = () => {
    const { low, per } = scaleOf();
    const [before, wide] = windowOf(sequence());
    const number = (one, otherwise) => (one.value.trim() === "" || !Number.isFinite(Number(one.value)) ? otherwise : Number(one.value));
    windowTo(sequence(), [(number(levelField, low + before * per) - low) / per, number(widthField, wide * per) / per]);
  };
  levelField.addEventListener("change", typed);
  widthField.addEventListener("change", typed);
  const node = h("details", { class: "pt-windowing" }, h("summary", {}, "Brightness and contrast"),
    h("div", { class: "pt-window-row" },
      h("div", { class: "pt-window-one" }, field("Level (brightness)", level), field("As a number", levelField)),
      h("div", { class: "pt-window-one" }, field("Width (contrast)", width), field("As a number", widthField))),
    unitNote,
    h("div", { class: "pt-actions" },
      h("button", { type: "button", onclick: () => moves.asFirst() }, "As first shown"),
      h("button", { type: "button", onclick: () => moves.contrast(2) }, "More contrast"),
      h("button", { type: "button", onclick: () => moves.contrast(-2) }, "Less contrast")));
  return {
    node,
    said: () => `Level ${levelField.value}, width ${widthField.value}`,
    draw() {
      const [l, w] = windowOf(sequence());
      const { low, per, unit } = scaleOf();
      const busy = root.getRootNode().activeElement; // nobody is interrupted while typing
      level.value = l;
      width.value = w;
      const digits = per >= 1 ? 0 : 2;
      if (busy !== levelField) levelField.value = (low + l * per).toFixed(digits);
      if (busy !== widthField) widthField.value = (w * per).toFixed(digits);
      const told = unit ? `${sequence()}: in ${unit.replace("× white matter", "signal of normal white matter = 1")}.` : "";
      if (unitNote.textContent !== told) unitNote.textContent = told;
    },
  };
}

/** The learner's marks and distances, each of which can be gone to and removed; `after` takes the focus of the last. */
function foundPart({ get, set, ask, tell, goTo, after }) {
  const list = h("div", { class: "pt-found" });
  const remove = (key, name, act) => h("button", { type: "button", class: "pt-remove", "data-key": key, "aria-label": `Remove ${name}`, onclick: () => {
    const next = list.querySelectorAll(".pt-remove");
    const at = [...next].findIndex((node) => node.dataset.key === key);
    act();
    tell(`${name} removed`);
    (next[at + 1] || next[at - 1] || after).focus({ preventScroll: true });
  } }, "Remove");
  let listed = "";
  const draw = () => {
    const marks = get("marks") || [];
    const measures = get("measures") || [];
    const now = JSON.stringify([marks, measures]);
    if (now === listed) return;
    if (listed && marks.length > JSON.parse(listed)[0].length) {
      const last = marks[marks.length - 1];
      tell(`Mark ${last.number}: ${last.name}`);
    }
    listed = now;
    const row = (key, name, at, act) => h("li", {}, h("button", { type: "button", class: "pt-go", "data-key": `go ${key}`, onclick: () => goTo(at, name) }, name), remove(key, name, act));
    refill(list,
      marks.length + measures.length > 0 && h("p", { class: "pt-found-title" }, "Your marks and distances"),
      h("ul", {},
        marks.map((mark) => row(`mark ${mark.number}`, `Mark ${mark.number}: ${mark.name}`, mark, () => ask({ do: "unmark", number: mark.number }))),
        measures.map((one, n) => row(`measure ${n}`, `Distance ${n + 1}: ${measured(one)}`, one.a, () => set({ measures: measures.filter((_, at) => at !== n) })))));
  };
  return { node: list, draw };
}

/** The list of keys and gestures, folded. */
function keysPart() {
  return h("details", { class: "pt-keys" }, h("summary", {}, "Keys and gestures"),
    h("p", { class: "pt-small" }, "Keys work once a picture has the focus: click it, or go to it with Tab. On a touch screen swipe sideways for slices, pinch to zoom, tap for the crosshair."),
    h("div", { class: "pt-scroll", tabindex: "0", role: "region", "aria-label": "Keys" },
      h("table", {}, h("caption", { class: "pt-hidden" }, "Keys on a picture"), h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Key"), h("th", { scope: "col" }, "Does"))),
        h("tbody", {}, KEYS.map(([key, does]) => h("tr", {}, h("th", { scope: "row" }, key), h("td", {}, does)))))));
}

/** The written report, behind a button and a warning. */
function reportPart({ get, ask, say, tell, shown, heads, root }) {
  const report = h("div", { class: "pt-report" });
  let warned = false;
  let reported = "";
  const draw = () => {
    const told = get("told") || {};
    const some = shown().filter((which) => told[which]);
    const now = JSON.stringify([get("reports"), warned, some, shown().length]);
    if (now === reported) return;
    const came = some.length && reported && !JSON.parse(reported)[2].length;
    reported = now;
    const missing = shown().filter((which) => !told[which]);
    refill(report,
      get("reports") && missing.length > 0 && !warned && h("button", { type: "button", "data-key": "report", onclick: () => { warned = true; draw(); say("This tells all. Read the pictures first."); report.querySelector("button").focus({ preventScroll: true }); } }, "Read the report"),
      get("reports") && missing.length > 0 && warned && h("div", { class: "pt-note pt-is-part" },
        h("p", {}, h("strong", {}, "The report tells all: "), "what is there, and what it means. Read the pictures yourself first, and say what you see."),
        h("div", { class: "pt-actions" },
          h("button", { type: "button", "data-key": "tell", onclick: () => missing.forEach((which) => ask({ do: "report", which }, 60)) }, "Show the report"),
          h("button", { type: "button", "data-key": "not yet", onclick: () => { warned = false; draw(); report.querySelector("button").focus({ preventScroll: true }); } }, "Not yet"))),
      some.map((which) => h("div", { class: "pt-letter", tabindex: "-1" }, h("h3", {}, `Report: ${heads[which].label.toLowerCase()}`), h("div", { html: told[which] }))));
    if (came) {
      warned = false;
      reported = "";
      draw();
      tell("The report is shown below.");
      const letter = report.querySelector(".pt-letter");
      if (root.getRootNode().activeElement === document.body || report.contains(root.getRootNode().activeElement)) letter.focus({ preventScroll: true });
    }
  };
  return { node: report, draw };
}
