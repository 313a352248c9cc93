"""Sentences in three orders: "Order Matters", section 5.1.1."""
import math

from study import claims, table

SPEC = "word_order.ordo"
CELLS = {order: {"ORDER": order} for order in ("natural", "reverse", "three")}
SEEDS = (1, 2, 3)
PUBLISHED = {"natural": 86, "reverse": 86, "three": 96}
PLOT = {"metric": "loss", "names": {"three": "each three words reversed"}}


def page(r):
    rows = [(PLOT["names"].get(c, c), PUBLISHED[c], r.text(c, "loss"),
             f"{math.exp(r.mean(c, 'loss')):.1f}" if r.seeds(c) else "-", len(r.seeds(c))) for c in CELLS]
    n, v, t = (math.exp(r.mean(c, "loss")) for c in CELLS)
    known = n == n and v == v and t == t
    return f"""# The order of the words for a language model

"Order Matters" (Vinyals, Bengio and Kudlur, ICLR 2016), section 5.1.1: the same sentences of the Penn Treebank in three orders, one LSTM
for each. Here the sentences are lines of Shakespeare, of which a tenth is kept for validation, the LSTM is smaller and trains shortly, and the
2,500 most frequent words are known. The perplexity is that of the whole sequence, what the third order pads and the end included, for each word
and end of a line: all orders are scored alike.

{table(["order", "published perplexity", "loss, nats a word", "perplexity", "seeds"], rows)}

{claims([
    ("natural and reversed are equally hard (within 3 %)", abs(v / n - 1) < 0.03 if known else None),
    ("each three words reversed is harder than both", t > max(n, v) if known else None),
    ("by about a tenth (5 to 20 %)", 1.05 < t / n < 1.2 if known else None),
])}
"""
