"""Sorting as a set of pairs, in fixed, random and searched orders: "Order Matters", sections 5.1.3 and 5.2."""
from study import claims, table

SPEC = "random_order.ordo"
CELLS = {name: {"ORDERS": name} for name in ("fixed", "random", "search")}
SEEDS = (1,)
PLOT = {"metric": "sets"}

NAMES = {"fixed": "fixed: by rank", "random": "random in each step", "search": "searched: drawn from the model after 1,000 steps"}
FLOOR = 0.957  # ln(5!) / 5


def page(r):
    steps = (500, 1000, 2000, 3000, 5000)
    rows = [(NAMES[c], *(r.text(c, "sets", s, digits=1, scale=100) for s in steps)) for c in CELLS]
    nats = [(NAMES[c], *(r.text(c, "nats", s, digits=3) for s in steps)) for c in CELLS]
    have = lambda *cells: all(r.values(c, "sets") for c in cells)
    m = lambda cell, metric, step=None: r.mean(cell, metric, step)
    head = ["order of writing", *(f"{s:,}" for s in steps)]
    return f"""# A set written in random order

"Order Matters" (Vinyals, Bengio and Kudlur, ICLR 2016), section 5.1.3: sorting 5 numbers as a set of pairs (number, rank), which may be
written in any of 120 orders. The paper says that with random orders the model fell short of the ordered version already at 5 numbers and
learned far more slowly; it gives no number. Read-Process-Write with one process step and one glimpse, settings at the head of
`models/random_order.ordo`, fixed before the first run. One seed.

Sets of which all five pairs are written, in any order, in % of 10,000, after a number of steps:

{table(head, rows)}

Nats of a pair in the order of the row (for the search: in the model's own best order). With random orders no model can go below
ln(5!)/5 = {FLOOR}:

{table(head, nats)}

{claims([
    ("random orders are worse than a fixed one at the end", m("random", "sets") < m("fixed", "sets") if have("random", "fixed") else None),
    ("random orders learn more slowly: fewer sets right after 500 and after 1,000 steps",
     all(m("random", "sets", s) < m("fixed", "sets", s) for s in (500, 1000)) if have("random", "fixed") else None),
    ("the loss with random orders stays above ln(5!)/5", m("random", "nats") > FLOOR - 0.005 if have("random") else None),
    ("the search gets out of the random orders: less than half their nats at the end",
     m("search", "nats") < m("random", "nats") / 2 if have("random", "search") else None),
    ("the search writes as many sets as the fixed order (within 1 %)",
     m("search", "sets") > m("fixed", "sets") - 0.01 if have("search", "fixed") else None),
])}

The order that the search has chosen at the end is that by rank for {r.text("search", "by_rank", digits=1, scale=100)} % of the sets, and from the largest number down for {r.text("search", "backwards", digits=1, scale=100)} %.
"""
