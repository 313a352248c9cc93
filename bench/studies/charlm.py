"""Character language models on Shakespeare's plays."""
from study import claims, table

SPEC = "charlm.ordo"
# nanoGPT's settings for a CPU are the defaults of the spec; those of char-rnn: 2 layers of 128, 50 windows of 50, 2e-3.
CELLS = {"transformer": {}, "lstm": {"MODEL": "lstm", "L": 2, "D": 128, "CONTEXT": 50, "B": 50, "LR": 2e-3}}
SEEDS = (1,)
EVALS = ("valid",)
PLOT = {"metric": "loss"}


def page(r):
    best = lambda c, m: min((x[m] for x in r.rows if x["cell"] == c), default=float("nan"))
    rows = [(c, f"{best(c, 'loss'):.4f}", f"{best(c, 'bits'):.3f}", max(r.steps(c))) if r.seeds(c) else (c, "-", "-", 0)
            for c in CELLS]
    rows += [("nanoGPT, settings for a CPU", "1.88", f"{1.88 / 0.693147:.3f}", 2000),
             ("nanoGPT, settings for a GPU", "1.4697", f"{1.4697 / 0.693147:.3f}", 5000)]
    loss = best("transformer", "loss")
    return f"""# Characters of Shakespeare

`models/charlm.ordo` on `tinyshakespeare.txt`: the first 90 % of the text to train on, the last 10 % to validate, a vocabulary of its characters. The
Transformer has nanoGPT's settings for a CPU (4 layers of 128 units, 4 heads, a context of 64, 12 windows a step, 2,000 steps, AdamW with a
cosine, no dropout); the LSTM has char-rnn's sizes (2 layers of 128 units, 50 windows of 50 a step, a learning
rate of 2e-3) for as many steps, a tenth of char-rnn's run. nanoGPT's figures are those of its documentation, an average over
random windows of the same part; ours is over all its windows.

{table(["model", "loss, nats a character", "bits a character", "steps"], rows)}

{claims([("the Transformer is as good as nanoGPT with these settings (1.88, within 0.03)", loss < 1.91 if loss == loss else None)])}
"""
