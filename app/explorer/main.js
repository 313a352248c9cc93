/* Puts the page together: events, the canvas, and what they do to the view. */
const started = performance.now();
const model = new Model(JSON.parse(byId("data").textContent));
const canvas = byId("graph"), context = canvas.getContext("2d");
const look = { x: 0, y: 0, scale: 1 }; /* of the canvas: the place at its corner, and points a unit */
let wanted = false, hovered = -1;

function paint() {
  wanted = false;
  const ratio = window.devicePixelRatio || 1, w = canvas.clientWidth, h = canvas.clientHeight;
  if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
    canvas.width = Math.round(w * ratio);
    canvas.height = Math.round(h * ratio);
  }
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  const s = look.scale * ratio;
  context.setTransform(s, 0, 0, s, -look.x * s, -look.y * s);
  view.draw(new CanvasPen(context), [look.x, look.y, look.x + w / look.scale, look.y + h / look.scale], look.scale);
  showLegend();
}

function repaint() {
  if (!wanted) requestAnimationFrame(paint);
  wanted = true;
}

function showLegend() {
  const legend = byId("legend"), entries = [...view.legend];
  if (HEATED.has(view.colour) && view.most > 1e-20) {
    const theme = view.dark() ? "dark" : "light", show = view.colour === "time" ? time : number;
    for (const part of [0.01, 0.25, 1]) entries.push([show(part * view.most), view.mix(...HEAT[theme], Math.sqrt(part))]);
  }
  const key = JSON.stringify(entries);
  if (legend.dataset.key === key) return;
  legend.dataset.key = key;
  legend.setAttribute("aria-label", "Colours: " + entries.map(([text]) => text).join(", "));
  legend.replaceChildren(...entries.map(([text, fill]) => {
    const swatch = element("i", {});
    swatch.style.background = fill;
    return element("span", {}, swatch, text);
  }));
}

/* ---- where one looks ---- */

function fit() {
  const b = view.bounds, w = canvas.clientWidth, h = canvas.clientHeight - 50, m = 20; /* the legend is below */
  look.scale = Math.min(1.4, (w - 2 * m) / b.w, (h - 2 * m) / b.h);
  if (look.scale < 0.35) look.scale = Math.min(0.8, Math.max(look.scale, Math.min(0.35, (w - 2 * m) / b.w)));
  look.x = b.x + b.w / 2 - w / look.scale / 2;
  look.y = b.h * look.scale > h ? b.y - m / look.scale : b.y + b.h / 2 - h / look.scale / 2;
  repaint();
}

function zoom(factor, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) {
  const scale = Math.min(4, Math.max(0.02, look.scale * factor));
  look.x += x / look.scale - x / scale;
  look.y += y / look.scale - y / scale;
  look.scale = scale;
  repaint();
}

function center(item) {
  const b = view.boxOf(item);
  if (!b) return;
  look.scale = Math.max(look.scale, 0.7);
  look.x = b.x + b.w / 2 - canvas.clientWidth / look.scale / 2;
  look.y = b.y + Math.min(b.h, 200) / 2 - canvas.clientHeight / look.scale / 2;
}

/* The item under a point of the canvas, the innermost one; -1: none. */
function itemAt(x, y) {
  const px = look.x + x / look.scale, py = look.y + y / look.scale;
  for (let i = view.boxes.length - 1; i > 0; i--) {
    const b = view.boxes[i];
    if (px >= b.x && px <= b.x + b.w && py >= b.y && py <= b.y + b.h) return b.item;
  }
  return -1;
}

/* ---- what can be done ---- */

function say(text) { byId("said").textContent = text; }

function showTab(which) {
  for (const tab of ["value", "pass"]) {
    byId(tab).hidden = tab !== which;
    byId("tab-" + tab).setAttribute("aria-selected", String(tab === which));
    byId("tab-" + tab).tabIndex = tab === which ? 0 : -1;
  }
}

function select(item, inView) {
  view.selected = item;
  view.lit = null;
  if (item >= 0 && inView) {
    view.reveal(item);
    center(item);
  }
  panel.value(item);
  if (item >= 0) {
    showTab("value");
    say(panel.tip(item).replace(/\n/g, ", "));
  }
  panel.tree();
  const entry = document.querySelector(`#tree [data-item="${item}"] > .row`);
  if (entry) entry.scrollIntoView({ block: "nearest" });
  repaint();
}

/* What is done may make open frames grow, and move what stands beside them: the box in the middle
 * stays where it is on the screen, and with it all of its frame. */
function keepMiddle(act) {
  const x = look.x + canvas.clientWidth / look.scale / 2, y = look.y + canvas.clientHeight / look.scale / 2;
  const before = view.boxes.filter((b) => !b.open);
  act();
  let least = Infinity, dx = 0, dy = 0;
  for (const b of before) {
    const after = view.boxOf(b.item), far = Math.hypot(b.x + b.w / 2 - x, b.y + b.h / 2 - y);
    if (!after || far >= least) continue;
    least = far;
    dx = after.x - b.x;
    dy = after.y - b.y;
  }
  look.x += dx;
  look.y += dy;
}

