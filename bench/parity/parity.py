"""Compares the training step of models/sort.ordo with the same model in PyTorch: loss, every gradient, Adam's steps.

usage: parity.py ORDO [NAME=VALUE ...]        e.g. parity.py build/ordo N=5 P=1 G=0 ENCODER=lstm H=64

Ordo trains bench/parity/sort.ordo for 0, 1 and 50 steps on one batch. PyTorch starts from the weights and the batch of the
checkpoint after 0 steps. After one step Adam's first moment is (1 - beta1) times the clipped gradient, so the
checkpoint after 1 step holds every gradient as Ordo computed it. PyTorch computes in f64 as the reference and in f32 to show what
rounding alone does. Exits with 1 when an error is larger than the stated tolerance.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file

from sorter import loss

STEPS = 50
CLIP, BETA1, BETA2, EPS = 2.0, 0.9, 0.999, 1e-8
# Relative to the largest element of a gradient; f32 sums of a few thousand terms lose about 3 decimals of 7.
GRADIENT_TOLERANCE = 1e-4
# Of the loss, absolute. Adam divides by sqrt(v): elements whose gradient is rounding noise move freely in both programs.
LOSS_TOLERANCE = 2e-3


def train(ordo, spec, defines, steps, folder):
    """The checkpoint and the losses after a number of Ordo's steps."""
    command = [ordo, "train", spec, "parity", "--steps", str(steps), "--out", folder, "--log-every", "1", "--quiet"]
    for define in defines:
        command += ["-D", define]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    rows = [json.loads(line) for line in open(pathlib.Path(folder) / "metrics.jsonl")]
    return load_file(pathlib.Path(folder) / "checkpoint.safetensors"), [row["loss"] for row in rows if "loss" in row]


def weights_of(state, dtype):
    return {n: v.to(dtype).requires_grad_() for n, v in state.items() if n.startswith("net.") and ".adam" not in n}


def run(state, steps, lr, process_steps, encoder, dtype):
    """Losses, gradients of the first step before clipping, and weights of a run in PyTorch from a checkpoint's state."""
    w = weights_of(state, dtype)
    x = state["data.x"].to(dtype)
    y = torch.argsort(x, -1)
    optimizer = torch.optim.Adam(w.values(), lr=lr, betas=(BETA1, BETA2), eps=EPS)
    losses, first = [], None
    for _ in range(steps):
        optimizer.zero_grad()
        value = loss(w, x, y, process_steps, encoder)
        value.backward()
        norm = torch.nn.utils.clip_grad_norm_(w.values(), CLIP)
        first = first or ({n: v.grad.clone() for n, v in w.items()}, float(norm))
        optimizer.step()
        losses.append(value.item())
    return losses, first, w


def error(a, b):
    """Largest difference relative to the largest element of the reference b."""
    return float((a.double() - b.double()).abs().max() / b.double().abs().max().clamp_min(1e-30))


def main():
    ordo, defines = sys.argv[1], sys.argv[2:]
    given = dict(define.split("=") for define in defines)
    lr, steps, encoder = float(given.get("LR", 1e-3)), int(given.get("P", 5)), given.get("ENCODER", "set")
    defines = [d for d in defines if not d.startswith("LR=")] + [f"LR={lr}"]
    spec = str(pathlib.Path(__file__).with_name("sort.ordo"))
    with tempfile.TemporaryDirectory() as folder:
        start, _ = train(ordo, spec, defines, 0, folder + "/0")
        one, _ = train(ordo, spec, defines, 1, folder + "/1")
        _, losses = train(ordo, spec, defines, STEPS, folder + "/n")
    exact = run(start, STEPS, lr, steps, encoder, torch.float64)
    single = run(start, STEPS, lr, steps, encoder, torch.float32)
    print("gradient of the first step, largest error relative to its largest element (reference: PyTorch in f64)")
    print(f"{'weight':28} {'Ordo f32':>10} {'PyTorch f32':>12} {'largest':>10}")
    worst = 0.0
    for name, g in exact[1][0].items():
        mine = error(one[name + ".adam.m"] / (1 - BETA1), g)
        worst = max(worst, mine, key=lambda v: (v != v, v))  # NaN is the worst
        print(f"{name:28} {mine:10.1e} {error(single[1][0][name], g):12.1e} {float(g.abs().max()):10.1e}")
    print(f"gradient norm before clipping {exact[1][1]:.6f}; clipped at {CLIP}")
    print(f"{'step':>5} {'Ordo':>12} {'PyTorch f32':>12} {'PyTorch f64':>12}")
    for t in sorted({0, 1, 2, 5, 10, 20, STEPS - 1}):
        print(f"{t:5} {losses[t]:12.8f} {single[0][t]:12.8f} {exact[0][t]:12.8f}")
    apart = max((abs(a - b) for a, b in zip(losses, exact[0], strict=True)), key=lambda v: (v != v, v))
    print(f"worst gradient error {worst:.1e} (tolerance {GRADIENT_TOLERANCE:.0e}); "
          f"losses of {STEPS} steps apart by {apart:.1e} (tolerance {LOSS_TOLERANCE:.0e})")
    return int(not (worst <= GRADIENT_TOLERANCE and apart <= LOSS_TOLERANCE))


sys.exit(main())
