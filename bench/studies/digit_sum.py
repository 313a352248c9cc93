"""Sums of digits: Zaheer et al. 2017, digits as symbols."""
from study import claims, table

SPEC = "digit_sum.ordo"
CELLS = {"sum": {"MODEL": "sum"}, "lstm": {"MODEL": "lstm"}}
SEEDS = (1, 2, 3)
PLOT = {"metric": "mae", "log": "y"}

NAMES = {"sum": "Deep Sets (sum)", "lstm": "LSTM(50)"}
PUBLISHED = {"sum": "0.003 to 0.018", "lstm": "0.023 to 0.037 (50 passes)"}
SIZES = (5, 10, 20, 50, 95)


def page(r):
    rows = [(NAMES[c], PUBLISHED[c], r.text(c, "mae")) for c in CELLS]
    right = [(NAMES[c], *(r.text(c, f"right_{n}", digits=1, scale=100) for n in SIZES)) for c in CELLS]
    error = [(NAMES[c], *(r.text(c, f"mae_{n}", digits=3) for n in SIZES)) for c in CELLS]
    both = all(r.values(c, "mae") for c in CELLS)
    return f"""# Sums of digits

Zaheer et al., "Deep Sets" (NIPS 2017), digits as symbols: 100,000 sets of 1 to 9 digits, embedding of 100, 30 units with tanh, sum,
one output; mean absolute error, Adam 1e-4 with eps 1e-3, batches of 128, 10 passes over the sets. The same embedding under an
LSTM with 50 units is the baseline. The digits are generated (they are in the paper too). Three seeds; a number
behind ± is the standard deviation over them.

Mean absolute error on 10,000 other sets of 1 to 9 digits after 10 passes, beside the logs of the authors' code (its last 5 passes):

{table(["model", "published log", "here, 10 passes"], rows)}

Rounded sums that are right, in %, on sets of one size:

{table(["model", *(f"{n} digits" for n in SIZES)], right)}

and their mean absolute error:

{table(["model", *(f"{n} digits" for n in SIZES)], error)}

{claims([
    ("Deep Sets: validation error at most 0.018", r.mean("sum", "mae") <= 0.018 if r.values("sum", "mae") else None),
    ("Deep Sets is better than the LSTM", r.mean("sum", "mae") < r.mean("lstm", "mae") if both else None),
    ("95 digits, ten times the training size: more than 90 % right with Deep Sets, less than 10 % with the LSTM",
     r.mean("sum", "right_95") > 0.9 and r.mean("lstm", "right_95") < 0.1 if both else None),
])}
"""
