// Pictures of a scan: decoded once, kept as grey values, drawn at the browser's frame rate. No Python, no controls.

/** Where pixels of a sheet lie in the head, and back. Columns, rows and slices run along `axes`; MNI millimetres. */
function geometry(frame) {
  const [across, down, through] = frame.axes || "xyz";
  const { x0 = 0, dx = -1, y0 = 0, dy = -1 } = frame.affine || {};
  const positions = frame.positions || [];
  const letters = { x: ["L", "R"], y: ["P", "A"], z: ["F", "H"] };
  const ends = (axis, step) => (step > 0 ? letters[axis] : [...letters[axis]].reverse());
  return {
    across, down, through, positions, mm: { across: Math.abs(dx), down: Math.abs(dy) },
    projection: Boolean(frame.projection),
    sides: ends(across, dx),
    world: (column, row, index, before = {}) => ({
      [across]: x0 + column * dx,
      [down]: y0 + row * dy,
      [through]: frame.projection ? before[through] ?? 0 : positions[index],
    }),
    pixel: (at) => [(at[across] - x0) / dx, (at[down] - y0) / dy],
    nearest: (mm) => positions.reduce((best, one, n) => (Math.abs(one - mm) < Math.abs(positions[best] - mm) ? n : best), 0),
    // whether a place is on a slice: no farther from it than half way to the next
    holds(at, index) {
      if (frame.projection || positions.length < 2) return true;
      return Math.abs(at[through] - positions[index]) <= Math.abs(positions[1] - positions[0]) / 2 + 0.01;
    },
  };
}

/** Grey values of PNGs, one decoding each; `arrived` is called when one is ready. */
function pictureStore(arrived) {
  const kept = new Map();
  let closed = false;
  return {
    end() { closed = true; },
    /** The grey values of a sheet, or null as long as they are not there. */
    grey(key, png) {
      if (kept.has(key)) return kept.get(key);
      kept.set(key, null);
      createImageBitmap(new Blob([png], { type: "image/png" }), { colorSpaceConversion: "none" }).then((bitmap) => {
        const canvas = h("canvas", { width: bitmap.width, height: bitmap.height });
        const pen = canvas.getContext("2d", { willReadFrequently: true });
        pen.drawImage(bitmap, 0, 0);
        const { data } = pen.getImageData(0, 0, bitmap.width, bitmap.height);
        const values = new Uint8Array(bitmap.width * bitmap.height);
        for (let at = 0; at < values.length; at += 1) values[at] = data[4 * at];
        kept.set(key, { values, stride: bitmap.width });
        bitmap.close();
        if (!closed) arrived();
      });
      return null;
    },
  };
}

/** One slice out of a sheet: where its upper left pixel is. */
function tileOf(sheet, index) {
  return { left: (index % sheet.columns) * sheet.tile_w, top: Math.floor(index / sheet.columns) * sheet.tile_h };
}

/** The mean over 5 x 5 pixels around a place, as a radiologist reads it, in the sheet's own unit. */
function meanValue(sheet, picture, index, column, row) {
  const { left, top } = tileOf(sheet, index);
  const [c, r] = [Math.round(column), Math.round(row)];
  if (c < 0 || r < 0 || c >= sheet.tile_w || r >= sheet.tile_h) return null;
  let [sum, count] = [0, 0];
  for (let y = Math.max(r - 2, 0); y <= Math.min(r + 2, sheet.tile_h - 1); y += 1) {
    for (let x = Math.max(c - 2, 0); x <= Math.min(c + 2, sheet.tile_w - 1); x += 1) {
      sum += picture.values[(top + y) * picture.stride + left + x];
      count += 1;
    }
  }
  return sheet.low + ((sum / count) * (sheet.high - sheet.low)) / 255;
}

