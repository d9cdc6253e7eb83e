// What hands do on a picture: mouse, fingers and keys become a few moves. What a move means is the viewer's business.

const TOOLS = [
  ["cross", "Crosshair", "A click or tap puts the crosshair; a swipe changes the slice."],
  ["window", "Brightness", "Drag up or down for brightness, left or right for contrast."],
  ["move", "Move", "Drag a zoomed picture about."],
  ["measure", "Measure", "Drag from one point to another, or tap the two points."],
];
const SLICES = { ArrowUp: 1, ArrowRight: 1, PageUp: 4, ArrowDown: -1, ArrowLeft: -1, PageDown: -4, Home: -Infinity, End: Infinity };
const CROSS_STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const PAN = { i: [0, -0.12], k: [0, 0.12], j: [-0.12, 0], l: [0.12, 0] };
const SWIPE_PX = 12; // of a finger, for one slice
const KEYS = [
  ["↑ ↓, → ←", "next slice, slice before"],
  ["Page Up, Page Down", "four slices"],
  ["Home, End", "lowest, highest slice"],
  ["Shift + arrow keys", "move the crosshair by 4 mm (by 1 mm after G)"],
  ["V", "say the ADC and the signal at the crosshair"],
  ["D", "say what is on this slice"],
  ["M", "measure: once at each end; Esc gives up"],
  ["P", "mark the place under the crosshair"],
  [", and .", "sequence before, next sequence"],
  ["B, Shift + B", "brighter, darker"],
  ["C, Shift + C", "more contrast, less contrast"],
  ["N", "light and contrast as first shown"],
  ["+ −", "zoom in, zoom out (100 to 400 %)"],
  ["I J K L", "move the zoomed picture up, left, down, right"],
  ["F", "whole picture again"],
  ["H or ?", "open or close this list"],
];

/** Keys on a picture. */
function keysOn(canvas, which, moves) {
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const deed = () => {
      if (event.shiftKey && CROSS_STEPS[key]) return moves.nudge(which, ...CROSS_STEPS[key]);
      if (key in SLICES) return moves.slice(which, SLICES[key]);
      if (PAN[key]) return moves.pan(...PAN[key]);
      switch (key) {
        case "g": return moves.fine();
        case "v": return moves.values(which);
        case "d": return moves.describe(which);
        case "m": return moves.measureHere();
        case "Escape": return moves.giveUp();
        case "p": return moves.mark();
        case ",": return moves.sequence(-1);
        case ".": return moves.sequence(1);
        case "b": return moves.brighter(event.shiftKey ? -1 : 1);
        case "c": return moves.contrast(event.shiftKey ? -1 : 1);
        case "n": return moves.asFirst();
        case "+": case "=": return moves.zoom(1.25);
        case "-": case "_": return moves.zoom(0.8);
        case "f": return moves.fit();
        case "h": case "?": return moves.help();
        default: return false;
      }
    };
    if (deed() !== false) event.preventDefault();
  });
}

/** A mouse or fingers on a picture. `tool()` says what a drag means. */
function pointersOn(canvas, which, tool, moves) {
  const down = new Map(); // the pointers that touch
  let drag = null;
  let pinch = null;
  const spread = () => {
    const [a, b] = [...down.values()];
    return { far: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.focus({ preventScroll: true });
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (down.size === 2) {
      if (drag && drag.tool === "measure") moves.giveUp();
      drag = null;
      pinch = spread();
      return;
    }
    if (down.size > 2) return;
    const means = event.button === 2 ? "window" : tool();
    drag = { x: event.clientX, y: event.clientY, fromX: event.clientX, fromY: event.clientY, tool: means, mouse: event.pointerType === "mouse", far: 0, swiped: 0 };
    if (!drag.mouse && means !== "cross") event.preventDefault();
    canvas.setPointerCapture?.(event.pointerId);
    if (means === "measure") moves.measureFrom(which, event);
    if (means === "cross" && drag.mouse) moves.cross(which, event, false);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!down.has(event.pointerId)) {
      if (event.pointerType === "mouse") moves.hover(which, event);
      return;
    }
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const box = canvas.getBoundingClientRect();
    if (pinch && down.size === 2) {
      const now = spread();
      moves.zoom(now.far / Math.max(pinch.far, 1), [(now.x - box.left) / box.width, (now.y - box.top) / box.height], false);
      moves.pan((pinch.x - now.x) / box.width, (pinch.y - now.y) / box.height, false);
      pinch = now;
      return;
    }
    if (!drag) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    drag.x = event.clientX;
    drag.y = event.clientY;
    drag.far = Math.max(drag.far, Math.hypot(event.clientX - drag.fromX, event.clientY - drag.fromY));
    if (drag.tool === "window") moves.drive(dx / box.width, dy / box.height);
    else if (drag.tool === "move") moves.pan(-dx / box.width, -dy / box.height, false);
    else if (drag.tool === "measure") moves.measureTo(which, event);
    else if (drag.mouse) moves.cross(which, event, false);
    else {
      const slices = Math.trunc((event.clientX - drag.fromX) / SWIPE_PX);
      if (slices !== drag.swiped) moves.slice(which, slices - drag.swiped);
      drag.swiped = slices;
    }
  });
  const up = (event) => {
    if (!down.delete(event.pointerId)) return;
    if (pinch) {
      if (down.size === 0) { pinch = null; moves.settle(); }
      return;
    }
    if (!drag) return;
    const { tool: means, mouse, far } = drag;
    drag = null;
    const tapped = event.type === "pointerup" && far < 6;
    if (means === "cross" && event.type === "pointerup" && (mouse || tapped)) moves.cross(which, event, true);
    else if (means === "measure") event.type === "pointerup" ? moves.measureEnd(which, event, tapped) : moves.giveUp();
    else moves.settle();
  };
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("pointerleave", () => moves.hover(which, null));
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  // a wheel turns slices only where the learner has gone into the picture: elsewhere it scrolls the page
  canvas.addEventListener("wheel", (event) => {
    if (canvas.getRootNode().activeElement !== canvas) return;
    event.preventDefault();
    const box = canvas.getBoundingClientRect();
    if (event.ctrlKey) moves.zoom(event.deltaY < 0 ? 1.1 : 1 / 1.1, [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
    else moves.slice(which, event.deltaY < 0 ? 1 : -1);
  }, { passive: false });
}
