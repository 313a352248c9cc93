/* What is open, where it stands, and how it is drawn. */
const FONT = { name: "600 12px system-ui, 'Helvetica Neue', Arial, sans-serif", text: "12px system-ui, 'Helvetica Neue', Arial, sans-serif", small: "11px system-ui, 'Helvetica Neue', Arial, sans-serif" };
const LINE = 15, WIDEST = 230;
const PALETTE = {
  light: ["#f4b6a6", "#f7d9a8", "#fdf6d0", "#e4e7ea", "#dccbf0", "#bfe6e0", "#ddd5cb", "#cfe1f6"],
  dark: ["#7c3a2c", "#6f5222", "#4d4a26", "#38424c", "#523c70", "#20564f", "#4a4239", "#274a70"],
};
const VERDICT = { light: ["#f4b6ae", "#dddddd", "#d9c8ee", "#b9d7f2", "#cfe8c6"], dark: ["#7a332b", "#4a4f55", "#523c70", "#25507a", "#2c5a2c"] };
const HEAT = { light: ["#fff7ec", "#b30000"], dark: ["#2a2622", "#d9541e"] };

const HEATED = new Set(["time", "flops", "bytes"]); /* colours that stand for amounts */

/* Draws on a canvas. */
class CanvasPen {
  constructor(context) { this.c = context; }
  box(x, y, w, h, r, fill, stroke, width, dash) {
    const c = this.c;
    c.beginPath();
    c.roundRect(x, y, w, h, r);
    if (fill) { c.fillStyle = fill; c.fill(); }
    if (!stroke) return;
    c.strokeStyle = stroke;
    c.lineWidth = width;
    c.setLineDash(dash || []);
    c.stroke();
  }
  text(text, x, y, font, fill, align) {
    const c = this.c;
    c.font = font;
    c.fillStyle = fill;
    c.textAlign = align || "center";
    c.fillText(text, x, y);
  }
  line(points, stroke, width, dash, head) {
    const c = this.c;
    c.strokeStyle = c.fillStyle = stroke;
    c.lineWidth = width;
    c.setLineDash(dash || []);
    c.beginPath();
    trace(points, (x, y) => c.moveTo(x, y), (...p) => c.bezierCurveTo(...p));
    c.stroke();
    if (!head) return;
    const [x, y] = points[points.length - 1];
    c.beginPath();
    c.moveTo(x, y); c.lineTo(x - 3.2, y - 6.5); c.lineTo(x + 3.2, y - 6.5);
    c.fill();
  }
}

/* Draws the same as SVG, to be printed and saved. */
class SvgPen {
  constructor() { this.out = []; }
  static escape(text) { return text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]); }
  box(x, y, w, h, r, fill, stroke, width, dash) {
    this.out.push(`<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${w.toFixed(1)}" height="${h.toFixed(1)}" rx="${r}" fill="${fill || "none"}" stroke="${stroke || "none"}" stroke-width="${width || 0}"${dash ? ` stroke-dasharray="${dash}"` : ""}/>`);
  }
  text(text, x, y, font, fill, align) {
    const anchor = { left: "start", center: "middle" }[align || "center"];
    const size = /(\d+(\.\d+)?)px/.exec(font)[1], weight = /^600/.test(font) ? "600" : "400";
    this.out.push(`<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${SvgPen.escape(text)}</text>`);
  }
  line(points, stroke, width, dash, head) {
    let d = "";
    const n = (...p) => p.map((v) => v.toFixed(1)).join(" ");
    trace(points, (x, y) => { d += "M" + n(x, y); }, (...p) => { d += "C" + n(...p); });
    this.out.push(`<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${width}"${dash ? ` stroke-dasharray="${dash}"` : ""}/>`);
    if (!head) return;
    const [x, y] = points[points.length - 1];
    this.out.push(`<path d="M${n(x, y)}L${n(x - 3.2, y - 6.5)}L${n(x + 3.2, y - 6.5)}Z" fill="${stroke}"/>`);
  }
}

function trace(points, move, curve) {
  move(...points[0]);
  for (let i = 1; i < points.length; i++) {
    const [a, b] = points[i - 1], [x, y] = points[i], middle = (b + y) / 2;
    curve(a, middle, x, middle, x, y);
  }
}

