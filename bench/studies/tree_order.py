"""Trees depth first and breadth first: "Order Matters", section 5.1.2."""
from study import claims, table

SPEC = "trees.ordo"
CELLS = {order: {"ORDER": order} for order in ("depth", "breadth")}
SEEDS = (1, 2, 3)
PUBLISHED = {"depth": 89.5, "breadth": 81.5}
PLOT = {"metric": "trees", "names": {"depth": "depth first", "breadth": "breadth first"}}


def page(r):
    rows = [(PLOT["names"][c], PUBLISHED[c], r.text(c, "trees", digits=1, scale=100), r.text(c, "edits", digits=2, scale=100),
             len(r.seeds(c))) for c in CELLS]
    a, b = r.mean("depth", "trees"), r.mean("breadth", "trees")
    return f"""# The order in which a tree is written

"Order Matters" (Vinyals, Bengio and Kudlur, ICLR 2016), section 5.1.2: an LSTM with attention writes the parse tree of a sentence of the
Penn Treebank, depth first or level by level. Here the sentences come from a small grammar (`models/data/trees.py`). Both ways of writing can be
read back, so that the share of the sentences whose whole tree is right is comparable; 1,000 of 10,000 sentences are kept for validation.

{table(["order", "published F1", "whole trees right, %", "edits to 100 symbols", "seeds"], rows)}

{claims([("depth first is easier", a > b if a == a and b == b else None)])}
"""
