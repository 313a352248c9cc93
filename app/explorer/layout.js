/* Layered layout of the items of one frame: ranks along arrows, orders with few crossings, places.
 *
 * Items have levels (Hierarchy): a level is laid out as if there were none behind it, so that what
 * it adds is put beside what is there already, which stays.
 */
const GAP = { x: 16, y: 30, pad: 12, title: 20, widest: 1500, row: 53 };

/* Ranks and orders do not depend on sizes, and are made once for a frame. */
function orderFrame(frame, items, levelOf, rankOf) {
  const index = new Map(items.map((item, i) => [item, i]));
  const nodes = items.map((item) => ({ item, rank: -1, level: levelOf(item), up: [], down: [] }));
  const sorted = [...nodes.keys()].sort((a, b) => nodes[a].level - nodes[b].level || rankOf(items[a]) - rankOf(items[b]));
  const position = new Int32Array(items.length), edges = [];
  sorted.forEach((i, k) => { position[i] = k; });
  const seen = new Set();
  for (let k = 0; k < frame.arrows.length; k += 2) {
    const a = index.get(frame.arrows[k]), b = index.get(frame.arrows[k + 1]), key = a * 65536 + b;
    if (seen.has(key)) continue;
    seen.add(key);
    const turned = position[a] > position[b] && nodes[a].level === nodes[b].level; /* around a circle: as if it led down */
    edges.push(turned ? [b, a] : [a, b]);
  }
  rankNodes(sorted.map((i) => nodes[i]), nodes, edges);
  return { nodes, ...insertPoints(nodes, edges, sorted) };
}

function rankNodes(sorted, nodes, edges) {
  const up = new Map(sorted.map((n) => [n, []])), down = new Map(sorted.map((n) => [n, []]));
  for (const [a, b] of edges) {
    if (nodes[a].level <= nodes[b].level) up.get(nodes[b]).push(nodes[a]);
    if (nodes[b].level <= nodes[a].level) down.get(nodes[a]).push(nodes[b]);
  }
  for (const node of sorted) node.rank = Math.max(-1, ...up.get(node).map((a) => a.rank)) + 1;
  for (let k = sorted.length - 1; k >= 0; k--) { /* what has no operand stands near its first user */
    const node = sorted[k], users = down.get(node);
    if (!up.get(node).length && users.length) node.rank = Math.max(0, Math.min(...users.map((b) => b.rank)) - 1);
  }
}

/* Long arrows get a point in each rank that they cross. */
function insertPoints(nodes, edges, sorted) {
  const rows = [], routes = new Map();
  const into = (node) => { (rows[node.rank] = rows[node.rank] || []).push(node); return node; };
  const link = (a, b) => { a.down.push(b); b.up.push(a); };
  let budget = 6000;
  for (const i of sorted) into(nodes[i]);
  for (const [a, b] of edges) {
    const from = nodes[a], to = nodes[b], points = [], level = Math.max(from.level, to.level);
    if (to.rank <= from.rank) continue;
    let last = from;
    for (let r = from.rank + 1; r < to.rank && budget > 0; r++, budget--) {
      const point = into({ item: -1, rank: r, level, up: [], down: [] });
      link(last, point);
      points.push((last = point));
    }
    link(last, to);
    if (points.length) routes.set(from.item * 2097152 + to.item, points);
  }
  for (let r = 0; r < rows.length; r++) rows[r] = rows[r] || [];
  sortRows(rows);
  return { rows, routes };
}

/* What a node is drawn to: neighbours of its level and of those before it. */
const pulls = (node, side) => node[side].filter((o) => o.level <= node.level);

function sortRows(rows) {
  const number = (row) => row.forEach((node, i) => { node.order = i; });
  for (const row of rows) {
    row.sort((a, b) => a.level - b.level);
    number(row);
  }
  const sort = (row, side) => {
    for (const node of row) {
      const others = pulls(node, side);
      node.weight = others.length ? others.reduce((sum, o) => sum + o.order, 0) / others.length : node.order;
    }
    row.sort((a, b) => a.level - b.level || a.weight - b.weight || a.order - b.order);
    number(row);
  };
  for (let sweep = 0; sweep < 8; sweep++) {
    for (let r = 1; r < rows.length; r++) sort(rows[r], "up");
    for (let r = rows.length - 2; r >= 0; r--) sort(rows[r], "down");
  }
  for (let r = 1; r < rows.length; r++) sort(rows[r], "up");
}

