"""Arithmetic of small sets: the tasks of Murphy et al. 2019."""
from study import claims, table

SPEC = "unique_count.ordo"
MODELS = ("linear", "mlp", "set2set", "attention")
TASKS = {"unique": {"N": 10, "V": 10}, "range": {"N": 5, "V": 100}, "sum": {"N": 5, "V": 100}}
CELLS = {f"{t}_{m}": {"TASK": t, "MODEL": m, "STEPS": 10000, **TASKS[t]} for t in TASKS for m in MODELS if t == "unique" or m in MODELS[:2]}
SEEDS = (1, 2, 3)
PLOT = {"metric": "right", "cells": ["unique_linear", "unique_mlp", "unique_set2set", "unique_attention"]}

NAMES = {"linear": "sum pool, linear readout", "mlp": "sum pool, readout with units", "set2set": "Set2Set", "attention": "SAB + PMA"}


def page(r):
    right = lambda cell: r.mean(cell, "right")
    have = lambda *cells: all(r.values(c, "right") for c in cells)
    rows = [(NAMES[m], *(r.text(f"{t}_{m}", "right", digits=1, scale=100) for t in TASKS),
             r.text(f"unique_{m}", "mae", digits=3)) for m in MODELS]
    curve = [(c.replace("_", ", "), *(r.text(c, "right", s, digits=1, scale=100) for s in (1000, 2000, 5000, 10000))) for c in CELLS]
    return f"""# Counting, ranges and sums

The tasks of Murphy et al., "Janossy Pooling" (ICLR 2019): how many distinct values 10 integers from 0 to 9 have, and the range and the sum of
5 integers from 0 to 99. The published table is in no copy that we could read, so that no number of it stands here; what the
paper says in words is scored. Always answering with the commonest count is right in {r.text("unique_linear", "constant", digits=1, scale=100)} % of the test sets.
10,000 batches of 128 fresh sets, Adam 1e-3; settings at the head of `models/unique_count.ordo`. Three seeds; a number behind ± is the standard deviation over them.
For range and sum, whose targets go up to 99 and 495, that is not the end for the readout with units, which still rises.

Rounded outputs that are right on 10,000 sets, in %:

{table(["model", "unique count", "range", "sum", "unique count: mean absolute error"], rows)}

On the way:

{table(["task, model", "1,000", "2,000", "5,000", "10,000"], curve)}

{claims([
    ("a linear readout of a sum pool does the sum (more than 95 %)", right("sum_linear") > 0.95 if have("sum_linear") else None),
    ("it does not count distinct values (less than 50 %)", right("unique_linear") < 0.5 if have("unique_linear") else None),
    ("it does not do the range (less than 50 %)", right("range_linear") < 0.5 if have("range_linear") else None),
    ("a readout with units counts better than a linear one",
     right("unique_mlp") > right("unique_linear") if have("unique_mlp", "unique_linear") else None),
    ("attention counts better than the constant answer",
     right("unique_attention") > r.mean("unique_attention", "constant") if have("unique_attention") else None),
])}
"""
