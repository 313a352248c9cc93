#!/usr/bin/env python3
"""Losses of the library and their gradients against PyTorch: each written with PyTorch's functions in f64 after TRL's trainers (or PyTorch's own loss), its
gradient by autograd, on random tensors; Ordo runs the functions of tests/library/parity.ordo in f32.

usage: bench/parity/losses.py ORDO [--seed N]      needs torch; prints the largest difference, relative to the largest number"""
import json, math, os, subprocess, sys
import torch
import torch.nn.functional as F

ordo = os.path.abspath(sys.argv[1])
seed = int(sys.argv[sys.argv.index("--seed") + 1]) if "--seed" in sys.argv else 1
spec = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tests/library/parity.ordo")
torch.manual_seed(seed)
torch.set_default_dtype(torch.float64)
bad = 0


def normal(*shape, scale=1.0): return (torch.randn(*shape) * scale).to(torch.float32).to(torch.float64)


def check(name, args, loss, by):
    """loss(**args): a number, or a number for each row; by: names of the arguments differentiated by, in the order of the results."""
    global bad
    leaves = {k: v.clone().requires_grad_(k in by) if torch.is_tensor(v) and v.is_floating_point() else v for k, v in args.items()}
    value = loss(**leaves)
    value.sum().backward()
    right = [value.detach()] + [leaves[k].grad for k in by]
    given = [f"{k}={json.dumps(v.tolist())}" for k, v in args.items()]
    done = subprocess.run([ordo, "run", spec, name, "--json", "--digits", "0", *given], capture_output=True, text=True)
    if done.returncode: raise SystemExit(f"{name}: {done.stderr}")
    got = [torch.tensor(v, dtype=torch.float64) for v in json.loads(done.stdout).values()]
    offs = [float((a - b).abs().max() / max(1e-2, float(b.abs().max()))) for a, b in zip(got, right, strict=True)]
    off = max(offs, key=lambda v: (v != v, v)) # NaN is the worst
    bad += not off < 2e-5
    print(f"{name:20} {off:.1e}{'' if off < 2e-5 else '   WRONG'}")


# ---- groups of answers: TRL's GRPOTrainer and RLOOTrainer ----

B, G, T = 6, 8, 9
old, ref, r = normal(B, G, T, scale=0.5), normal(B, G, T, scale=0.5), normal(B, G)
logp = (old + normal(B, G, T, scale=0.3)).to(torch.float32).to(torch.float64)
n = torch.randint(1, T + 1, (B, G))
m = torch.arange(T) < n[..., None]
w = m.to(torch.float64)
centred = r - r.mean(1, keepdim=True)
grouped = centred / (r.std(1, keepdim=True) + 1e-4)


def terms(logp, log_ratio, a, lo, hi, beta, delta=None):
    ratio = torch.exp(log_ratio)
    first = ratio if delta is None else torch.clamp(ratio, max=delta)
    l = -torch.min(first * a, torch.clamp(ratio, 1 - lo, 1 + hi) * a)
    return l + beta * (torch.exp(ref - logp) - (ref - logp) - 1) if beta else l


def answers(x): return ((x * w).sum(-1) / w.sum(-1).clamp(min=1)).mean()
def tokens(x): return (x * w).sum() / w.sum().clamp(min=1)


def gspo(logp, old, ref, r, ym):
    s = ((logp - old) * w).sum(-1) / w.sum(-1).clamp(min=1)
    return answers(terms(logp, s[..., None].expand_as(logp), grouped[..., None], 0.05, 0.08, 0.02))


def cispo(logp, old, ref, r, ym):
    return tokens(-torch.clamp(torch.exp(logp - old), max=1.2).detach() * grouped[..., None] * logp)


def rloo(logp, old, ref, r, ym):
    s = r - 0.05 * ((old - ref) * w).sum(-1)
    a = s - (s.sum(1, keepdim=True) - s) / (G - 1)
    ratio = torch.exp(((logp - old) * w).sum(-1))
    return -torch.min(ratio * a, torch.clamp(ratio, 0.8, 1.2) * a).mean()


def reinforce(baseline):
    def loss(logp, old, ref, r, ym):
        k = (0.05 * (old - ref) * w).flip(-1).cumsum(-1).flip(-1)
        a = (centred if baseline else r)[..., None] - k
        real = a[m]
        a = (a - real.mean()) / torch.sqrt(real.var(unbiased=False) + 1e-8)
        return tokens(terms(logp, logp - old, a.detach(), 0.2, 0.2, 0))
    return loss


def by_token(a, lo, hi, beta, delta=None): return lambda logp, old, ref, r, ym: terms(logp, logp - old, a[..., None], lo, hi, beta, delta)


args = {"logp": logp, "old": old, "ref": ref, "r": r, "ym": m}
of = lambda mean, f: lambda **k: mean(f(**k))
check("grpo", args, of(answers, by_token(grouped, 0.2, 0.25, 0.04)), ["logp"])
check("grpo_delta", args, of(answers, by_token(grouped, 0.2, 0.2, 0, 1.5)), ["logp"])
check("dr_grpo", args, of(lambda x: (x * w).sum() / (B * G * 7), by_token(centred, 0.2, 0.2, 0)), ["logp"])
check("dapo", args, of(tokens, by_token(grouped, 0.2, 0.28, 0)), ["logp"])
check("gspo", args, gspo, ["logp"])
check("cispo", args, cispo, ["logp"])
check("rloo", args, rloo, ["logp"])
check("reinforce", args, reinforce(False), ["logp"])
check("reinforce_baseline", args, reinforce(True), ["logp"])

# ---- pairs: TRL's DPOTrainer, CPOTrainer (SimPO), ORPOTrainer, KTOTrainer ----

