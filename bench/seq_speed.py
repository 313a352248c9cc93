"""Tokens per second of one decoder-only Transformer in training and in greedy decoding: Ordo, PyTorch, torch.compile.

usage: seq_speed.py ORDO [--rounds N] [--steps N] [--no-compile] [--no-uncached]

All use one thread and float32, and the same sizes. The programs take turns, so that what else the machine does falls on all; each
number is the best of the rounds. Compilation is not counted. Decoding writes T tokens for B prompts of P with preallocated caches.
"""

import argparse
import os
import pathlib
import re
import subprocess
import tempfile
import time

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import torch
import torch.nn.functional as F

V, D, L, H, FF, B, S, P, T = 256, 128, 4, 4, 256, 16, 64, 16, 128
K = D // H
torch.set_num_threads(1)


# ---- Ordo ----

def ordo_seconds(ordo, program, steps):
    spec = str(pathlib.Path(__file__).with_name("seq_speed.ordo"))
    with tempfile.TemporaryDirectory() as folder:
        out = subprocess.run([ordo, "train", spec, program, "--steps", str(steps), "--threads", "1", "--out", folder],
                             capture_output=True, text=True, check=True)
    number, unit = re.search(r"([\d.]+) (ms|s) a step", out.stdout + out.stderr).groups()
    return float(number) * (1e-3 if unit == "ms" else 1)


# ---- PyTorch ----

def make_weights():
    g = torch.Generator().manual_seed(1)
    draw = lambda *s: (torch.randn(*s, generator=g) / s[0] ** 0.5).requires_grad_()
    blocks = [[draw(D, 3 * D), draw(D, D), draw(D, 2 * FF), draw(FF, D), torch.ones(D, requires_grad=True), torch.ones(D, requires_grad=True)]
              for _ in range(L)]
    return draw(V, D), draw(D, V), torch.ones(D, requires_grad=True), blocks


def rotate(x, angle):
    a, b = x.chunk(2, -1)
    return torch.cat([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()], -1)


def angles(n):
    return torch.arange(n)[:, None] / 10000 ** (torch.arange(K // 2) / (K // 2))


def block(w, h, angle, attend):
    qkv, o, up, down, n1, n2 = w
    y = F.rms_norm(h, (D,), n1, 1e-5)
    q, k, v = (z.view(h.shape[0], -1, H, K).transpose(1, 2) for z in (y @ qkv).chunk(3, -1))
    r = attend(rotate(q, angle), rotate(k, angle), v)
    h = h + r.transpose(1, 2).reshape(h.shape) @ o
    gate, value = (F.rms_norm(h, (D,), n2, 1e-5) @ up).chunk(2, -1)
    return h + (F.silu(gate) * value) @ down


def forward(weights, x):
    embed, head, last, blocks = weights
    h, angle = embed[x], angles(x.shape[1])
    for w in blocks:
        h = block(w, h, angle, lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True))
    return F.rms_norm(h, (D,), last, 1e-5) @ head


def torch_learn(compiled):
    weights = make_weights()
    flat = [weights[0], weights[1], weights[2]] + [p for b in weights[3] for p in b]
    adam = torch.optim.Adam(flat, lr=1e-3)
    loss_of = lambda x: F.cross_entropy(forward(weights, x)[:, :-1].reshape(-1, V), x[:, 1:].reshape(-1))
    if compiled:
        loss_of = torch.compile(loss_of)

    def step():
        adam.zero_grad()
        loss_of(torch.randint(V, (B, S))).backward()
        adam.step()
    return step


def torch_decode(compiled):
    weights = make_weights()
    embed, head, last, blocks = weights
    angle = angles(P + T)

    def one(y, t, see, ks, vs):
        h = embed[y][:, None]
        for i, w in enumerate(blocks):
            def attend(q, k, v):
                ks[i].index_copy_(2, t, k)
                vs[i].index_copy_(2, t, v)
                return F.scaled_dot_product_attention(q, ks[i], vs[i], attn_mask=see)
            h = block(w, h, angle[t], attend)
        return (F.rms_norm(h[:, 0], (D,), last, 1e-5) @ head).argmax(-1)

    if compiled:
        one = torch.compile(one)

    @torch.no_grad()
    def run():
        x = torch.randint(V, (B, P))
        ks, vs = (torch.zeros(L, B, H, P + T, K) for _ in range(2))
        h = embed[x]
        for i, w in enumerate(blocks):
            def attend(q, k, v):
                ks[i, :, :, :P], vs[i, :, :, :P] = k, v
                return F.scaled_dot_product_attention(q, k, v, is_causal=True)
            h = block(w, h, angle[:P], attend)
        y, out = (F.rms_norm(h[:, -1], (D,), last, 1e-5) @ head).argmax(-1), []
        places = torch.arange(P + T)
        for t in range(T):
            out.append(y)
            y = one(y, torch.tensor([P + t]), (places <= P + t)[None, None, None], ks, vs)
        return torch.stack(out, 1)
    return run


# ---- the race ----

def seconds(step, n):
    start = time.perf_counter()
    for _ in range(n):
        step()
    return (time.perf_counter() - start) / n


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ordo")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=20, help="training steps in a round; a tenth of it decodings, at least 2")
    parser.add_argument("--no-compile", action="store_true")
    parser.add_argument("--no-uncached", action="store_true")
    options = parser.parse_args()
    ordo, steps, few = options.ordo, options.steps, max(2, options.steps // 10)
    work = {"training": {"Ordo": lambda: ordo_seconds(ordo, "learn", steps)},
            "decoding": {"Ordo": lambda: ordo_seconds(ordo, "cached", few)}}
    if not options.no_uncached:
        work["decoding"]["Ordo, no cache"] = lambda: ordo_seconds(ordo, "uncached", 2)
    for compiled in (False, True)[:1 if options.no_compile else 2]:
        name = "torch.compile" if compiled else "PyTorch eager"
        learn, decode = torch_learn(compiled), torch_decode(compiled)
        learn(), decode()
        work["training"][name] = lambda learn=learn: seconds(learn, steps)
        work["decoding"][name] = lambda decode=decode: seconds(decode, few)
    best = {kind: {} for kind in work}
    for _ in range(options.rounds):
        for kind, programs in work.items():
            for name, measure in programs.items():
                best[kind][name] = min(best[kind].get(name, 1e9), measure())
    for kind, tokens in (("training", B * S), ("decoding", B * T)):
        print(f"{kind}: {tokens} tokens a step")
        for name, s in best[kind].items():
            print(f"  {name:16} {s * 1e3:9.2f} ms {tokens / s:10.0f} tokens/s   {s / best[kind]['Ordo']:6.2f} x Ordo's time")


main()