/** Zoom and shift of a picture, the same for both panes: parts of a picture's width and height, so that it holds for each. */
function zooming() {
  const state = { zoom: 1, cx: 0.5, cy: 0.5 };
  const clamp = () => {
    const half = 0.5 / state.zoom;
    state.cx = Math.min(Math.max(state.cx, half), 1 - half);
    state.cy = Math.min(Math.max(state.cy, half), 1 - half);
  };
  return {
    state,
    left: () => state.cx - 0.5 / state.zoom,
    top: () => state.cy - 0.5 / state.zoom,
    /** Zoom about a point that stays where it is: parts of what is seen, the middle without any. */
    to(zoom, at = [0.5, 0.5]) {
      const next = Math.min(Math.max(zoom, 1), 4);
      state.cx += (at[0] - 0.5) * (1 / state.zoom - 1 / next);
      state.cy += (at[1] - 0.5) * (1 / state.zoom - 1 / next);
      state.zoom = next;
      clamp();
    },
    /** Shift by parts of what is seen. */
    by(right, down) {
      state.cx += right / state.zoom;
      state.cy += down / state.zoom;
      clamp();
    },
    /** Shift as little as it takes to see a point: parts of the whole picture. */
    see(x, y) {
      const half = 0.42 / state.zoom;
      state.cx = Math.min(Math.max(state.cx, x - half), x + half);
      state.cy = Math.min(Math.max(state.cy, y - half), y + half);
      clamp();
    },
  };
}

const INK = "#f2f5f7";
const CROSS = "#ffd34d";
const MARK = "#7fe0ff";
const RULER = "#ffa8d8";