c, l, rc, rl = (-(normal(32).abs()) - 0.1 for _ in range(4))
c, l, rc, rl = (v.to(torch.float32).to(torch.float64) for v in (c, l, rc, rl))
k, s, ls = 0.3, 0.1, F.logsigmoid
h = lambda c, r, rc, rr: (c - rc) - (r - rr)
up, down = lambda c, rc: k * (c - rc), lambda r, rr: k * (r - rr)
odds = lambda x: x - torch.log1p(-torch.exp(x))
pairs = {
    "ipo": lambda c, r, rc, rr: (h(c, r, rc, rr) - 1 / (2 * k)) ** 2,
    "robust": lambda c, r, rc, rr: (-ls(k * h(c, r, rc, rr)) * (1 - s) + ls(-k * h(c, r, rc, rr)) * s) / (1 - 2 * s),
    "hinge": lambda c, r, rc, rr: torch.relu(1 - k * h(c, r, rc, rr)),
    "exo": lambda c, r, rc, rr: torch.sigmoid(k * h(c, r, rc, rr)) * (ls(k * h(c, r, rc, rr)) - math.log(1 - 1e-3)) +
        torch.sigmoid(-k * h(c, r, rc, rr)) * (ls(-k * h(c, r, rc, rr)) - math.log(1e-3)),
    "nca": lambda c, r, rc, rr: -ls(up(c, rc)) - 0.5 * ls(-up(c, rc)) - 0.5 * ls(-down(r, rr)),
    "apo_zero": lambda c, r, rc, rr: 1 - torch.sigmoid(up(c, rc)) + torch.sigmoid(down(r, rr)),
    "apo_down": lambda c, r, rc, rr: torch.sigmoid(up(c, rc)) + 1 - torch.sigmoid(up(c, rc) - down(r, rr)),
    "sppo": lambda c, r, rc, rr: (c - rc - 0.5 / k) ** 2 + (r - rr + 0.5 / k) ** 2,
    "simpo": lambda c, r, rc, rr: -(1 - s) * ls(2 * (c - r) - 0.5) - s * ls(-(2 * (c - r) - 0.5)),
    "orpo": lambda c, r, rc, rr: -c - 0.2 * ls(odds(c) - odds(r)),
}
for name, loss in pairs.items():
    check(name, {"c": c, "r": l, "rc": rc, "rr": rl}, lambda loss=loss, **a: loss(**a).mean(), ["c", "r"])


def kto(c, r, rc, rr):
    z = (r - rr).mean().clamp(min=0).detach()
    return torch.where(c > r, 1.2 * (1 - torch.sigmoid(k * (c - rc - z))), 0.7 * (1 - torch.sigmoid(k * (z - (c - rc))))).mean()


check("kto", {"c": c, "r": l, "rc": rc, "rr": rl}, kto, ["c"])

# ---- others: PyTorch's own where it has them ----

x, y, z, t = normal(16, 7), normal(16, 7), normal(16, 7), torch.randint(7, (16,))
check("focal", {"x": x, "y": t}, lambda x, y: (lambda p: (-(1 - p.exp()) ** 2 * p).mean())(F.log_softmax(x, 1).gather(1, y[:, None])[:, 0]), ["x"])
check("huber_of", {"x": x, "y": y}, lambda x, y: F.huber_loss(x, y, delta=0.7), ["x"])
check("triplet", {"x": x, "y": y, "z": z}, lambda x, y, z: F.triplet_margin_loss(x, y, z, margin=0.9, eps=0), ["x"])


def nt(x, y):
    v = F.normalize(torch.cat([x, y]), dim=1)
    e = (v @ v.T / 0.4).masked_fill(torch.eye(32, dtype=torch.bool), -math.inf)
    return F.cross_entropy(e, torch.cat([torch.arange(16) + 16, torch.arange(16)]))


def clip(x, y):
    e = F.normalize(x, dim=1) @ F.normalize(y, dim=1).T / 0.4
    return (F.cross_entropy(e, torch.arange(16)) + F.cross_entropy(e.T, torch.arange(16))) / 2


check("nt", {"x": x, "y": y}, nt, ["x"])
check("clip_of", {"x": x, "y": y}, clip, ["x"])

U = 4
u, labels = normal(8, 12, 5), torch.randint(1, 5, (8, U))
nf, nl = torch.randint(2 * U + 1, 13, (8,)), torch.randint(0, U + 1, (8,))
check("ctc", {"x": u, "y": labels, "frames": torch.arange(12) < nf[:, None], "labels": torch.arange(U) < nl[:, None]},
      lambda x, y, frames, labels: F.ctc_loss(F.log_softmax(x, 2).transpose(0, 1), y, nf, nl, reduction="none"), ["x"])


def transducer(x, y, frames, labels):
    """By the recursion over frames and labels, one row after another."""
    lp, out = F.log_softmax(x, 3), []
    for b in range(len(x)):
        a = {}
        for i in range(int(nf[b])):
            for j in range(int(nl[b]) + 1):
                ways = [a[i - 1, j] + lp[b, i - 1, j, 0]] if i else []
                if j: ways.append(a[i, j - 1] + lp[b, i, j - 1, y[b, j - 1]])
                a[i, j] = torch.logsumexp(torch.stack(ways), 0) if ways else torch.zeros(())
        out.append(-(a[int(nf[b]) - 1, int(nl[b])] + lp[b, int(nf[b]) - 1, int(nl[b]), 0]))
    return torch.stack(out)


check("transducer", {"x": normal(8, 12, U + 1, 5), "y": labels, "frames": torch.arange(12) < nf[:, None], "labels": torch.arange(U) < nl[:, None]}, transducer, ["x"])

print(f"{bad} wrong" if bad else "all equal")
sys.exit(1 if bad else 0)
