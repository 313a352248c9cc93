/* The data of the page: records of all stages (ir/explore.c lists the fields), frames, tables.
 *
 * An item is a number: a box below model.count, or model.count + a frame. Frames with very many
 * items get parts, frames of the page's own that hold a run of them.
 */
const KIND = { op: 0, param: 1, carry: 2, result: 3 };
const FRAME = { root: 0, layer: 1, loop: 2, kernel: 3, part: 5 };
const FIELD = {
  kind: 2, colour: 3, op: 4, title: 5, name: 6, type: 7, attrs: 8, frame: 9, kernel: 10,
  place: 11, verdict: 12, fact: 13, flops: 14, bytes: 15, arrows: 16,
};
const CHANGES = ["", "new", "gone", "other"]; /* kinds of changes, as the page's classes are called */
const LARGEST = 260, PART = 120; /* items of a frame before it gets parts, and items of a part */

class Model {
  constructor(data) {
    this.data = data;
    this.title = data.title;
    this.strings = data.strings;
    this.stages = data.stages;
    this.frames = data.frames.map(([parent, kind, title, path, repeat, place]) =>
      ({ parent, kind, title: data.strings[title], path: data.strings[path], repeat, place }));
    this.readStages();
    this.countRuns();
  }

  /* at[s][id]: where the record of a box in stage s begins in store, -1 when it is not there. */
  readStages() {
    let length = 0;
    this.count = 0;
    for (const stage of this.stages) {
      length += stage.records.length;
      for (let i = 0; i < stage.records.length; i += stage.records[i] + 1)
        this.count = Math.max(this.count, stage.records[i + 1] + 1);
    }
    const store = (this.store = new Int32Array(length));
    this.at = [];
    this.first = new Int32Array(this.count).fill(-1); /* a box's first record */
    let base = 0, before = new Int32Array(this.count).fill(-1);
    for (const stage of this.stages) {
      const at = before.slice(), records = stage.records;
      store.set(records, base);
      for (let i = 0; i < records.length; i += records[i] + 1) {
        at[records[i + 1]] = base + i;
        if (this.first[records[i + 1]] < 0) this.first[records[i + 1]] = base + i;
      }
      for (const id of stage.gone) at[id] = -1;
      base += records.length;
      stage.records = null;
      this.at.push((before = at));
    }
    this.length = length;
  }

  text(record, field) { return this.strings[this.store[record + FIELD[field]]]; }
  number(record, field) { return this.store[record + FIELD[field]]; }

  /* Calls each(id of the other end, back, operand or -1) for each arrow into a record. */
  arrows(record, each) {
    const s = this.store, n = s[record + FIELD.arrows];
    for (let k = 0, i = record + FIELD.arrows + 1; k < n; k++, i += 2) each(s[i] >> 1, s[i] & 1, s[i + 1] - 1);
  }

  weights(record) {
    const s = this.store, out = [], end = record + s[record] + 1;
    for (let i = record + FIELD.arrows + 1 + 2 * s[record + FIELD.arrows]; i < end; i++) out.push(this.strings[s[i]]);
    return out;
  }

  cost(record, field) {
    const [text, guess] = this.data.costs[this.number(record, field)];
    return { text, guess };
  }

  /* Lines of sources are read when the first one is wanted. */
  get files() {
    if (!this.readFiles)
      this.readFiles = JSON.parse(document.getElementById("files").textContent).map(({ path, numbers, text }) => {
        const rows = text.split("\n");
        return { path, lines: new Map(numbers.map((n, i) => [n, rows[i]])) };
      });
    return this.readFiles;
  }

  place(index) {
    const [file, line, column] = this.data.places.slice(3 * index, 3 * index + 3);
    return file < 0 ? null : { path: this.files[file].path, line, column, lines: this.files[file].lines };
  }

  /* How often the body of a frame runs in all. */
  countRuns() {
    for (const f of this.frames) f.runs = f.parent < 0 ? 1 : this.frames[f.parent].runs * f.repeat;
  }

  label(record) { return this.text(record, "name") || this.text(record, "title") || this.text(record, "op"); }

