/* The parts of the page around the graph: tree, search, what is said of a value and of a stage. All
 * texts of the data become texts of the page, never HTML. */
const byId = (id) => document.getElementById(id);

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== false && value !== undefined) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((c) => c !== null && c !== undefined && c !== false));
  return made;
}

const number = (value) => value === 0 ? "0" : value >= 1e17 ? "unknown" : value < 1000 ? String(+value.toPrecision(4))
  : `${+(value / 10 ** (3 * Math.floor(Math.log10(value) / 3))).toPrecision(3)} ${["", "k", "M", "G", "T", "P"][Math.floor(Math.log10(value) / 3)]}`;
const time = (s) => s >= 1 ? `${s.toPrecision(3)} s` : s >= 1e-3 ? `${(1e3 * s).toPrecision(3)} ms` : `${(1e6 * s).toPrecision(3)} µs`;

class Panel {
  constructor(model, view, actions) {
    this.model = model;
    this.view = view;
    this.actions = actions; /* select(item, center), stage(number) */
  }

  link(item, text, kind) {
    return element("button", { class: `link ${kind || ""}`, onclick: () => this.actions.select(item, true) }, text);
  }

  where(id) {
    const frames = [];
    for (let f = this.view.tree.parentOf(id); f > 0; f = this.view.tree.frames[f].parent)
      frames.unshift(this.view.tree.frames[f].title);
    return frames.join(" › ");
  }

  /* The lines of the text around a place. */
  source(index) {
    const place = this.model.place(index);
    if (!place) return [];
    const rows = [-2, -1, 0, 1, 2].map((d) => place.line + d).filter((n) => place.lines.has(n));
    return [element("h3", { class: "file" }, `${place.path}:${place.line}:${place.column}`),
      element("pre", {}, ...rows.map((n) => element("div", { class: n === place.line ? "here" : "" }, element("b", {}, String(n)), place.lines.get(n) || " ")))];
  }

  cost(record, field, runs) {
    const { text, guess } = this.model.cost(record, field);
    if (text === "0") return "0";
    const all = runs > 1 ? ` × ${number(runs)} turns` : "";
    return String(guess) === text ? number(guess) + all : `${text} ≈ ${number(guess)}${all}`;
  }

  section(title, items) {
    return items.length ? [element("h3", {}, title), element("ul", { class: "list" }, ...items.map((i) => element("li", {}, i)))] : [];
  }

  value(item) {
    const panel = byId("value");
    panel.replaceChildren();
    if (item < 0) panel.append(element("p", { class: "note" }, "Nothing is selected."));
    else if (this.view.tree.isFrame(item)) panel.append(...this.ofFrame(item));
    else panel.append(...this.ofBox(item));
  }

  ofFrame(item) {
    const frame = this.view.tree.frameOf(item), kinds = ["", "layer", "loop", "kernel", "", "part"];
    const took = this.model.times(this.view.stage).get(-1 - (item - this.model.count));
    return [element("h2", {}, frame.title),
      this.table([["kind", kinds[frame.kind]], ["path", frame.path], ["holds", this.view.closedNote(frame)],
        ["turns", frame.kind === FRAME.loop && number(frame.repeat)], ["took", took && this.took(took)]]),
      element("p", {}, element("button", { onclick: () => this.actions.toggle(item) }, frame.open ? "Close it" : "Open it")),
      ...this.source(frame.place)];
  }

  took(t) { return `${time(t.seconds)} in ${number(t.calls)} call${t.calls === 1 ? "" : "s"}${t.shared ? ", a part of what several took" : ""}`; }

  table(rows) {
    return element("dl", {}, ...rows.filter(([, value]) => value).flatMap(([key, value]) => [element("dt", {}, key), element("dd", {}, value)]));
  }