/* The state of the page, and its scene: boxes and lines in places of their own, independent of
 * where one looks. */
class View {
  constructor(model) {
    this.model = model;
    this.stage = model.data.openAt;
    this.open = new Set(); /* keys of open frames */
    this.kernels = false;
    this.colour = "kind";
    this.marks = true;
    this.selected = -1;
    this.lit = null; /* boxes on the way of a value, or null */
    this.widths = new Map();
    this.measure = document.createElement("canvas").getContext("2d");
    this.setHierarchy(model.hasKernels(this.stage));
  }

  /* Places are made anew for the stage that is looked at. */
  setHierarchy(kernels) {
    this.kernels = kernels;
    this.visited = [this.stage];
    this.makeTree();
    for (let f = this.tree.frames[0]; f.children.length === 1 && this.tree.isFrame(f.children[0]);) {
      f = this.tree.frameOf(f.children[0]);
      f.open = true;
      this.open.add(f.key);
    }
    this.build();
  }

  makeTree() {
    this.tree = new Hierarchy(this.model, this.visited, this.kernels);
    this.sizes = new Map();
    for (const frame of this.tree.frames) frame.open = frame.parent < 0 || this.open.has(frame.key);
  }

  /* ---- sizes and places ---- */

  width(text, font) {
    const key = font + text;
    let w = this.widths.get(key);
    if (w === undefined) {
      this.measure.font = font;
      this.widths.set(key, (w = this.measure.measureText(text).width));
    }
    return w;
  }

  /* A text that fits, cut where it must be. */
  fit(text, font, most) {
    if (this.width(text, font) <= most) return text;
    let n = Math.max(1, Math.floor((text.length * most) / this.width(text, font)));
    while (n > 1 && this.width(text.slice(0, n) + "…", font) > most) n--;
    return text.slice(0, n) + "…";
  }

  /* Lines of a box: [text, font, faint]. */
  lines(record) {
    const m = this.model, name = m.text(record, "name"), title = m.text(record, "title"), type = m.text(record, "type");
    const out = [];
    if (name) out.push([name, FONT.name, false]);
    if (title) out.push([title, name ? FONT.text : FONT.text, false]);
    if (type) out.push([type, FONT.small, true]);
    return out;
  }

  /* The largest that it is in any stage. */
  boxSize(id) {
    let size = this.sizes.get(id);
    if (size) return size;
    let w = 34, n = 1, last = -1;
    const stages = this.kernels ? [this.model.at[this.stage]] : this.model.at;
    for (const at of stages) {
      if (at[id] < 0 || at[id] === last) continue;
      const lines = this.lines((last = at[id]));
      n = Math.max(n, lines.length);
      for (const [text, font] of lines) w = Math.max(w, Math.min(WIDEST, this.width(text, font)));
    }
    this.sizes.set(id, (size = { w: w + 16, h: n * LINE + 8 }));
    return size;
  }

  closedSize(frame) {
    const w = Math.min(WIDEST, Math.max(this.width(frame.title, FONT.name), frame.kind === FRAME.loop ? 120 : 70)); /* the same in all stages */
    return { w: w + 34, h: 2 * LINE + 14 };
  }

  /* How many values of this stage are in it. */
  closedNote(frame) {
    const count = (f) => f.children.reduce((n, item) => n + (this.tree.isFrame(item) ? count(this.tree.frameOf(item)) : this.isShown(item) === 1), 0);
    if (frame.counted !== this.stage) {
      frame.counted = this.stage;
      frame.boxes = count(frame);
    }
    const turns = frame.kind === FRAME.loop ? `, ${frame.repeat >= 1e17 ? "?" : frame.repeat} turns` : "";
    return `${frame.boxes} value${frame.boxes === 1 ? "" : "s"}${turns}`;
  }

  itemSize(item) {
    if (item < 0) return { w: 2, h: 0 };
    if (!this.tree.isFrame(item)) return this.boxSize(item);
    const frame = this.tree.frameOf(item);
    return frame.open ? { w: frame.size.w + 2 * GAP.pad, h: frame.size.h + GAP.title + 2 * GAP.pad } : this.closedSize(frame);
  }

