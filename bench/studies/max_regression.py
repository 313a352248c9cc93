"""Max regression: Lee et al. 2019, supplement 2.1, as published."""
import statistics

from study import claims, table

SPEC = "max_regression.ordo"
CELLS = {name: {"MODEL": name} for name in ("mean", "sum", "max", "attention")}
SEEDS = (1, 2, 3)
PLOT = {"metric": "mae", "log": "y"}

PUBLISHED = {"mean": (2.133, 0.190), "sum": (1.902, 0.137), "max": (0.1355, 0.0074), "attention": (0.2085, 0.0127)}
NAMES = {"mean": "rFF + mean pool", "sum": "rFF + sum pool", "max": "rFF + max pool", "attention": "SAB + PMA"}


def chosen(r, cell):
    """For each seed the test error at the checkpoint with the least error on the other 10,000 sets."""
    rows = lambda seed: [x for x in r.rows if (x["cell"], x["seed"]) == (cell, seed)]
    return [min(rows(seed), key=lambda x: x["valid"])["mae"] for seed in r.seeds(cell)]


def median(r, cell):
    """For each seed the median over the checkpoints of the second half of the run."""
    of = lambda seed: [x["mae"] for x in r.rows if (x["cell"], x["seed"]) == (cell, seed) and x["step"] > 10000]
    return [statistics.median(of(seed)) for seed in r.seeds(cell)]


def text(v):
    if not v:
        return "-"
    return f"{statistics.mean(v):.4f}" + (f" ± {statistics.stdev(v):.4f}" if len(v) > 1 else "")


def page(r):
    done = all(r.seeds(c) for c in CELLS)
    mean = lambda v: statistics.mean(v) if v else float("nan")

    def met(cell, values):
        return mean(values) <= sum(PUBLISHED[cell]) if values else None

    rows = [(NAMES[c], f"{PUBLISHED[c][0]} ± {PUBLISHED[c][1]}", text(chosen(r, c)), r.text(c, "mae"), text(median(r, c)),
             len(r.seeds(c))) for c in CELLS]
    best = {c: mean(chosen(r, c)) for c in CELLS}
    last = {c: r.mean(c, "mae") for c in CELLS}
    order = lambda of: of["max"] < of["attention"] < min(of["sum"], of["mean"]) if done else None
    two = lambda of: max(of["max"], of["attention"]) < min(of["sum"], of["mean"]) if done else None
    return f"""# The largest of a set of numbers

Lee et al., "Set Transformer" (ICML 2019), section 5.1 and supplement 2.1: mean absolute error on sets of 1 to 10 numbers
from [0, 100]. All of the setting is published and kept: 20,000 batches of 128 fresh sets, Adam with the constant rate 1e-3, 64
units, 4 heads, the loss is the metric. Nothing was tuned. A number behind ± is the standard deviation over seeds (five in the paper).

At this rate the error never settles: it goes up and down by a factor of ten from one thousand steps to the next, as the curve
below shows, and so does that of the same model in PyTorch (`bench/peers/max_regression_torch.py`, [its curves](max_regression_torch.csv)).
How the published numbers were read off is not said. So three readings stand here: `chosen`, the test error of the
checkpoint (every 500 steps) with the least error on 10,000 sets other than the 10,000 of the test; `last`, that of the last step; and
`median`, over the checkpoints of the second half.

{table(["model", "published", "chosen", "last", "median", "seeds"], rows)}

{claims([(f"{NAMES[c]}: the published error within its spread, or better; chosen checkpoint", met(c, chosen(r, c))) for c in CELLS] +
        [(f"{NAMES[c]}: the same at the last step", met(c, r.values(c, "mae"))) for c in CELLS] +
        [("max pool < SAB + PMA < sum pool, mean pool; chosen checkpoint", order(best)),
         ("max pool and SAB + PMA < sum pool and mean pool; chosen checkpoint", two(best)),
         ("max pool and SAB + PMA < sum pool and mean pool; last step", two(last))])}

Not published, and chosen here: numbers of elements are drawn for each set, and smaller sets are padded and masked; the
weights begin uniform in ±1/√inputs, as is the default of the framework that the authors used.
"""