  ofBox(id) {
    const m = this.model, v = this.view, record = v.record(id);
    if (record < 0) return [element("h2", {}, m.label(m.first[id])), element("p", { class: "note" }, "It is not in this stage.")];
    const kernel = m.number(record, "kernel"), frame = m.frames[kernel >= 0 ? kernel : m.number(record, "frame")];
    const took = m.times(v.stage).get(id);
    const change = m.change(v.stage, id), stage = m.stages[v.stage].name;
    const out = [element("h2", {}, m.label(record))];
    if (change) out.push(element("p", { class: change }, { new: `made by ${stage}`, gone: `removed by ${stage}`, other: `changed by ${stage}` }[change]));
    out.push(this.table([["op", m.text(record, "op")], ["drawn as", m.text(record, "title")], ["type", m.text(record, "type")],
      ["in", this.where(id)], ["kernel", kernel >= 0 && m.frames[kernel].title], ["attributes", m.text(record, "attrs")],
      ["FLOPs", this.cost(record, "flops", frame.runs)], ["bytes", this.cost(record, "bytes", frame.runs)], ["took", took && this.took(took)]]));
    if (change === "other") out.push(...this.before(id));
    out.push(element("p", {}, element("button", { onclick: () => this.actions.way(id, false) }, "Made from (b)"), " ",
      element("button", { onclick: () => this.actions.way(id, true) }, "Used for (f)")));
    out.push(...this.source(m.number(record, "place")));
    if (m.text(record, "fact")) out.push(element("h3", {}, "Proved"), element("p", { class: "note", style: "white-space:pre-wrap" }, m.text(record, "fact")));
    return out.concat(this.neighbours(id, record), this.told(record));
  }

  before(id) {
    const m = this.model, record = m.at[this.view.stage - 1][id];
    return [element("h3", {}, "Before"), this.table([["drawn as", m.text(record, "title")], ["type", m.text(record, "type")]]),
      ...this.section("its operands were", this.operands(record, this.view.stage - 1))];
  }

  operands(record, stage) {
    const m = this.model, out = [];
    m.arrows(record, (from, back, operand) => {
      const r = m.at[stage][from] >= 0 ? m.at[stage][from] : m.first[from];
      const letter = operand >= 0 ? `${"abcdefgh"[operand] || operand}  ` : "";
      out.push(element("span", {}, letter, this.link(from, m.label(r)), element("small", { class: "note" }, ` ${m.text(r, "type")}${back ? ", from the turn before" : ""}`)));
    });
    return out;
  }

  neighbours(id, record) {
    const m = this.model, users = (this.view.users().get(id) || []).slice(0, 60).map((user) => {
      const r = m.at[this.view.stage][user];
      return element("span", {}, this.link(user, m.label(r)), element("small", { class: "note" }, ` ${m.text(r, "type")}`));
    });
    return [...this.section("weights", m.weights(record)), ...this.section("made from", this.operands(record, this.view.stage)), ...this.section("used by", users)];
  }

  told(record) {
    const m = this.model, place = m.number(record, "place");
    const remarks = m.remarks(record).map((r) => `${r.kind} [${r.pass}:${r.code}] ${r.reason}${r.count > 1 ? ` (${r.count} times)` : ""}`);
    const rewrites = [];
    for (const stage of m.stages)
      for (const [rule, before, after, at] of stage.rewrites)
        if (place && at === place && rewrites.length < 40) rewrites.push(`${stage.name}: ${m.strings[rule]}: ${m.strings[before]} ⇒ ${m.strings[after]}`);
    return [...this.section("remarks", remarks), ...this.section("rewrites at this place", rewrites)];
  }

  /* ---- the stage ---- */

  pass() {
    const m = this.model, at = this.view.stage, stage = m.stages[at], panel = byId("pass"), c = m.changes(at);
    const count = m.at[at].reduce((n, record) => n + (record >= 0), 0);
    const signs = [["gone", "−", "removed"], ["new", "+", "made"], ["other", "~", "changed"]];
    panel.replaceChildren(
      element("h2", {}, at ? `${at}. ${stage.name}` : stage.name), element("p", { class: "note" }, stage.doc),
      element("p", { class: "counts" }, ...signs.filter(([key]) => c[key].length).map(([key, sign, word]) => element("b", { class: key, title: word, style: "text-decoration:none" }, sign + c[key].length + " " + word)),
        at && !c.gone.length && !c.new.length && !c.other.length && !this.grouped(at) ? "It changed nothing. " : "", `${count} values`, this.grouped(at), stage.ms ? ` · ${time(stage.ms / 1e3)}` : ""),
      ...this.rewrites(stage), ...this.remarks(stage),
      ...signs.flatMap(([key, , word]) => this.some(word, c[key], key)));
  }