  /* What a pass did to each box, by number: a place in CHANGES. */
  changed(stage) {
    const s = this.stages[stage];
    if (s.changed) return s.changed;
    s.changed = new Uint8Array(this.count);
    if (!stage) return s.changed;
    const now = this.at[stage], before = this.at[stage - 1];
    for (let id = 0; id < this.count; id++)
      if (now[id] !== before[id]) s.changed[id] = before[id] < 0 ? 1 : now[id] < 0 ? 2 : this.differ(before[id], now[id]) ? 3 : 0;
    return s.changed;
  }

  change(stage, id) { return CHANGES[this.changed(stage)[id]]; }

  /* Whether op, attributes, type or operands of two records differ. */
  differ(a, b) {
    const s = this.store;
    for (const f of ["kind", "op", "title", "type", "attrs"]) if (s[a + FIELD[f]] !== s[b + FIELD[f]]) return true;
    for (let i = 0; i <= 2 * s[a + FIELD.arrows]; i++) if (s[a + FIELD.arrows + i] !== s[b + FIELD.arrows + i]) return true;
    return false;
  }

  /* Boxes that a pass made, removed and changed. */
  changes(stage) {
    const found = { new: [], gone: [], other: [] };
    this.changed(stage).forEach((change, id) => { if (change) found[CHANGES[change]].push(id); });
    return found;
  }

  hasKernels(stage) {
    if (this.stages[stage].kernels === undefined)
      this.stages[stage].kernels = this.at[stage].some((r) => r >= 0 && this.store[r + FIELD.kernel] >= 0);
    return this.stages[stage].kernels;
  }

  /* By id (of a kernel: -1 - its frame): seconds and calls. */
  times(stage) {
    const s = this.stages[stage];
    if (!s.byId) {
      s.byId = new Map();
      for (const [id, seconds, calls, shared] of s.times) {
        const t = s.byId.get(id) || { seconds: 0, calls: 0, shared };
        t.seconds += seconds;
        t.calls += calls;
        s.byId.set(id, t);
      }
    }
    return s.byId;
  }

  /* Remarks of all passes about a record. */
  remarks(record) {
    if (!this.remarkIndex) {
      this.remarkIndex = new Map();
      for (const stage of this.stages)
        for (const [kind, code, reason, node, , place, count] of stage.remarks) {
          const key = this.strings[node] + "@" + place, list = this.remarkIndex.get(key) || [];
          list.push({ pass: stage.name, kind: this.strings[kind], code: this.strings[code], reason: this.strings[reason], count });
          this.remarkIndex.set(key, list);
        }
    }
    const name = this.text(record, "name"), quoted = name ? ` '${name}'` : "";
    const node = `${this.text(record, "op")}:${this.text(record, "type")}${quoted}`;
    return this.remarkIndex.get(node + "@" + this.number(record, "place")) || [];
  }
}

/* How boxes stand in frames. With kernels: those of one stage, in the kernels of it; otherwise the
 * boxes of the stages that were looked at, each in its layer or loop. The stages have levels, in
 * the order in which they were looked at: what a level adds leaves all before it where it is. */
class Hierarchy {
  constructor(model, stages, kernels) {
    this.model = model;
    this.stages = stages;
    this.kernels = kernels;
    this.frames = model.frames.map((f, i) => ({ ...f, children: [], key: String(i) }));
    this.parent = new Int32Array(model.count).fill(-1); /* of a box; -1: it is not here */
    this.order();
    this.fill();
    for (let f = model.frames.length - 1; f >= 0; f--) if (this.isLarge(f)) this.split(f);
    this.deepen();
    this.findArrows();
  }

  /* Boxes get numbers, level by level in topological order, and the level that they came with. */
  order() {
    const m = this.model, rank = (this.rank = new Int32Array(m.count).fill(-1)), stack = [];
    this.level = new Uint8Array(m.count + m.frames.length * 2 + m.count);
    this.sorted = [];
    this.stages.forEach((stage, level) => {
      const at = m.at[stage];
      for (let id = 0; id < m.count; id++) {
        if (at[id] < 0 || rank[id] >= 0) continue;
        stack.push(id);
        while (stack.length) {
          const top = stack[stack.length - 1];
          if (rank[top] === -1) {
            const height = stack.length;
            rank[top] = -2;
            m.arrows(at[top], (from, back) => { if (!back && rank[from] === -1 && at[from] >= 0) stack.push(from); });
            if (stack.length > height) continue;
          }
          stack.pop();
          if (rank[top] >= 0) continue;
          rank[top] = this.sorted.length;
          this.level[top] = level;
          this.sorted.push(top);
        }
      }
    });
  }

