"""Compares loss and every gradient of the library's sequence models with PyTorch, on the same weights and batch.

usage: seq_parity.py ORDO [--seeds N] [NAME ...]        NAME: a program of bench/parity/seq.ordo; default all

PyTorch starts from the checkpoint after 0 steps. After one step Adam's first moment is (1 - beta1) times the gradient, so
the checkpoint after 1 step holds every gradient as Ordo computed it. PyTorch computes in f64 as the reference, and in f32 to show what
rounding alone does. Weights and batches are drawn anew for each seed; a line has the worst weight of all seeds, by its largest error
and by the root mean square of its errors. Exits with 1 when an error is larger than the tolerance.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file

import seq_models as models

BETA1 = 0.9
LOSS_TOLERANCE = 2e-6       # absolute
# Relative to the largest element of a gradient, for the root mean square of a weight's errors. Where terms cancel every f32 program is
# further off: then twice the error of PyTorch in f32. That is so for W2 of additive attention: what is added to all scores of a
# query changes its softmax only by the curvature of tanh.
GRADIENT_TOLERANCE = 2e-6
V, W = 23, 29

PROGRAMS = {
    "lstm_additive": models.seq2seq_loss,
    "gru_dot": models.seq2seq_loss,
    "lstm_plain": models.seq2seq_loss,
    "lstm_general": lambda *a: models.seq2seq_loss(*a, smoothing=0.05),
    "transformer": models.transformer_loss,
    "gpt2": lambda w, x, m, *_: models.decoder_loss(w, x, m, act="gelu_tanh"),
    "llama": lambda w, x, m, *_: models.decoder_loss(w, x, m, act="swiglu", groups=2, eps=1e-6),
    "gemma": lambda w, x, m, *_: models.decoder_loss(w, x, m, act="geglu", groups=1, eps=1e-6, scale=32 ** 0.5),
}


def train(ordo, name, seed, steps, folder):
    """The checkpoint after a number of Ordo's steps, and the first loss."""
    spec = str(pathlib.Path(__file__).with_name("seq.ordo"))
    command = [ordo, "train", spec, name, "--steps", str(steps), "--seed", str(seed), "--out", folder, "--log-every", "1", "--quiet"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    rows = [json.loads(line) for line in open(pathlib.Path(folder) / "metrics.jsonl")]
    losses = [row["loss"] for row in rows if "loss" in row]
    return load_file(pathlib.Path(folder) / "checkpoint.safetensors"), losses[0] if losses else None


def batch(state):
    src, tgt = (state["data.src"] * V).long(), (state["data.tgt"] * W).long()
    B, S = src.shape
    T = tgt.shape[1]
    rows = torch.arange(B)[:, None]
    return src, torch.arange(S) < S - rows, tgt, torch.arange(T) <= rows


def gradients(loss, state, dtype):
    w = {n: v.to(dtype).requires_grad_() for n, v in state.items() if n.startswith("net.") and ".adam" not in n}
    value = loss(w, *batch(state))
    value.backward()
    return value.item(), {n: v.grad for n, v in w.items()}


def errors(a, b):
    """The largest difference and the root mean square of all, relative to the largest element of the reference b."""
    d, scale = a.double() - b, b.abs().max()
    return torch.stack([d.abs().max(), (d ** 2).mean().sqrt()]) / scale


def compare_seed(ordo, name, seed):
    """Ordo's loss, PyTorch's, and for each weight the errors of both programs in f32."""
    with tempfile.TemporaryDirectory() as folder:
        start, _ = train(ordo, name, seed, 0, folder + "/0")
        one, loss = train(ordo, name, seed, 1, folder + "/1")
    exact, reference = gradients(PROGRAMS[name], start, torch.float64)
    _, single = gradients(PROGRAMS[name], start, torch.float32)
    # A gradient that is 0 in exact arithmetic (a bias before a softmax) is rounding noise in all programs.
    largest = max(float(g.abs().max()) for g in reference.values())
    real = [n for n, g in reference.items() if float(g.abs().max()) > 1e-7 * largest]
    return loss, exact, {n: torch.stack([errors(one[n + ".adam.m"].double() / (1 - BETA1), reference[n]),
                                         errors(single[n], reference[n])]) for n in real}


def compare(ordo, name, seeds):
    runs = [compare_seed(ordo, name, seed) for seed in range(1, seeds + 1)]
    apart = max((abs(loss - exact) for loss, exact, _ in runs), key=lambda v: (v != v, v))  # NaN is the worst
    weights = set.intersection(*(set(found) for _, _, found in runs))
    # [program][largest, root mean square] of each weight over the seeds
    of = {n: torch.stack([found[n] for _, _, found in runs]) for n in weights}
    of = {n: torch.stack([e[..., 0].amax(0), (e[..., 1] ** 2).mean(0).sqrt()], -1) for n, e in of.items()}
    allowed = {n: max(GRADIENT_TOLERANCE, 2 * float(e[1, 1])) for n, e in of.items()}
    worst = max(of, key=lambda n: float(of[n][0, 1]))
    (mine, mine_rms), (theirs, theirs_rms) = of[worst].tolist()
    print(f"{name:14} {apart:9.1e}   {mine:9.1e} {mine_rms:9.1e}   {theirs:9.1e} {theirs_rms:9.1e} {len(of):5}  {worst}")
    return not (apart <= LOSS_TOLERANCE and all(float(e[0, 1]) <= allowed[n] for n, e in of.items()))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ordo")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PROGRAMS)}")
    parser.add_argument("--seeds", type=int, default=4)
    options = parser.parse_args()
    print(f"{'':14} {'loss':>9}   {'gradient: Ordo':>19}   {'PyTorch in f32':>19}")
    print(f"{'model':14} {'apart':>9}   {'largest':>9} {'rms':>9}   {'largest':>9} {'rms':>9} {'of':>5}  worst")
    failed = [name for name in options.names or PROGRAMS if compare(options.ordo, name, options.seeds)]
    print(f"tolerances: loss {LOSS_TOLERANCE:.0e}, rms of a gradient {GRADIENT_TOLERANCE:.0e} of its largest element or twice PyTorch's own; "
          + (f"too far apart: {', '.join(failed)}" if failed else "all within"))
    return int(bool(failed))


sys.exit(main())