  /* ", 12 of them in 3 kernels" at the stage that makes kernels. */
  grouped(at) {
    const m = this.model, kernels = new Set();
    let members = 0;
    if (!at || !m.hasKernels(at) || m.hasKernels(at - 1)) return "";
    for (const record of m.at[at]) {
      const kernel = record < 0 ? -1 : m.number(record, "kernel");
      if (kernel >= 0) { kernels.add(kernel); members++; }
    }
    return `, ${members} of them in ${kernels.size} kernels`;
  }

  some(word, ids, kind) {
    const m = this.model, shown = ids.slice(0, 150), at = this.view.stage;
    const items = shown.map((id) => {
      const record = m.at[at][id] >= 0 ? m.at[at][id] : m.at[at - 1][id];
      return element("span", {}, this.link(id, m.label(record), kind), element("small", { class: "note" }, ` ${m.text(record, "type")} ${this.where(id)}`));
    });
    if (ids.length > shown.length) items.push(`and ${ids.length - shown.length} more`);
    return this.section(word, items);
  }

  /* By rule, the most frequent first; opened they show each. */
  rewrites(stage) {
    const m = this.model, byRule = new Map();
    for (const r of stage.rewrites) byRule.set(r[0], (byRule.get(r[0]) || []).concat([r]));
    const rules = [...byRule].sort((a, b) => b[1].length - a[1].length);
    return this.section("rewrites by rule", rules.map(([rule, list]) => element("details", {},
      element("summary", {}, `${m.strings[rule]} · ${list.reduce((n, r) => n + r[4], 0)}`),
      element("ul", { class: "list" }, ...list.slice(0, 80).map(([, before, after, place]) => {
        const p = m.place(place);
        return element("li", { class: "note" }, `${m.strings[before]} ⇒ ${m.strings[after]}`, p ? ` at ${p.path}:${p.line}` : "");
      })))));
  }

  remarks(stage) {
    const m = this.model, list = stage.remarks.slice(0, 200);
    return list.length ? [element("h3", {}, "remarks"), element("details", {}, element("summary", {}, `${stage.remarks.length} remarks`),
      element("ul", { class: "list" }, ...list.map(([kind, code, reason, node, , place, count]) => {
        const p = m.place(place);
        return element("li", { class: "note" }, `${m.strings[kind]} [${m.strings[code]}] ${m.strings[reason]} (${m.strings[node]})${p ? ` at ${p.path}:${p.line}` : ""}${count > 1 ? `, ${count} times` : ""}`);
      })))] : [];
  }

  /* ---- search ---- */

  search(text) {
    const m = this.model, words = text.toLowerCase().split(/\s+/).filter(Boolean), found = [], list = byId("found");
    const at = m.at[this.view.stage];
    for (let f = 1; words.length && f < this.view.tree.frames.length && found.length < 60; f++) {
      const frame = this.view.tree.frames[f], all = `${frame.title} ${frame.path}`.toLowerCase();
      if (frame.children.length && words.every((w) => all.includes(w))) found.push({ item: m.count + f, text: "▸ " + frame.title, note: frame.path });
    }
    const named = [], others = [];
    for (let id = 0; words.length && id < m.count && named.length < 200; id++) {
      if (at[id] < 0) continue;
      const name = m.text(at[id], "name"), all = [name, m.text(at[id], "title"), m.text(at[id], "type"), ...m.weights(at[id])].join(" ").toLowerCase();
      if (!words.every((w) => all.includes(w))) continue;
      if (words.some((w) => name.toLowerCase().startsWith(w))) named.push(id);
      else if (others.length < 200) others.push(id);
    }
    for (const id of [...named, ...others].slice(0, 200)) found.push({ item: id, text: m.label(at[id]), note: `${m.text(at[id], "type")} ${this.where(id)}` });
    this.found = found;
    this.pick = 0;
    list.hidden = !words.length;
    list.replaceChildren(...found.map((f, i) => element("li", { role: "option", id: `found-${i}`, title: `${f.text}  ${f.note}`, "aria-selected": i === 0 ? "true" : "false", onclick: () => this.actions.select(f.item, true) }, f.text, element("small", {}, f.note))));
    if (words.length && !found.length) list.append(element("li", { role: "option", "aria-disabled": "true", class: "note" }, "nothing in this stage"));
    byId("search").setAttribute("aria-activedescendant", found.length ? "found-0" : "");
    return found;
  }