/* Opens or closes a frame, which stays under the pointer. */
function toggle(item) {
  const before = view.boxOf(item), x = before ? before.x : 0, y = before ? before.y : 0;
  view.toggle(item);
  const after = view.boxOf(item);
  if (after && before) {
    look.x += after.x - x;
    look.y += after.y - y;
  }
  view.selected = item;
  panel.value(item);
  panel.tree();
  say(`${view.tree.frameOf(item).title} is ${view.tree.frameOf(item).open ? "open" : "closed"}`);
  repaint();
}

function way(id, forward) {
  if (id < 0 || view.tree.isFrame(id)) return;
  view.lit = view.way(id, forward);
  say(`${view.lit.size - 1} values ${forward ? "are made from it" : "are what it is made from"}`);
  repaint();
}

function setStage(stage) {
  if (stage < 0 || stage >= model.stages.length) return;
  keepMiddle(() => view.setStage(stage));
  if (view.selected >= 0 && !view.tree.isFrame(view.selected) && !view.isShown(view.selected)) view.selected = -1;
  view.lit = null;
  showStage();
}

function showStage() {
  const stage = byId("stage"), has = model.hasKernels(view.stage);
  stage.value = view.stage;
  stage.setAttribute("aria-valuetext", `${view.stage}: ${model.stages[view.stage].name}`);
  [...byId("ticks").children].forEach((tick, i) => tick.classList.toggle("now", i === view.stage));
  byId("earlier").disabled = view.stage === 0;
  byId("later").disabled = view.stage === model.stages.length - 1;
  byId("kernels").disabled = !has;
  byId("kernels").checked = view.kernels;
  panel.pass();
  panel.value(view.selected);
  panel.tree();
  const c = model.changes(view.stage);
  say(`${model.stages[view.stage].name}: ${c.gone.length} removed, ${c.new.length} made, ${c.other.length} changed`);
  repaint();
}

/* The nearest box in a direction. */
function beside(item, dx, dy) {
  const from = view.boxOf(item);
  let best = -1, least = Infinity;
  for (const b of view.boxes) {
    if (b.open || b.item === item) continue;
    const x = b.x + b.w / 2 - from.x - from.w / 2, y = b.y + b.h / 2 - from.y - from.h / 2;
    const along = x * dx + y * dy, across = Math.abs(x * dy) + Math.abs(y * dx);
    if (along <= 1) continue;
    const distance = along + 3 * across;
    if (distance < least) { least = distance; best = b.item; }
  }
  return best;
}

function step(key) {
  const item = view.selected;
  if (item < 0 || !view.seat.has(item)) {
    const first = view.boxes.find((b) => !b.open);
    if (first) select(first.item, true);
    return;
  }
  const line = view.curves.find((l) => (key === "ArrowUp" ? l.to === item : key === "ArrowDown" ? l.from === item : false) && !l.back);
  const [dx, dy] = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[key];
  const next = line ? (key === "ArrowUp" ? line.from : line.to) : beside(item, dx, dy);
  if (next >= 0) select(next, true);
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  repaint();
}

function saveSvg() {
  const url = URL.createObjectURL(new Blob([view.svg()], { type: "image/svg+xml" }));
  element("a", { href: url, download: `${model.title.replace(/[^\w.-]+/g, "_")}.svg` }).click();
  URL.revokeObjectURL(url);
}

/* ---- start ---- */

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const view = new View(model);
const panel = new Panel(model, view, { select, toggle, way, stage: setStage });
setTheme(dark.matches ? "dark" : "light");
dark.addEventListener("change", () => setTheme(dark.matches ? "dark" : "light"));

function listen() {
  const keys = {
    "/": () => byId("search").focus(), "[": () => setStage(view.stage - 1), "]": () => setStage(view.stage + 1), "+": () => zoom(1.25), "=": () => zoom(1.25),
    "-": () => zoom(0.8), 0: fit, b: () => way(view.selected, false), f: () => way(view.selected, true), "?": () => byId("keys").showModal(),
    Escape: () => select(-1),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.key.startsWith("Arrow")) step(event.key);
    else if ((event.key === "Enter" || event.key === " ") && view.tree.isFrame(view.selected)) toggle(view.selected);
    else return;
    event.preventDefault();
  });
  byId("tree").addEventListener("keydown", (event) => panel.treeKey(event));
  byId("search").addEventListener("input", (event) => panel.search(event.target.value));
  byId("search").addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") panel.pickFound(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" && panel.found && panel.found.length) select(panel.found[panel.pick].item, true);
    else if (event.key === "Escape") { event.target.value = ""; panel.search(""); canvas.focus(); }
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  listenTools();
  listenPointer();
}