/* Rows that are too wide stand one below the other in pieces. */
function wrapRows(rows) {
  const out = [];
  for (const row of rows) {
    let piece = [], width = 0;
    for (const node of row) {
      if (width + node.w > GAP.widest && piece.length && node.level === row[0].level) {
        out.push(piece);
        piece = [];
        width = 0;
      }
      piece.push(node);
      width += node.w + node.gap;
    }
    out.push(piece);
  }
  return out;
}

/* Places nearest to the wanted ones, in the order of a row and apart from each other: pools of
 * neighbours that touch move as one. */
function settle(row, wanted) {
  const pools = [];
  row.forEach((node, i) => {
    let pool = { from: i, sum: wanted[i], n: 1, width: node.w + node.gap };
    pool.sum -= node.w / 2; /* of left edges */
    while (pools.length) {
      const last = pools[pools.length - 1];
      if (last.sum / last.n + last.width <= pool.sum / pool.n) break;
      pools.pop();
      pool = { from: last.from, sum: last.sum + pool.sum - pool.n * last.width, n: last.n + pool.n, width: last.width + pool.width };
    }
    pools.push(pool);
  });
  for (const pool of pools) {
    let x = pool.sum / pool.n;
    for (let i = pool.from; i < pool.from + pool.n; i++) {
      row[i].x = x + row[i].w / 2;
      x += row[i].w + row[i].gap;
    }
  }
}

/* The nodes of one level of each row; behind what stands there already. */
function placeLevel(rows, level, isFirst, ends) {
  const own = rows.map((row) => row.filter((node) => node.level === level));
  own.forEach((row, r) => {
    let x = isFirst ? 0 : ends[r];
    for (const node of row) { node.x = x + node.w / 2; x += node.w + node.gap; }
    if (isFirst) for (const node of row) node.x -= x / 2;
  });
  const middle = (list, otherwise) => list.length ? list.reduce((sum, o) => sum + o.x, 0) / list.length : otherwise;
  const sweep = (r, sides) => {
    settle(own[r], own[r].map((node) => middle(sides.flatMap((side) => pulls(node, side)), node.x)));
    const first = own[r][0], short = first && !isFirst ? ends[r] + first.w / 2 - first.x : 0;
    if (short > 0) for (const node of own[r]) node.x += short;
  };
  for (let k = 0; k < 4; k++) {
    for (let r = 1; r < rows.length; r++) sweep(r, ["up"]);
    for (let r = rows.length - 2; r >= 0; r--) sweep(r, ["down"]);
  }
  for (let r = 0; r < rows.length; r++) sweep(r, ["up", "down"]);
  own.forEach((row, r) => { for (const node of row) ends[r] = Math.max(ends[r], node.x + node.w / 2 + node.gap); });
}

/* size(item): {w, h}. Gives each node its center x and top y; the frame's own size. */
function placeFrame(order, size) {
  for (const row of order.rows)
    for (const node of row) {
      if (node.item >= 0) Object.assign(node, size(node.item), { gap: GAP.x });
      else Object.assign(node, { w: 2, h: 0, gap: 7 });
    }
  const rows = wrapRows(order.rows), ends = rows.map(() => -Infinity);
  const levels = [...new Set(rows.flatMap((row) => row.map((node) => node.level)))].sort((a, b) => a - b);
  for (const level of levels) {
    const least = Math.min(0, ...ends.filter((x) => x > -Infinity));
    if (level > levels[0]) ends.forEach((x, r) => { if (x === -Infinity) ends[r] = least; });
    placeLevel(rows, level, level === levels[0], ends);
  }
  let y = 0, left = Infinity, right = -Infinity;
  for (const row of rows) {
    const height = row.reduce((h, node) => Math.max(h, node.h), 0);
    const tall = height ? Math.max(height, GAP.row) : 0;
    for (const node of row) {
      node.y = y + (tall - node.h) / 2;
      if (node.level === levels[0]) left = Math.min(left, node.x - node.w / 2);
      right = Math.max(right, node.x + node.w / 2);
    }
    y += tall + (tall ? GAP.y : 6);
  }
  if (left === Infinity) left = 0;
  for (const row of rows) for (const node of row) node.x -= left;
  return { w: Math.max(0, right - left), h: Math.max(0, y - GAP.y) };
}