  pickFound(step) {
    if (!this.found || !this.found.length) return;
    const items = byId("found").children;
    items[this.pick].setAttribute("aria-selected", "false");
    this.pick = (this.pick + step + this.found.length) % this.found.length;
    items[this.pick].setAttribute("aria-selected", "true");
    items[this.pick].scrollIntoView({ block: "nearest" });
    byId("search").setAttribute("aria-activedescendant", `found-${this.pick}`);
  }

  /* ---- tree ---- */

  /* Only what is open has entries. */
  tree() {
    const root = byId("tree"), focused = root.contains(document.activeElement);
    root.replaceChildren(...this.branches(this.view.tree.frames[0], 1));
    const first = root.querySelector('[aria-selected="true"]') || root.firstElementChild;
    if (!first) return;
    first.tabIndex = 0;
    if (focused) first.focus({ preventScroll: false });
  }

  branches(frame, level) {
    const v = this.view, out = [];
    for (const item of frame.children) {
      const isFrame = v.tree.isFrame(item), child = isFrame && v.tree.frameOf(item);
      if (isFrame ? !v.seat.has(item) : !v.isShown(item)) continue;
      const record = isFrame ? -1 : v.record(item), change = isFrame ? "" : this.model.change(v.stage, item);
      const text = isFrame ? child.title : this.model.label(record), note = isFrame ? "" : this.model.text(record, "type");
      const row = element("div", { class: "row", title: note ? `${text}  ${note}` : text, onclick: (e) => { e.stopPropagation(); if (isFrame && e.target.className === "twist") this.actions.toggle(item); else this.actions.select(item, true); } },
        element("span", { class: "twist" }, isFrame ? (child.open ? "▾" : "▸") : ""), element("span", { class: v.marks ? change : "" }, text), element("small", {}, note));
      row.style.paddingLeft = `${6 + 12 * (level - 1)}px`;
      const li = element("li", { role: "treeitem", tabindex: -1, "aria-level": level, "aria-selected": item === v.selected ? "true" : "false", "aria-expanded": isFrame ? String(Boolean(child.open)) : undefined, "data-item": item }, row);
      if (isFrame && child.open) li.append(element("ul", { role: "group" }, ...this.branches(child, level + 1)));
      out.push(li);
    }
    return out;
  }

  treeKey(event) {
    const li = document.activeElement.closest("[role=treeitem]"), items = [...byId("tree").querySelectorAll("[role=treeitem]")];
    if (!li) return;
    const item = Number(li.dataset.item), at = items.indexOf(li), isFrame = this.view.tree.isFrame(item), open = li.getAttribute("aria-expanded") === "true";
    const go = (to) => { if (to) { li.tabIndex = -1; to.tabIndex = 0; to.focus(); } };
    const keys = {
      ArrowDown: () => go(items[at + 1]), ArrowUp: () => go(items[at - 1]), Home: () => go(items[0]), End: () => go(items[items.length - 1]),
      ArrowRight: () => { if (isFrame && !open) this.actions.toggle(item, true); else if (open) go(items[at + 1]); },
      ArrowLeft: () => { if (isFrame && open) this.actions.toggle(item, true); else go(li.parentElement.closest("[role=treeitem]")); },
      Enter: () => this.actions.select(item, true), " ": () => (isFrame ? this.actions.toggle(item, true) : this.actions.select(item, true)),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  }

  /* ---- what a mouse over it shows ---- */

  tip(item) {
    const m = this.model, v = this.view;
    if (v.tree.isFrame(item)) {
      const frame = v.tree.frameOf(item), place = m.place(frame.place);
      return [frame.title, frame.path && frame.path !== frame.title && "in " + frame.path, v.closedNote(frame), place && `${place.path}:${place.line}`].filter(Boolean).join("\n");
    }
    const record = v.record(item), place = m.place(m.number(record, "place")), name = m.text(record, "name"), where = this.where(item);
    const remarks = m.remarks(record), change = m.change(v.stage, item);
    const lines = [`${name ? name + " = " : ""}${m.text(record, "title") || m.text(record, "op")}`, m.text(record, "type"), where && "in " + where,
      place && `${place.path}:${place.line}:  ${(place.lines.get(place.line) || "").trim()}`, m.text(record, "fact"),
      ...remarks.slice(0, 3).map((r) => `${r.kind} [${r.pass}:${r.code}] ${r.reason}`), change && { new: "new here", gone: "removed here", other: "changed here" }[change]];
    return lines.filter(Boolean).join("\n");
  }
}