  record(id) { return this.model.at[this.stages[this.level[id]]][id]; }

  fill() {
    const m = this.model, filled = new Uint8Array(this.frames.length);
    filled[0] = 1;
    for (const id of this.sorted) {
      const record = this.record(id), kernel = m.number(record, "kernel");
      let f = this.kernels && kernel >= 0 ? kernel : m.number(record, "frame");
      this.parent[id] = f;
      this.frames[f].children.push(id);
      for (; f > 0 && !filled[f]; f = this.frames[f].parent) {
        filled[f] = 1;
        this.level[m.count + f] = this.level[id];
        this.frames[this.frames[f].parent].children.push(m.count + f);
      }
    }
  }

  /* Whether a frame has parts, in whichever stage. */
  isLarge(f) {
    if (!this.model.members) {
      this.model.members = new Int32Array(this.frames.length);
      for (const record of this.model.first) if (record >= 0) this.model.members[this.model.number(record, "frame")]++;
    }
    return this.frames[f].children.length > LARGEST || (!this.kernels && this.model.members[f] > 2 * LARGEST);
  }

  /* Runs of items become parts, of which there may be too many again. */
  split(f) {
    const all = this.frames[f].children, parts = [], m = this.model;
    const size = Math.max(PART, Math.ceil(all.length / PART));
    for (let i = 0; i < all.length; i += size) {
      const children = all.slice(i, i + size), at = this.frames.length, last = Math.min(i + size, all.length);
      this.frames.push({ parent: f, kind: FRAME.part, title: `${i + 1} to ${last}`, path: this.frames[f].path, place: 0, repeat: 1, runs: this.frames[f].runs, children, key: `${this.frames[f].key}.${i}` });
      this.level[m.count + at] = Math.min(...children.map((item) => this.level[item]));
      for (const item of children) {
        if (item < m.count) this.parent[item] = at;
        else this.frames[item - m.count].parent = at;
      }
      parts.push(m.count + at);
      if (children.length > LARGEST) this.split(at);
    }
    this.frames[f].children = parts;
  }

  deepen() {
    const depth = (f) => {
      const frame = this.frames[f];
      if (frame.depth === undefined) frame.depth = frame.parent < 0 ? 0 : depth(frame.parent) + 1;
      return frame.depth;
    };
    for (let f = 0; f < this.frames.length; f++) {
      depth(f);
      this.frames[f].arrows = []; /* pairs of items */
    }
  }

  isFrame(item) { return item >= this.model.count; }
  frameOf(item) { return this.frames[item - this.model.count]; }
  parentOf(item) { return this.isFrame(item) ? this.frameOf(item).parent : this.parent[item]; }

  /* The frame that both stand in, and the items of it that they are in. */
  meet(a, b) {
    let x = a, y = b, p = this.parentOf(a), q = this.parentOf(b);
    if (p < 0 || q < 0) return null;
    while (p !== q) {
      if (this.frames[p].depth >= this.frames[q].depth) { x = this.model.count + p; p = this.frames[p].parent; }
      else { y = this.model.count + q; q = this.frames[q].parent; }
    }
    return x === y ? null : { frame: p, from: x, to: y };
  }

  /* Arrows between the items of each frame, some several times. What a later stage adds between
   * items that were there before it moves nothing. */
  findArrows() {
    const m = this.model, seen = new Uint8Array(m.length), { frames, level } = this, store = m.store;
    this.stages.forEach((stage, now) => {
      for (const record of m.at[stage]) {
        if (record < 0 || seen[record]) continue;
        seen[record] = 1;
        const to = store[record + 1], end = record + FIELD.arrows + 2 * store[record + FIELD.arrows];
        for (let i = record + FIELD.arrows + 1; i < end; i += 2) {
          if (store[i] & 1) continue;
          let a = store[i] >> 1, b = to, p = this.parent[a], q = this.parent[b];
          if (p < 0 || q < 0) continue;
          while (p !== q) {
            if (frames[p].depth >= frames[q].depth) { a = m.count + p; p = frames[p].parent; }
            else { b = m.count + q; q = frames[q].parent; }
          }
          if (a !== b && now <= Math.max(level[a], level[b])) frames[p].arrows.push(a, b);
        }
      }
    });
  }
}