  lay(frame) {
    for (const item of frame.children) if (this.tree.isFrame(item) && this.tree.frameOf(item).open) this.lay(this.tree.frameOf(item));
    if (!frame.order) frame.order = orderFrame(frame, frame.children, (item) => this.tree.level[item], (item) => this.rankOf(item));
    const key = frame.children.map((item) => this.tree.isFrame(item) && this.tree.frameOf(item).open ? item + ":" + Math.round(this.tree.frameOf(item).size.w) + ":" + Math.round(this.tree.frameOf(item).size.h) : "").join();
    if (frame.laid === key) return;
    frame.size = placeFrame(frame.order, (item) => this.itemSize(item));
    frame.size.w = Math.max(frame.size.w, Math.min(WIDEST, this.width(frame.title || "", FONT.name)) + 40);
    frame.laid = key;
  }

  rankOf(item) {
    if (!this.tree.isFrame(item)) return this.tree.rank[item];
    const frame = this.tree.frameOf(item);
    if (frame.rank === undefined) frame.rank = Math.min(...frame.children.map((i) => this.rankOf(i)));
    return frame.rank;
  }

  /* ---- the scene ---- */

  /* Which boxes are seen in this stage: 1 there, 2 just removed. */
  isShown(id) { return this.shown[id]; }

  findShown() {
    const m = this.model, now = m.at[this.stage], before = !this.kernels && this.marks && this.stage ? m.at[this.stage - 1] : null;
    const shown = (this.shown = new Uint8Array(m.count)), parent = this.tree.parent;
    for (let id = 0; id < m.count; id++) if (parent[id] >= 0) shown[id] = now[id] >= 0 ? 1 : before && before[id] >= 0 ? 2 : 0;
  }

  record(id) {
    const now = this.model.at[this.stage][id];
    return now >= 0 || !this.stage ? now : this.model.at[this.stage - 1][id];
  }

  build() {
    const t = this.tree;
    this.findShown();
    this.lay(t.frames[0]);
    this.boxes = []; /* what is drawn, frames before what is in them */
    this.seat = new Map(); /* its place among boxes, by item */
    this.standsFor = new Int32Array(this.model.count).fill(-1);
    this.buildFrame(0, 0, 0, true);
    this.buildLines();
    this.bounds = this.boxes[0];
  }

  buildFrame(f, x, y, isRoot) {
    const t = this.tree, frame = t.frames[f], top = isRoot ? 0 : GAP.title + GAP.pad, side = isRoot ? 0 : GAP.pad;
    const own = { item: this.model.count + f, frame, x, y, w: 0, h: 0, open: true, x1: Infinity, y1: Infinity, x2: -Infinity, y2: -Infinity };
    this.seat.set(own.item, this.boxes.length);
    this.boxes.push(own);
    frame.at = [x + side, y + top];
    for (const node of frame.order.nodes) {
      const left = x + side + node.x - node.w / 2, upper = y + top + node.y;
      const box = t.isFrame(node.item) ? this.buildChild(node, left, upper) : this.buildBox(node, left, upper);
      if (!box) continue;
      own.x1 = Math.min(own.x1, box.x); own.x2 = Math.max(own.x2, box.x + box.w);
      own.y1 = Math.min(own.y1, box.y); own.y2 = Math.max(own.y2, box.y + box.h);
    }
    if (own.x1 === Infinity) { this.boxes.length = this.seat.get(own.item); this.seat.delete(own.item); if (!isRoot) return null; this.boxes.push(own); own.x1 = own.y1 = own.x2 = own.y2 = 0; }
    own.x = own.x1 - side; own.y = own.y1 - top;
    own.w = Math.max(own.x2 - own.x1 + 2 * side, isRoot ? 1 : this.closedSize(frame).w); own.h = own.y2 - own.y1 + top + side;
    return own;
  }

  buildBox(node, x, y) {
    const shown = this.isShown(node.item);
    if (!shown) return null;
    const box = { item: node.item, x, y, w: node.w, h: node.h, ghost: shown === 2, change: this.marks ? this.model.change(this.stage, node.item) : "" };
    this.seat.set(node.item, this.boxes.length);
    this.boxes.push(box);
    this.standsFor[node.item] = node.item;
    return box;
  }

