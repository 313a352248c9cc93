"""Order search on 5-grams: "Order Matters", section 5.2.1 and table 2, with a Markov chain in place of the Penn Treebank."""
from study import claims, table

SPEC = "ngrams.ordo"
CELLS = {name: {"ORDERS": name} for name in ("natural", "odd", "easy", "hard", "uniform")}
CELLS["hard_long"] = {"ORDERS": "hard", "STEPS": 20000}
SEEDS = (1, 2, 3)
PLOT = {"metric": "chosen", "log": "y", "cells": ["natural", "odd", "easy", "hard", "uniform"]}

ROWS = {
    "natural": ("always (1,2,3,4,5)", 225),
    "odd": ("always (5,1,3,4,2)", 280),
    "easy": ("easy: search among these two", 225),
    "hard": ("hard: search among all 120, from left to right", 225),
    "hard_long": ("hard, 20,000 steps", "225"),
    "uniform": ("all 120 equally likely (control)", "-"),
}


def page(r):
    rows = [(ROWS[c][0], ROWS[c][1], r.text(c, "chosen", digits=2), r.text(c, "set", digits=2),
             r.text(c, "natural", digits=1, scale=100), r.text(c, "entropy", digits=2), len(r.seeds(c))) for c in ROWS]
    curve = [(ROWS[c][0], *(r.text(c, "chosen", s, digits=2) for s in (1000, 2000, 3000, 5000, 10000, 20000))) for c in ROWS]
    m = lambda cell, metric="chosen": r.mean(cell, metric)
    have = lambda *cells: all(r.values(c, "chosen") for c in cells)
    check = lambda cells, f: f() if have(*cells) else None
    return f"""# The order of the words of a 5-gram

"Order Matters" (Vinyals, Bengio and Kudlur, ICLR 2016), section 5.2.1: a 5-gram as the set of its pairs (word, position), and a
model that learns to write it in an order of its own choice. The published perplexities are those of the Penn Treebank;
ours are those of a random Markov chain over 30 words, so that **only the order of the rows can be compared**. The chain's own
perplexity is {r.text("natural", "true_perplexity", digits=2)} on the same 1,000 5-grams. Settings are at the head of `models/ngrams.ordo`; they were fixed before the
first run. Mean ± standard deviation over seeds; each seed has a chain of its own.

`chosen` is the perplexity of a word in the order that the model itself likes best, `set` that of the 5-gram whatever its order (the
sum over all orders considered), which is never larger. `natural` is the share of 5-grams that are written as (1,2,3,4,5), `entropy`
that of the orders chosen in nats (ln 120 = 4.79).

{table(["orders", "published (PTB)", "chosen", "set", "natural, %", "entropy", "seeds"], rows)}

The perplexity `chosen` after a number of steps, the first 1,000 with uniform orders:

{table(["orders", "1,000", "2,000", "3,000", "5,000", "10,000", "20,000"], curve)}

{claims([
    ("an odd order is worse than the natural one", check(("natural", "odd"), lambda: m("odd") > m("natural"))),
    ("easy: the search ends with the natural order (more than 95 % of the 5-grams)",
     check(("easy",), lambda: m("easy", "natural") > 0.95)),
    ("easy is as good as the natural order (within 2 %)", check(("easy", "natural"), lambda: m("easy") < 1.02 * m("natural"))),
    ("hard is better than uniform orders", check(("hard", "uniform"), lambda: m("hard") < m("uniform"))),
    ("hard is as good as the natural order (within 2 %), 20,000 steps",
     check(("hard_long", "natural"), lambda: m("hard_long") < 1.02 * m("natural"))),
    ("hard: the likelihood of the sets is as good as in the natural order (within 2 %), 20,000 steps",
     check(("hard_long", "natural"), lambda: m("hard_long", "set") < 1.02 * m("natural"))),
])}
"""
