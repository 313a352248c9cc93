"""Compares loss and every gradient of the library's sequence models with PyTorch, on the same weights and batch.

usage: seq_parity.py ORDO [NAME ...]        NAME: a program of bench/parity/seq.ordo; default all

PyTorch starts from the checkpoint after 0 steps. After one step Adam's first moment is (1 - beta1) times the gradient, so
the checkpoint after 1 step holds every gradient as Ordo computed it. PyTorch computes in f64 as the reference, and in f32 to show what
rounding alone does. Exits with 1 when an error is larger than the tolerance.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file

import seq_models as models

BETA1 = 0.9
LOSS_TOLERANCE = 1e-5       # absolute
# Relative to the largest element of a gradient. Where terms cancel, as in what an additive attention adds to all its scores,
# every f32 program is further off: then ten times the error of PyTorch in f32.
GRADIENT_TOLERANCE = 1e-4
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


def train(ordo, name, steps, folder):
    """The checkpoint after a number of Ordo's steps, and the first loss."""
    spec = str(pathlib.Path(__file__).with_name("seq.ordo"))
    command = [ordo, "train", spec, name, "--steps", str(steps), "--out", folder, "--log-every", "1", "--quiet"]
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


def error(a, b):
    """Largest difference relative to the largest element of the reference b."""
    return float((a.double() - b.double()).abs().max() / b.double().abs().max().clamp_min(1e-30))


def compare(ordo, name):
    with tempfile.TemporaryDirectory() as folder:
        start, _ = train(ordo, name, 0, folder + "/0")
        one, loss = train(ordo, name, 1, folder + "/1")
    exact, reference = gradients(PROGRAMS[name], start, torch.float64)
    _, single = gradients(PROGRAMS[name], start, torch.float32)
    largest = max(float(g.abs().max()) for g in reference.values())
    # A gradient that is 0 in exact arithmetic (a bias before a softmax) is rounding noise in all programs.
    real = [n for n, g in reference.items() if float(g.abs().max()) > 1e-7 * largest]
    mine = max((error(one[n + ".adam.m"] / (1 - BETA1), reference[n]), n) for n in real)
    theirs = error(single[mine[1]], reference[mine[1]])
    allowed = max(GRADIENT_TOLERANCE, 10 * theirs)
    print(f"{name:14} {loss:12.8f} {exact:12.8f} {abs(loss - exact):9.1e} {mine[0]:9.1e} {theirs:12.1e} {len(real):4}  {mine[1]}")
    return abs(loss - exact) > LOSS_TOLERANCE or mine[0] > allowed


def main():
    ordo, names = sys.argv[1], sys.argv[2:] or list(PROGRAMS)
    print(f"{'model':14} {'Ordo loss':>12} {'PyTorch f64':>12} {'apart':>9} {'gradient':>9} {'PyTorch f32':>12} {'of':>4}  worst")
    failed = [name for name in names if compare(ordo, name)]
    print(f"tolerances: loss {LOSS_TOLERANCE:.0e}, gradients {GRADIENT_TOLERANCE:.0e} of their largest element or ten times PyTorch's own; "
          + (f"too far apart: {', '.join(failed)}" if failed else "all within"))
    return int(bool(failed))


sys.exit(main())