  buildChild(node, x, y) {
    const frame = this.tree.frameOf(node.item);
    if (frame.open) return this.buildFrame(node.item - this.model.count, x, y, false);
    const count = { all: 0, new: 0, gone: 0, other: 0 };
    this.claim(frame, node.item, count);
    if (!count.all) return null;
    const box = { item: node.item, frame, x, y, w: node.w, h: node.h, count };
    this.seat.set(node.item, this.boxes.length);
    this.boxes.push(box);
    return box;
  }

  /* A closed frame stands for all that is in it. */
  claim(frame, item, count) {
    for (const child of frame.children) {
      if (this.tree.isFrame(child)) { this.claim(this.tree.frameOf(child), item, count); continue; }
      const shown = this.isShown(child);
      if (!shown) continue;
      this.standsFor[child] = item;
      count.all += shown === 1;
      const change = this.marks ? this.model.change(this.stage, child) : "";
      if (change) count[change]++;
      if (shown === 2 && !count.all) count.ghosts = true;
    }
    if (count.gone && !count.all) count.all = 0.5; /* only removed ones: still drawn */
  }

  buildLines() {
    const lines = new Map(), add = (from, to, back, ghost) => {
      const a = this.standsFor[from], b = this.standsFor[to];
      if (a < 0 || b < 0 || a === b) return;
      const key = (a * 2097152 + b) * 2 + back, known = lines.get(key);
      if (known) { known.ghost = known.ghost && ghost; known.pairs.push(from, to); return; }
      lines.set(key, { from: a, to: b, back: back === 1, ghost, pairs: [from, to] });
    };
    const { store } = this.model;
    for (let id = 0; id < this.model.count; id++) {
      const to = this.standsFor[id], record = to < 0 ? -1 : this.record(id);
      if (record < 0) continue;
      const end = record + FIELD.arrows + 2 * store[record + FIELD.arrows];
      for (let i = record + FIELD.arrows + 1; i < end; i += 2)
        if (this.standsFor[store[i] >> 1] !== to) add(store[i] >> 1, id, store[i] & 1, this.shown[id] === 2);
    }
    this.curves = [...lines.values()];
    for (const line of this.curves) this.route(line);
  }

  boxOf(item) { return this.boxes[this.seat.get(item)]; }

  /* Points of a line: out below, in above, through the points of the frame that both stand in. */
  route(line) {
    const a = this.boxOf(line.from), b = this.boxOf(line.to);
    const start = [a.x + a.w / 2, a.y + a.h], end = [b.x + b.w / 2, b.y];
    line.points = [start];
    if (end[1] <= start[1]) { /* back, or around a circle: along the side */
      const side = Math.max(a.x + a.w, b.x + b.w) + 18;
      line.points = [[a.x + a.w / 2, a.y + a.h], [side, a.y + a.h / 2], [side, b.y + b.h / 2], end];
      line.up = true;
    } else {
      const met = this.tree.meet(line.from, line.to), frame = met && this.tree.frames[met.frame];
      const route = frame && frame.order.routes.get(met.from * 2097152 + met.to);
      if (route) for (const p of route) {
        const at = [frame.at[0] + p.x, frame.at[1] + p.y];
        if (at[1] > start[1] + 4 && at[1] < end[1] - 4) line.points.push(at);
      }
      line.points.push(end);
    }
    const xs = line.points.map((p) => p[0]), ys = line.points.map((p) => p[1]);
    line.box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  }

  /* ---- what users do ---- */

  setOpen(frame, open) {
    frame.open = open;
    if (open) this.open.add(frame.key);
    else this.open.delete(frame.key);
  }

  toggle(item) {
    const frame = this.tree.frameOf(item);
    this.setOpen(frame, !frame.open);
    this.build();
  }

  /* Opens all frames around an item. */
  reveal(item) {
    let opened = false;
    for (let f = this.tree.parentOf(item); f > 0; f = this.tree.frames[f].parent) {
      if (this.tree.frames[f].open) continue;
      this.setOpen(this.tree.frames[f], (opened = true));
    }
    if (opened) this.build();
  }