/** The canvas of one pane. */
function paneCanvas(root, canvas, zoom) {
  const sheetCanvas = h("canvas");
  let size = { wide: 160, tall: 160, ratio: 1 };
  const fit = (shape, space) => {
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const wide = Math.max(canvas.clientWidth, 120);
    const tall = Math.round((wide * shape.tile_h * space.mm.down) / (shape.tile_w * space.mm.across));
    if (canvas.style.height !== `${tall}px`) canvas.style.height = `${tall}px`;
    const [pw, ph] = [Math.round(wide * ratio), Math.round(tall * ratio)];
    if (canvas.width !== pw || canvas.height !== ph) [canvas.width, canvas.height] = [pw, ph];
    size = { wide, tall, ratio };
    const pen = canvas.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, pw, ph);
    return pen;
  };
  // grey values through the window: a table of 256 entries does it for all pixels
  const drawGrey = (pen, sheet, picture, index, [level, width]) => {
    const { tile_w: w, tile_h: t } = sheet;
    if (sheetCanvas.width !== w || sheetCanvas.height !== t) [sheetCanvas.width, sheetCanvas.height] = [w, t];
    const shades = new Uint8ClampedArray(256);
    for (let grey = 0; grey < 256; grey += 1) shades[grey] = ((grey - level + width / 2) / width) * 255;
    const image = new ImageData(w, t);
    const out = new Uint32Array(image.data.buffer);
    const { left, top } = tileOf(sheet, index);
    for (let y = 0, at = 0; y < t; y += 1) {
      const from = (top + y) * picture.stride + left;
      for (let x = 0; x < w; x += 1, at += 1) out[at] = 0xff000000 | (shades[picture.values[from + x]] * 0x010101);
    }
    sheetCanvas.getContext("2d").putImageData(image, 0, 0);
    pen.imageSmoothingEnabled = true;
    pen.imageSmoothingQuality = "high";
    const z = zoom.state.zoom;
    pen.drawImage(sheetCanvas, zoom.left() * w, zoom.top() * t, w / z, t / z, 0, 0, canvas.width, canvas.height);
  };
  const family = getComputedStyle(root).fontFamily;
  const write = (pen, text, x, y, align, weight, px, colour = INK) => {
    pen.font = `${weight} ${px}px ${family}`;
    pen.textAlign = align;
    pen.lineWidth = 3;
    pen.lineJoin = "round";
    pen.strokeStyle = "rgba(0,0,0,.85)";
    pen.strokeText(text, x, y);
    pen.fillStyle = colour;
    pen.fillText(text, x, y);
  };
  const twice = (pen, colour, path) => {
    for (const [ink, thick] of [["#000", 4], [colour, 2]]) {
      pen.strokeStyle = ink;
      pen.lineWidth = thick;
      pen.beginPath();
      path();
      pen.stroke();
    }
  };
  return {
    canvas,
    /** From a place on the screen to column and row, parts of a pixel kept. */
    pixelAt(event, sheet) {
      const box = canvas.getBoundingClientRect();
      const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
      return [(zoom.left() + x / zoom.state.zoom) * sheet.tile_w - 0.5, (zoom.top() + y / zoom.state.zoom) * sheet.tile_h - 0.5];
    },
    /** Draw it. `scene` says what: sheet, picture, tile, index, window, space, and what lies over it. */
    draw(scene) {
      const { sheet, picture, index, space } = scene;
      const pen = fit(sheet || { tile_w: 185, tile_h: 222 }, space);
      const { wide, tall, ratio } = size;
      if (picture) drawGrey(pen, sheet, picture, scene.tile, scene.window);
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      write(pen, "SYNTHETIC", 10, 20, "left", 600, 12);
      write(pen, scene.sequence, wide - 10, 20, "right", 600, 12);
      if (!picture) {
        write(pen, "The pictures are being computed …", wide / 2, tall / 2, "center", 500, wide < 260 ? 12 : 14);
        return;
      }
      if (wide >= 300) {
        write(pen, scene.since, 10, 36, "left", 500, 11);
        write(pen, sheet.parameters || "", wide - 10, 36, "right", 500, 11);
      }
      write(pen, space.sides[0], 10, tall / 2 + 6, "left", 600, 18);
      write(pen, space.sides[1], wide - 10, tall / 2 + 6, "right", 600, 18);
      const perMm = (wide * zoom.state.zoom) / (sheet.tile_w * space.mm.across);
      const bar = [100, 50, 20, 10, 5].find((mm) => mm * perMm <= wide * 0.4) || 5;
      pen.fillStyle = "#000";
      pen.fillRect(9, tall - 15, bar * perMm + 2, 5);
      pen.fillStyle = INK;
      pen.fillRect(10, tall - 14, bar * perMm, 3);
      write(pen, `${bar} mm`, 10, tall - 20, "left", 500, 11);
      canvas.dataset.bar = `${bar} mm, ${Math.round(bar * perMm)} px`;
      write(pen, space.projection ? "projection" : `${space.through} ${signed(space.positions[index])} mm`, wide - 10, tall - 10, "right", 500, 11);
      const place = (at) => {
        const [column, row] = space.pixel(at);
        return [((column + 0.5) / sheet.tile_w - zoom.left()) * zoom.state.zoom * wide, ((row + 0.5) / sheet.tile_h - zoom.top()) * zoom.state.zoom * tall];
      };
      const here = (at) => space.holds(at, index);
      for (const mark of scene.marks.filter(here)) {
        const [x, y] = place(mark);
        twice(pen, MARK, () => pen.arc(x, y, 11, 0, 7));
        write(pen, String(mark.number), x + 14, y - 8, "left", 700, 14, MARK);
      }
      scene.measures.forEach(({ a, b }, n) => {
        if (!here(a) && !(b && here(b))) return;
        const [[x1, y1], [x2, y2]] = [place(a), place(b || a)];
        twice(pen, RULER, () => {
          pen.moveTo(x1, y1);
          pen.lineTo(x2, y2);
          for (const [x, y] of [[x1, y1], [x2, y2]]) { pen.moveTo(x + 4, y); pen.arc(x, y, 4, 0, 7); }
        });
        if (b) write(pen, `${n + 1}: ${distance(a, b).toFixed(0)} mm`, (x1 + x2) / 2, Math.min(y1, y2) - 8, "center", 700, 14, RULER);
      });
      if (scene.cross && here(scene.cross)) {
        const [x, y] = place(scene.cross);
        twice(pen, CROSS, () => {
          pen.moveTo(x + 9, y);
          pen.arc(x, y, 9, 0, 7);
          for (const [ax, ay] of [[-1, 0], [1, 0], [0, -1], [0, 1]]) {
            pen.moveTo(x + ax * 18, y + ay * 18);
            pen.lineTo(x + ax * 5, y + ay * 5);
          }
        });
      }
    },
  };
}

function signed(value) {
  const whole = Math.round(value);
  return whole > 0 ? `+${whole}` : whole < 0 ? `−${-whole}` : "0";
}

function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z);
}

/** Where a place lies, in words. */
function placeInWords({ x, y, z }) {
  const side = Math.abs(x) < 3 ? "in the midline" : `on the patient's ${x > 0 ? "right" : "left"}, ${Math.round(Math.abs(x))} mm from the midline`;
  const along = `${Math.round(Math.abs(y))} mm ${y < 0 ? "behind" : "in front of"}`;
  const up = `${Math.round(Math.abs(z))} mm ${z < 0 ? "below" : "above"} the anterior commissure`;
  return `Crosshair: ${side}, ${along} and ${up} (MNI ${signed(x)}, ${signed(y)}, ${signed(z)}).`;
}