function listenTools() {
  const on = (id, type, run) => byId(id).addEventListener(type, run);
  on("stage", "input", (event) => setStage(Number(event.target.value)));
  on("earlier", "click", () => setStage(view.stage - 1));
  on("later", "click", () => setStage(view.stage + 1));
  on("colour", "change", (event) => { view.colour = event.target.value; repaint(); });
  on("kernels", "change", (event) => { view.setHierarchy(event.target.checked); view.selected = -1; showStage(); fit(); });
  on("changes", "change", (event) => { view.marks = event.target.checked; view.build(); panel.tree(); repaint(); });
  on("theme", "click", () => setTheme(view.dark() ? "light" : "dark"));
  on("help", "click", () => byId("keys").showModal());
  on("save", "click", saveSvg);
  on("in", "click", () => zoom(1.25));
  on("out", "click", () => zoom(0.8));
  on("fit", "click", fit);
  on("tidy", "click", () => { view.setHierarchy(view.kernels); showStage(); fit(); });
  on("close", "click", () => { view.closeAll(); panel.tree(); fit(); });
  for (const tab of ["value", "pass"]) on("tab-" + tab, "click", () => showTab(tab));
  document.querySelector("[role=tablist]").addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = byId("value").hidden ? "value" : "pass";
    showTab(other);
    byId("tab-" + other).focus();
  });
  window.addEventListener("beforeprint", () => {
    const theme = document.documentElement.dataset.theme;
    document.documentElement.dataset.theme = "light"; /* paper is white */
    byId("print").innerHTML = view.svg();
    document.documentElement.dataset.theme = theme;
  });
  window.addEventListener("afterprint", () => { byId("print").textContent = ""; });
  new ResizeObserver(repaint).observe(canvas);
}

function listenPointer() {
  let drag = null;
  canvas.addEventListener("pointerdown", (event) => {
    drag = { x: event.clientX, y: event.clientY, moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    const box = canvas.getBoundingClientRect();
    if (drag) {
      const dx = event.clientX - drag.x, dy = event.clientY - drag.y;
      if (!drag.moved && Math.abs(dx) + Math.abs(dy) < 4) return;
      Object.assign(drag, { x: event.clientX, y: event.clientY, moved: true });
      look.x -= dx / look.scale;
      look.y -= dy / look.scale;
      byId("tip").hidden = true;
      repaint();
      return;
    }
    hover(itemAt(event.clientX - box.left, event.clientY - box.top), event.clientX - box.left, event.clientY - box.top);
  });
  canvas.addEventListener("pointerup", (event) => {
    const box = canvas.getBoundingClientRect(), moved = drag && drag.moved;
    drag = null;
    if (moved) return;
    const item = itemAt(event.clientX - box.left, event.clientY - box.top);
    if (item >= 0 && view.tree.isFrame(item) && !inBody(item, event.clientY - box.top)) toggle(item);
    else select(item);
  });
  canvas.addEventListener("pointerleave", () => hover(-1));
  canvas.addEventListener("wheel", (event) => {
    const box = canvas.getBoundingClientRect();
    event.preventDefault();
    if (event.shiftKey) { look.x += event.deltaY / look.scale; repaint(); return; }
    zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016)), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
}

/* Whether a point of an open frame is below its title: a click there selects nothing. */
function inBody(item, y) {
  const b = view.boxOf(item);
  return b.open && look.y + y / look.scale > b.y + GAP.title + 8;
}

function hover(item, x, y) {
  const tip = byId("tip");
  canvas.classList.toggle("over", item >= 0);
  if (item !== hovered) tip.textContent = item >= 0 ? panel.tip(item) : "";
  hovered = item;
  tip.hidden = item < 0 || (view.boxOf(item).open && inBody(item, y));
  if (tip.hidden) return;
  tip.style.left = `${Math.min(x + 14, canvas.clientWidth - tip.offsetWidth - 6)}px`;
  tip.style.top = `${y + 18 + tip.offsetHeight > canvas.clientHeight ? Math.max(0, y - tip.offsetHeight - 10) : y + 18}px`;
}

function start() {
  document.title = byId("title").textContent = model.title;
  byId("title").title = model.title;
  const last = model.stages.length - 1, timed = model.stages.some((s) => s.times.length);
  byId("stage").max = last;
  byId("ticks").append(...model.stages.map((stage, i) => {
    const c = i ? model.changes(i) : null, same = c && !c.new.length && !c.gone.length && !c.other.length;
    const tick = element("span", { class: same ? "same" : "", title: `${stage.name}: ${stage.doc}`, onclick: () => setStage(i) }, stage.name);
    tick.style.left = `${last ? (100 * i) / last : 0}%`;
    return tick;
  }));
  const colours = [["kind", "kind"], ["kernel", "kernel"], ["time", "time"], ["flops", "FLOPs"], ["bytes", "bytes"], ["sets", "set facts"], ["dtype", "dtype"]];
  byId("colour").append(...colours.filter(([key]) => key !== "time" || timed).map(([key, text]) => element("option", { value: key }, text)));
  listen();
  showStage();
  fit();
  paint();
  document.documentElement.dataset.opened = String(Math.round(performance.now() - started));
}

start();
window.ordoExplorer = { model, view, look, paint, fit, setStage, select, toggle, way, zoom };