  closeAll() {
    this.open.clear();
    for (const frame of this.tree.frames) frame.open = frame.parent < 0;
    this.build();
  }

  /* What is new in a stage gets places, and the rest keeps its own. */
  setStage(stage) {
    this.stage = stage;
    if (this.kernels) {
      this.setHierarchy(this.model.hasKernels(stage));
      return;
    }
    const before = this.visited.length;
    if (this.marks && stage && !this.visited.includes(stage - 1)) this.visited.push(stage - 1); /* what it removed */
    if (!this.visited.includes(stage)) this.visited.push(stage);
    if (this.visited.length > before) this.makeTree();
    this.build();
  }

  /* All that a box is made from (forward: that is made from it), itself included. */
  way(id, forward) {
    const m = this.model, at = m.at[this.stage], lit = new Set([id]), stack = [id];
    const users = forward ? this.users() : null;
    while (stack.length) {
      const next = stack.pop(), see = (other) => {
        if (at[other] < 0 || lit.has(other)) return;
        lit.add(other);
        stack.push(other);
      };
      if (forward) (users.get(next) || []).forEach(see);
      else if (at[next] >= 0) m.arrows(at[next], (from) => see(from));
    }
    return lit;
  }

  users() {
    const m = this.model, stage = m.stages[this.stage];
    if (stage.users) return stage.users;
    const users = (stage.users = new Map());
    m.at[this.stage].forEach((record, id) => {
      if (record >= 0) m.arrows(record, (from) => { if (users.has(from)) users.get(from).push(id); else users.set(from, [id]); });
    });
    return users;
  }

  /* ---- colours ---- */

  dark() { return document.documentElement.dataset.theme === "dark"; }

  /* The amount that a colour stands for: of a box, or of all in a frame. */
  amount(item) {
    const m = this.model, times = m.times(this.stage);
    if (this.tree.isFrame(item)) {
      const own = times.get(-1 - (item - m.count));
      if (this.colour === "time" && own) return own.seconds;
      return this.tree.frameOf(item).children.reduce((sum, child) => sum + this.amount(child), 0);
    }
    const record = m.at[this.stage][item];
    if (record < 0) return 0;
    if (this.colour === "time") return this.timeOf(item, record, times);
    const kernel = m.number(record, "kernel");
    const f = kernel >= 0 ? kernel : m.number(record, "frame");
    return m.cost(record, this.colour).guess * m.frames[f].runs;
  }

  /* An op in a kernel has a part of the kernel's time, by its operations. */
  timeOf(id, record, times) {
    const m = this.model, own = times.get(id), kernel = m.number(record, "kernel"), whole = times.get(-1 - kernel);
    if (own) return own.seconds;
    if (kernel < 0 || !whole) return 0;
    if (whole.flops === undefined) {
      whole.flops = 0;
      for (const r of m.at[this.stage]) if (r >= 0 && m.number(r, "kernel") === kernel) whole.flops += 1 + m.cost(r, "flops").guess;
    }
    return (whole.seconds * (1 + m.cost(record, "flops").guess)) / whole.flops;
  }

  mix(a, b, t) {
    const part = (c, i) => parseInt(c.slice(1 + 2 * i, 3 + 2 * i), 16);
    return "#" + [0, 1, 2].map((i) => Math.round(part(a, i) + (part(b, i) - part(a, i)) * t).toString(16).padStart(2, "0")).join("");
  }

