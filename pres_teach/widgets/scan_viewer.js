// A scan, slice by slice. A sequence comes once, as a picture with all its slices; the rest happens here, without Python.
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
      parts.watch("version", build);
      parts.watch(["index", "sequence", "windows", "position", "reading", "frame", ...Array.from({ length: 8 }, (_, n) => [`sheet_${n}`, `words_${n}`]).flat()], () => inner.draw());
      parts.leave(() => inner.end());
      build();
    });
  },
};

function scanView({ model, root, body, ask }) {
  const heads = model.get("heads") || [];
  const names = model.get("names") || [];
  root.classList.add("pt-wide");
  root.classList.toggle("pt-compare", heads.length > 1);
  root.setAttribute("aria-label", model.get("label") || "Scan");
  if (!heads.length) {
    body.append(h("p", { class: "pt-eyebrow" }, model.get("label") || "Scan"), h("p", { role: "status" }, model.get("message")));
    return { draw() {}, end() {} };
  }

  const positions = () => (model.get("frame") || {}).positions || [];
  const affine = () => (model.get("frame") || {}).affine || { x0: 0, dx: -1, y0: 0, dy: -1 };
  const current = () => ({
    index: Math.min(Math.max(model.get("index"), 0), Math.max(positions().length - 1, 0)),
    sequence: names.includes(model.get("sequence")) ? model.get("sequence") : names[0],
  });
  const sheetOf = (which, sequence) => (model.get(`sheet_${names.indexOf(sequence)}`) || [])[which];
  const describe = (which, sequence, index) => ((model.get(`words_${names.indexOf(sequence)}`) || [])[which] || [])[index] || "";
  const windowOf = (sequence) => (model.get("windows") || {})[sequence] || (sheetOf(0, sequence) || {}).window || [128, 255];
  const signed = (value) => (value > 0 ? `+${value}` : value < 0 ? `−${Math.abs(value)}` : "0");

  // ---- pictures: asked for when first wanted, decoded once, kept as grey values
  const wanted = new Set();
  const tiles = heads.map(() => ({}));
  const decode = (which, sequence) => {
    if (tiles[which][sequence]) return;
    tiles[which][sequence] = { ready: false };
    const url = URL.createObjectURL(new Blob([sheetOf(which, sequence).png], { type: "image/png" }));
    const image = new Image();
    image.onload = () => {
      const canvas = h("canvas", { width: image.naturalWidth, height: image.naturalHeight });
      const pen = canvas.getContext("2d", { willReadFrequently: true });
      pen.drawImage(image, 0, 0);
      tiles[which][sequence] = { ready: true, pen };
      URL.revokeObjectURL(url);
      draw();
    };
    image.src = url;
  };

  // ---- controls
  const keep = () => model.save_changes();
  const radioName = unique("sequence");
  const radios = names.map((name) => h("input", { type: "radio", name: radioName, value: name, onchange: () => { model.set("sequence", name); keep(); draw(); } }));
  const sequences = h("fieldset", { class: "pt-sequences" }, h("legend", { class: "pt-hidden" }, "Sequence"),
    names.map((name, at) => h("label", { class: "pt-segment" }, radios[at], h("span", {}, name))));
  const go = (index, saved = true) => {
    model.set("index", Math.min(Math.max(Math.round(index), 0), positions().length - 1));
    draw();
    if (saved) keep();
  };
  const range = (low, high) => h("input", { type: "range", min: low, max: high, step: 1 });
  const slider = range(0, 1);
  slider.id = unique("slice");
  slider.addEventListener("input", () => go(Number(slider.value), false));
  slider.addEventListener("change", keep);
  const number = h("output", { class: "pt-slice-number", for: slider.id });
  const level = range(0, 255);
  const width = range(8, 510);
  const setWindow = (saved) => {
    model.set("windows", { ...(model.get("windows") || {}), [current().sequence]: [Number(level.value), Number(width.value)] });
    draw();
    if (saved) keep();
  };
  for (const one of [level, width]) {
    one.addEventListener("input", () => setWindow(false));
    one.addEventListener("change", () => setWindow(true));
  }
  const preset = (label, make) => h("button", { type: "button", onclick: () => {
    const [l, w] = make((sheetOf(0, current().sequence) || {}).window || [128, 255]);
    level.value = l;
    width.value = w;
    setWindow(true);
  } }, label);
  const windowing = h("details", { class: "pt-windowing" }, h("summary", {}, "Brightness and contrast"),
    h("div", { class: "pt-window-row" }, field("Level (brightness)", level), field("Width (contrast)", width)),
    h("div", { class: "pt-actions" },
      preset("As first shown", (window) => window),
      preset("More contrast", ([l, w]) => [l, Math.max(8, Math.round(w * 0.55))]),
      preset("Less contrast", ([l, w]) => [l, Math.min(510, Math.round(w * 1.6))])));

  // ---- the stage
  const help = h("p", { class: "pt-hidden", id: unique("help") }, "Arrow keys and Page Up or Down change the slice, Home and End go to the lowest and highest. Shift with the arrow keys moves a mark.");
  const stages = heads.map((head) => {
    const canvas = h("canvas", { tabindex: "0", role: "img", "aria-describedby": help.id, "aria-label": head.label });
    const caption = h("figcaption", { class: "pt-small" });
    return { canvas, caption, figure: h("figure", { class: "pt-stage" }, h("p", { class: "pt-stage-title" }, head.label, head.when && h("span", { class: "pt-soft" }, ` ${head.when}`)), canvas, caption) };
  });
  const spoken = h("p", { class: "pt-hidden", role: "status" });
  const place = h("p", { class: "pt-place", role: "status" });
  const description = h("div", { class: "pt-description" });
  const inWords = h("details", { class: "pt-in-words" }, h("summary", {}, "This slice in words"), description);
  body.append(
    h("p", { class: "pt-eyebrow" }, model.get("label") || "Scan"),
    sequences,
    h("div", { class: "pt-scan-main" },
      h("div", {},
        h("div", { class: "pt-stages" }, stages.map((one) => one.figure)),
        h("div", { class: "pt-slices" }, h("label", { for: slider.id }, "Slice"), slider, number)),
      h("div", { class: "pt-side" }, spoken, place, help, windowing, inWords,
        model.get("note") ? h("p", { class: "pt-soft pt-small pt-foot" }, model.get("note")) : "")));

  // ---- drawing
  const write = (pen, text, x, y, align, font) => {
    pen.font = font;
    pen.textAlign = align;
    pen.lineWidth = 3;
    pen.strokeStyle = "rgba(0,0,0,.85)";
    pen.strokeText(text, x, y);
    pen.fillStyle = "#f2f5f7";
    pen.fillText(text, x, y);
  };
  const drawPixels = (pen, which, one, index, sequence, pw, ph) => {
    decode(which, sequence);
    const tile = tiles[which][sequence];
    if (!tile.ready) return false;
    const [l, w] = windowOf(sequence);
    const low = l - w / 2;
    const grey = tile.pen.getImageData((index % one.columns) * one.tile_w, Math.floor(index / one.columns) * one.tile_h, one.tile_w, one.tile_h);
    const data = grey.data;
    for (let at = 0; at < data.length; at += 4) {
      data[at] = data[at + 1] = data[at + 2] = Math.max(0, Math.min(255, ((data[at] - low) / w) * 255));
      data[at + 3] = 255;
    }
    const sheet = h("canvas", { width: one.tile_w, height: one.tile_h });
    sheet.getContext("2d").putImageData(grey, 0, 0);
    pen.imageSmoothingEnabled = true;
    pen.imageSmoothingQuality = "high";
    pen.drawImage(sheet, 0, 0, pw, ph);
    return true;
  };
  const drawOne = (which) => {
    const { index, sequence } = current();
    const stage = stages[which];
    const canvas = stage.canvas;
    const one = sheetOf(which, sequence);
    const shape = one || Object.values(tiles[which])[0] || { tile_w: 185, tile_h: 222 };
    const { dx, dy } = affine();
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const wide = Math.max(canvas.clientWidth, 160);
    const tall = Math.round((wide * (shape.tile_h || 222) * Math.abs(dy)) / ((shape.tile_w || 185) * Math.abs(dx)));
    canvas.style.height = `${tall}px`;
    const [pw, ph] = [Math.round(wide * ratio), Math.round(tall * ratio)];
    if (canvas.width !== pw || canvas.height !== ph) { canvas.width = pw; canvas.height = ph; }
    const pen = canvas.getContext("2d");
    const family = getComputedStyle(root).fontFamily;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, pw, ph);
    const drawn = one && positions().length > 0 && drawPixels(pen, which, one, index, sequence, pw, ph);
    if (drawn) canvas.dataset.drawn = `${sequence}:${index}`;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    write(pen, "SYNTHETIC", 10, 20, "left", `600 12px ${family}`);
    write(pen, sequence, wide - 10, 20, "right", `600 12px ${family}`);
    if (!drawn) {
      write(pen, "The pictures are being computed …", wide / 2, tall / 2, "center", `500 14px ${family}`);
      stage.caption.textContent = "This takes a few seconds the first time.";
      return;
    }
    write(pen, "R", 10, tall / 2 + 6, "left", `600 18px ${family}`);
    write(pen, "L", wide - 10, tall / 2 + 6, "right", `600 18px ${family}`);
    const bar = 50 * (wide / (one.tile_w * Math.abs(dx)));
    pen.fillStyle = "#000";
    pen.fillRect(9, tall - 15, bar + 2, 5);
    pen.fillStyle = "#f2f5f7";
    pen.fillRect(10, tall - 14, bar, 3);
    write(pen, "50 mm", 10, tall - 20, "left", `500 11px ${family}`);
    write(pen, `z ${signed(positions()[index])} mm`, wide - 10, tall - 10, "right", `500 11px ${family}`);
    const mark = model.get("position") || {};
    if (mark.index === index) {
      const x = ((mark.column + 0.5) / one.tile_w) * wide;
      const y = ((mark.row + 0.5) / one.tile_h) * tall;
      for (const [colour, thick] of [["#000", 4], ["#ffd34d", 2]]) {
        pen.strokeStyle = colour;
        pen.lineWidth = thick;
        pen.beginPath();
        pen.arc(x, y, 9, 0, 7);
        for (const [ax, ay] of [[-1, 0], [1, 0], [0, -1], [0, 1]]) {
          pen.moveTo(x + ax * 15, y + ay * 15);
          pen.lineTo(x + ax * 5, y + ay * 5);
        }
        pen.stroke();
      }
    }
    canvas.setAttribute("aria-label", `${heads[which].label}, ${sequence}, slice ${index + 1} of ${positions().length}. ${describe(which, sequence, index) || `Synthetic, z ${signed(positions()[index])} mm.`}`);
    stage.caption.textContent = one.caption || "";
  };
  let last = "";
  const draw = () => {
    const { index, sequence } = current();
    if (!sheetOf(0, sequence) && !wanted.has(sequence)) {
      wanted.add(sequence);
      ask({ do: "load", sequence }, 90);
    }
    stages.forEach((_, which) => drawOne(which));
    radios.forEach((radio) => { radio.checked = radio.value === sequence; });
    const count = positions().length;
    slider.disabled = !count;
    slider.max = Math.max(count - 1, 1);
    slider.value = index;
    slider.setAttribute("aria-valuetext", count ? `Slice ${index + 1} of ${count}, z ${signed(positions()[index])} mm` : "no pictures yet");
    number.textContent = count ? `${index + 1} of ${count}` : "";
    const [l, w] = windowOf(sequence);
    level.value = l;
    width.value = w;
    const now = count ? `${sequence}, slice ${index + 1} of ${count}` : "";
    if (now !== last) {
      if (last) spoken.textContent = now;
      last = now;
    }
    description.replaceChildren(...heads.map((head, which) => h("p", {}, heads.length > 1 && h("strong", {}, `${head.label}: `), describe(which, sequence, index) || "Not there yet.")));
    drawPlace();
  };

  // ---- where is this?
  const wordsOf = (x, y, z) => {
    const side = Math.abs(x) < 3 ? "in the midline" : `on the patient's ${x > 0 ? "right" : "left"}, ${Math.round(Math.abs(x))} mm from the midline`;
    const along = `${Math.round(Math.abs(y))} mm ${y < 0 ? "behind" : "in front of"}`;
    const up = `${Math.round(Math.abs(z))} mm ${z < 0 ? "below" : "above"} the anterior commissure`;
    return `Your mark: ${side}, ${along} and ${up} (MNI ${signed(Math.round(x))}, ${signed(Math.round(y))}, ${signed(Math.round(z))}).`;
  };
  const drawPlace = () => {
    const mark = model.get("position") || {};
    const said = mark.words ? `${mark.words}${model.get("reading") ? ` ${model.get("reading")}` : ""}` : "Click the picture to mark a place and read where it is.";
    if (place.textContent !== said) place.textContent = said;
  };
  const markAt = (column, row) => {
    const { index, sequence } = current();
    const one = sheetOf(0, sequence);
    if (!one) return;
    const c = Math.min(Math.max(column, 0), one.tile_w - 1);
    const r = Math.min(Math.max(row, 0), one.tile_h - 1);
    const { x0, dx, y0, dy } = affine();
    const [x, y, z] = [x0 + c * dx, y0 + r * dy, positions()[index]];
    model.set("position", { column: c, row: r, index, sequence, x, y, z, words: wordsOf(x, y, z) });
    model.set("reading", "");
    keep();
    ask({ do: "mark", x, y, z });
    draw();
  };
  for (const { canvas } of stages) {
    canvas.addEventListener("click", (event) => {
      const box = canvas.getBoundingClientRect();
      const one = sheetOf(0, current().sequence);
      if (one) markAt(Math.floor(((event.clientX - box.left) / box.width) * one.tile_w), Math.floor(((event.clientY - box.top) / box.height) * one.tile_h));
    });
    canvas.addEventListener("keydown", (event) => {
      const { index, sequence } = current();
      const one = sheetOf(0, sequence);
      if (!one) return;
      const mark = model.get("position") || {};
      const step = { ArrowLeft: [-4, 0], ArrowRight: [4, 0], ArrowUp: [0, -4], ArrowDown: [0, 4] }[event.key];
      if (event.shiftKey && step) {
        markAt((mark.column ?? Math.floor(one.tile_w / 2)) + step[0], (mark.row ?? Math.floor(one.tile_h / 2)) + step[1]);
      } else {
        const to = { ArrowUp: index + 1, ArrowRight: index + 1, PageUp: index + 4, ArrowDown: index - 1, ArrowLeft: index - 1, PageDown: index - 4, Home: 0, End: positions().length - 1 }[event.key];
        if (to === undefined) return;
        go(to);
      }
      event.preventDefault();
    });
    // a wheel turns slices only where the learner has gone into the picture: elsewhere it scrolls the page
    canvas.addEventListener("wheel", (event) => {
      if (root.getRootNode().activeElement !== canvas) return;
      event.preventDefault();
      go(current().index + (event.deltaY < 0 ? 1 : -1));
    }, { passive: false });
  }
  const size = new ResizeObserver(() => draw());
  stages.forEach(({ canvas }) => size.observe(canvas));
  draw();
  return { draw, end: () => size.disconnect() };
}
