"""Max regression: Lee et al. 2019, supplement 2.1, as published."""
from study import claims, table

SPEC = "max_regression.ordo"
CELLS = {name: {"MODEL": name} for name in ("mean", "sum", "max", "attention")}
SEEDS = (1, 2, 3)

PUBLISHED = {"mean": (2.133, 0.190), "sum": (1.902, 0.137), "max": (0.1355, 0.0074), "attention": (0.2085, 0.0127)}
NAMES = {"mean": "rFF + mean pool", "sum": "rFF + sum pool", "max": "rFF + max pool", "attention": "SAB + PMA"}


def page(r):
    def met(cell):
        value, spread = PUBLISHED[cell]
        return r.mean(cell, "mae") <= value + spread if r.values(cell, "mae") else None

    rows = [(NAMES[c], f"{PUBLISHED[c][0]} ± {PUBLISHED[c][1]}", r.text(c, "mae"), len(r.seeds(c))) for c in CELLS]
    curve = [(NAMES[c], *(r.text(c, "mae", s) for s in (1000, 2000, 5000, 10000, 20000))) for c in CELLS]
    order = [r.mean(c, "mae") for c in ("max", "attention", "sum", "mean")]
    return f"""# The largest of a set of numbers

Lee et al., "Set Transformer" (ICML 2019), section 5.1 and supplement 2.1: mean absolute error on sets of 1 to 10 numbers
from [0, 100]. All of the setting is published and kept: 20,000 batches of 128 fresh sets, Adam with rate 1e-3, 64 units, 4
heads, the loss is the metric. Each run ends with an error on the same 10,000 sets that it was not trained on; a number
behind ± is the standard deviation over seeds (five in the paper). Nothing was tuned, no checkpoint was selected.

{table(["model", "published", "here, 20,000 steps", "seeds"], rows)}

The error on the way:

{table(["model", "1,000", "2,000", "5,000", "10,000", "20,000"], curve)}

{claims([(f"{NAMES[c]}: the published error within its spread, or better", met(c)) for c in CELLS] +
        [("max pool < SAB + PMA < sum pool, mean pool", order[0] < order[1] < min(order[2:])
          if all(v == v for v in order) else None)])}

Not published, and chosen here: numbers of elements are drawn for each set, and smaller sets are padded and masked; the
weights begin uniform in ±1/√inputs, as is the default of the framework that the authors used.
"""