  /* What can be read on a colour. */
  inkOn(fill) {
    if (!/^#[0-9a-f]{6}$/.test(fill)) return this.ink.ink;
    const [r, g, b] = [1, 3, 5].map((i) => parseInt(fill.slice(i, i + 2), 16));
    return 0.3 * r + 0.59 * g + 0.11 * b > 125 ? "#1d2730" : "#f2f5f8";
  }

  hue(key) {
    const h = (key * 137.508) % 360;
    return this.dark() ? `hsl(${h} 38% 27%)` : `hsl(${h} 62% 84%)`;
  }

  weakest(item) {
    if (!this.tree.isFrame(item)) {
      const r = this.record(item);
      return r < 0 ? -1 : this.model.number(r, "verdict");
    }
    let weakest = -1;
    for (const line of this.curves) {
      if (line.from !== item) continue;
      for (let i = 0; i < line.pairs.length; i += 2) {
        const v = this.weakest(line.pairs[i]);
        if (v >= 0 && (weakest < 0 || v < weakest)) weakest = v;
      }
    }
    return weakest;
  }

  /* The colour of a box or a closed frame, and the texts of the legend that belong to it. */
  fill(item) {
    const theme = this.dark() ? "dark" : "light", m = this.model, paper = this.dark() ? "#1f262d" : "#ffffff";
    const isFrame = this.tree.isFrame(item), record = isFrame ? -1 : this.record(item);
    const legend = (fill, text) => { this.legend.set(text, fill); return fill; };
    if (HEATED.has(this.colour)) {
      const amount = this.amount(item);
      return amount ? this.mix(...HEAT[theme], Math.sqrt(amount / this.most)) : paper;
    }
    if (this.colour === "sets") {
      const v = this.weakest(item);
      return v < 0 ? paper : legend(VERDICT[theme][v], m.data.verdicts[v]);
    }
    if (isFrame) return this.colour === "kernel" && this.tree.frameOf(item).kind === FRAME.kernel ? this.hue(item - m.count) : PALETTE[theme][6];
    if (this.colour === "kernel") {
      const kernel = m.number(record, "kernel");
      return kernel < 0 ? paper : this.hue(kernel);
    }
    if (this.colour === "dtype") {
      const type = /^\w+/.exec(m.text(record, "type")), known = ["f32", "f64", "bf16", "i32", "i64", "bool", "key"];
      const text = type ? type[0] : m.text(record, "type").startsWith("<") ? "index" : "";
      const at = known.indexOf(text);
      return text ? legend(PALETTE[theme][[7, 4, 0, 2, 2, 5, 3][at] ?? 1], text) : paper;
    }
    const row = m.number(record, "colour");
    return row < 0 ? paper : legend(PALETTE[theme][row], m.data.kinds[row]);
  }

  /* ---- drawing ---- */

  /* Draws what meets the rectangle, in places of the scene; scale: how large it will be seen. */
  draw(pen, rect, scale) {
    const style = getComputedStyle(document.documentElement), colour = (name) => style.getPropertyValue(name).trim();
    this.ink = { ink: colour("--ink"), faint: colour("--faint"), line: colour("--line"), edge: colour("--edge"), accent: colour("--accent"),
      new: colour("--added"), gone: colour("--removed"), other: colour("--changed"), frame: colour("--frame"), loop: colour("--loop"), kernel: colour("--kernel") };
    this.legend = new Map();
    if (HEATED.has(this.colour))
      this.most = Math.max(1e-30, ...this.boxes.filter((b) => !b.open).map((b) => this.amount(b.item)));
    const meets = (x1, y1, x2, y2) => x2 >= rect[0] && x1 <= rect[2] && y2 >= rect[1] && y1 <= rect[3];
    for (const b of this.boxes) if (b.open && meets(b.x, b.y, b.x + b.w, b.y + b.h)) this.drawFrame(pen, b, scale);
    for (const l of this.curves) if (meets(...l.box)) this.drawLine(pen, l, scale);
    for (const b of this.boxes) if (!b.open && meets(b.x, b.y, b.x + b.w, b.y + b.h)) this.drawBox(pen, b, scale);
  }

  drawFrame(pen, b, scale) {
    if (b.frame.parent < 0) return;
    const kind = b.frame.kind, fill = kind === FRAME.loop ? this.ink.loop : kind === FRAME.kernel ? this.ink.kernel : this.ink.frame;
    const picked = b.item === this.selected;
    pen.box(b.x, b.y, b.w, b.h, 8, fill, picked ? this.ink.accent : this.ink.line, picked ? 2 : 1.2);
    if (scale * 12 < 3.5 || b.w * scale < 30) return;
    const size = Math.min(12 / Math.min(1, Math.max(0.25, scale * 1.1)), GAP.title + 4);
    const font = FONT.name.replace("12px", size.toFixed(1) + "px");
    pen.text(this.fit("▾ " + b.frame.title + this.turns(b.frame), FONT.name, (b.w - 14) * 12 / size), b.x + 8, b.y + GAP.title - 4, font, this.ink.ink, "left");
  }

  turns(frame) { return frame.kind === FRAME.loop && frame.repeat < 1e17 ? ` · ${frame.repeat} turns` : ""; }

  /* Whether it is off the lit way. */
  isPale(item) {
    if (!this.lit) return false;
    if (!this.tree.isFrame(item)) return !this.lit.has(item);
    for (const id of this.lit) if (this.standsFor[id] === item) return false;
    return true;
  }

  drawLine(pen, l, scale) {
    if (scale < 0.08) return;
    let pale = false, strong = l.from === this.selected || l.to === this.selected;
    if (this.lit) {
      pale = true;
      for (let i = 0; i < l.pairs.length && pale; i += 2) pale = !(this.lit.has(l.pairs[i]) && this.lit.has(l.pairs[i + 1]));
      strong = !pale;
    }
    const width = strong ? 1.8 : 1, colour = strong ? this.ink.accent : l.ghost ? this.ink.gone : this.ink.edge;
    pen.line(l.points, pale ? this.ink.line : colour, width, l.back || l.up ? [4, 3] : l.ghost ? [2, 3] : null, scale > 0.3);
  }

  drawBox(pen, b, scale) {
    const pale = this.isPale(b.item), isFrame = b.frame !== undefined, picked = b.item === this.selected;
    const mark = b.ghost ? "gone" : b.change || (b.count && (b.count.gone ? "gone" : b.count.new ? "new" : b.count.other ? "other" : ""));
    const stroke = picked ? this.ink.accent : mark ? this.ink[mark] : this.ink.edge;
    const width = picked ? 3 : mark ? 2.2 : 1, dash = b.ghost ? [5, 3] : null;
    if (isFrame) pen.box(b.x + 3, b.y + 3, b.w, b.h, 7, this.fillOf(b, pale), this.ink.line, 1); /* as if there were more behind it */
    pen.box(b.x, b.y, b.w, b.h, isFrame ? 7 : 5, b.ghost ? "transparent" : this.fillOf(b, pale), stroke, width, dash);
    if (scale < 0.28) return;
    const fill = this.fillOf(b, pale), heated = !pale && !b.ghost && HEATED.has(this.colour);
    const ink = pale || b.ghost ? this.ink.faint : this.inkOn(fill);
    const lines = isFrame ? [["▸ " + b.frame.title, FONT.name, false], [this.closedNote(b.frame), FONT.small, true]] : this.lines(this.record(b.item));
    const y = b.y + (b.h - lines.length * LINE) / 2 + 11;
    lines.forEach(([text, font, faint], i) => {
      if (faint && scale < 0.45) return;
      pen.text(this.fit(text, font, b.w - 10), b.x + b.w / 2, y + i * LINE, font, faint && !heated ? this.ink.faint : ink);
    });
    if (isFrame && this.marks) this.drawCounts(pen, b);
  }

  fillOf(b, pale) { const fill = this.fill(b.item); return pale ? this.ink.frame : fill; }

  /* "+3 −2 ~1" above the corner of a closed frame. */
  drawCounts(pen, b) {
    let x = b.x + 6;
    for (const [key, sign] of [["new", "+"], ["gone", "−"], ["other", "~"]]) {
      if (!b.count[key]) continue;
      const text = sign + b.count[key];
      pen.text(text, x, b.y - 3, FONT.small, this.ink[key], "left");
      x += this.width(text, FONT.small) + 6;
    }
  }

  svg() {
    const pen = new SvgPen(), b = this.bounds, m = 16;
    this.draw(pen, [-Infinity, -Infinity, Infinity, Infinity], 1);
    const box = [b.x - m, b.y - m, b.w + 2 * m, b.h + 2 * m].map((v) => v.toFixed(1)).join(" ");
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}" font-family="Helvetica, Arial, sans-serif">${pen.out.join("\n")}</svg>`;
  }
}
