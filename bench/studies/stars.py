"""Star-shaped graphical models: "Order Matters", section 5.1.4."""
import math
import statistics

from study import claims, table

SPEC = "stars.ordo"
SETTINGS = [(10, 200, 1.5), (10, 2000, 1.5), (10, 20000, 1.5), (30, 2000, 1.5), (10, 2000, 5.0)]
name = lambda n, train, peak, head: f"{n}_{train}_{peak}_{head}"
CELLS = {name(n, train, peak, head): {"N": n, "TRAIN": train, "PEAK": peak, "HEAD": head}
         for n, train, peak in SETTINGS for head in ("first", "last")}
SEEDS = (1, 2, 3)
PLOT = {"metric": "valid", "cells": ["10_200_1.5_first", "10_200_1.5_last", "10_2000_1.5_first", "10_2000_1.5_last"]}


def gaps(r, cell):
    """For each seed: test minus exact, at the step with the best validation likelihood."""
    out = []
    for seed in r.seeds(cell):
        rows = [row for row in r.rows if row["cell"] == cell and row["seed"] == seed]
        best = min(rows, key=lambda row: row["valid"])
        out.append(best["test"] - best["exact"])
    return out


def text(values):
    if not values:
        return "-"
    spread = f" ± {statistics.stdev(values):.4f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.4f}{spread}"


def page(r):
    rows, won, pairs = [], {}, {}
    for setting in SETTINGS:
        first, last = gaps(r, name(*setting, "first")), gaps(r, name(*setting, "last"))
        both = list(zip(first, last))
        won[setting], pairs[setting] = sum(a < b for a, b in both), len(both)
        final = lambda head: r.mean(name(*setting, head), "test") - r.mean(name(*setting, head), "exact")
        rows.append((setting[0], f"{setting[1]:,}", setting[2], text(first), text(last), f"{won[setting]} of {len(both)}",
                     f"{final('first'):.3f} / {final('last'):.3f}" if both else "-"))
    mean = lambda s, head: statistics.mean(gaps(r, name(*s, head)) or [math.nan])
    done = all(pairs.values())
    plain = [s for s in SETTINGS if s[2] < 5 and s[1] < 20000]
    big, peaked = SETTINGS[2], SETTINGS[4]
    return f"""# Star-shaped graphical models

"Order Matters" (Vinyals, Bengio and Kudlur, ICLR 2016), section 5.1.4: one head variable, the others depend on it alone, 10
symbols each. An LSTM learns the joint distribution by the chain rule, with the head as its first variable or as its last. The
paper says the outcome in words and gives no numbers, sizes or ways to draw the tables; ours are at the head of
`models/stars.ordo` and were fixed before the first run.

The gap is the negative log-likelihood of 5,000 test samples under the model minus that under the true distribution, in nats for each
variable, at the checkpoint (every 100 steps) with the best likelihood of 2,000 other samples. Mean ± standard deviation over
seeds; both orders see the same tables and samples. `final` is the same gap after the last step, first / last: what small
training sets come to without early stopping.

{table(["variables", "training samples", "peak", "gap, head first", "gap, head last", "head first wins", "final"], rows)}

{claims([
    ("few samples, and moderately random: the head first is easier, in every setting and seed",
     all(won[s] == pairs[s] for s in plain) if done else None),
    ("20,000 samples: both orders learn (gap below 0.05)", max(mean(big, "first"), mean(big, "last")) < 0.05 if done else None),
    ("20,000 samples: no difference between the orders (less than 0.005)",
     abs(mean(big, "first") - mean(big, "last")) < 0.005 if done else None),
    ("peaked: both orders learn (gap below 0.05)", max(mean(peaked, "first"), mean(peaked, "last")) < 0.05 if done else None),
    ("peaked: no difference between the orders (less than 0.005)",
     abs(mean(peaked, "first") - mean(peaked, "last")) < 0.005 if done else None),
])}
"""
