"""Compares the losses of reward models, DPO and PPO with PyTorch: values and every gradient, on one batch.

usage: reward_losses.py ORDO

Ordo trains bench/parity/reward_losses.ordo for 0 and for 1 step. PyTorch starts from the weights and the batch of the checkpoint after
0 steps, with its own decoder, masks, extraction of rewards, advantages and losses. After one step Adam's first moment is
(1 - beta1) times the gradient, so the checkpoint after 1 step holds every gradient as Ordo computed it. The reference
computes in f64. Exits with 1 when an error is larger than the stated tolerance.
"""

import csv
import pathlib
import subprocess
import sys
import tempfile

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

EOS, RESPOND, HEADS = 2, 5, 4
GRADIENT_TOLERANCE = 1e-4  # relative to the largest element of a gradient
LOSS_TOLERANCE = 1e-5


class Decoder:
    """Pre-norm Transformer with rotary positions that count real tokens; w holds its weights under a prefix."""

    def __init__(self, w, prefix):
        self.w, self.prefix = w, prefix

    def __getitem__(self, name):
        return self.w[self.prefix + "." + name]

    def linear(self, x, name):
        return x @ self[name + ".W"] + self[name + ".b"]

    def norm(self, x, name):
        return F.layer_norm(x, x.shape[-1:], self[name + ".mean.g"], self[name + ".mean.b"], 1e-5)

    @staticmethod
    def rotary(x, at):
        half = x.shape[-1] // 2
        angle = at[:, :, None, None] * 10000.0 ** (-torch.arange(half, dtype=x.dtype) / half)
        lo, hi = x[..., :half], x[..., half:]
        return torch.cat([lo * angle.cos() - hi * angle.sin(), hi * angle.cos() + lo * angle.sin()], -1)

    def attention(self, x, at, see, name):
        b, t, d = x.shape
        q, k, v = (self.linear(x, f"{name}.{n}").view(b, t, HEADS, d // HEADS) for n in "qkv")
        q, k = self.rotary(q, at), self.rotary(k, at)
        e = torch.einsum("bthd,bshd->bhts", q, k) / (d // HEADS) ** 0.5
        p = torch.softmax(e.masked_fill(~see[:, None], -1e30), -1) * see.any(-1)[:, None, :, None]
        return self.linear(torch.einsum("bhts,bshd->bthd", p, v).reshape(b, t, d), name + ".o")

    def hidden(self, tokens, mask):
        h = self["tokens.token.E"][tokens]
        at = (mask.to(h.dtype).cumsum(1) - 1).clamp_min(0)
        see = mask[:, None, :] & torch.ones(mask.shape[1], mask.shape[1], dtype=torch.bool).tril()
        i = 0
        while f"{self.prefix}.block.{i}.attn.q.W" in self.w:
            n = f"block.{i}"
            h = h + self.attention(self.norm(h, n + ".norm1"), at, see, n + ".attn")
            h = h + self.linear(F.gelu(self.linear(self.norm(h, n + ".norm2"), n + ".mlp.up")), n + ".mlp.down")
            i += 1
        return self.norm(h, "last")

    def logits(self, tokens, mask):
        return self.hidden(tokens, mask) @ self["head.W"]


def real_tokens(y):
    hit = (y == EOS).long()
    return hit.cumsum(1) - hit == 0


def token_logp(logits, y):
    return logits.log_softmax(-1).gather(-1, y[..., None])[..., 0]


def response_logits(net, x, xm, y, ym):
    return net.logits(torch.cat([x, y], 1), torch.cat([xm, ym], 1))[:, x.shape[1] - 1:-1]


def correction_logits(net, x, xm, given, gm, y, ym):
    marker = torch.full_like(x[:, :1], RESPOND)
    tokens = torch.cat([x, given, marker, y], 1)
    mask = torch.cat([xm, gm, torch.ones_like(xm[:, :1]), ym], 1)
    return net.logits(tokens, mask)[:, x.shape[1] + given.shape[1]:-1]


def extract(a, y, ym):
    """Token rewards by a walk along each response."""
    r = torch.zeros(y.shape, dtype=torch.float64)
    for b in range(y.shape[0]):
        agreed = True
        for t in range(int(ym[b].sum())):
            same = bool(a[b, t] == y[b, t])
            agreed = agreed and same
            r[b, t] = 1.0 if agreed else (0.0 if same else -1.0)
    return r


def advantages(r, v, ym, lam=0.95):
    adv = torch.zeros_like(r)
    for b in range(r.shape[0]):
        ahead, a = 0.0, 0.0
        for t in reversed(range(int(ym[b].sum()))):
            a = r[b, t] + ahead - v[b, t] + lam * a
            ahead, adv[b, t] = v[b, t], a
    return adv, adv + torch.where(ym, v, 0.0)


def losses(w, s):
    """Each loss with the prefixes of the weights it changes."""
    net = {n: Decoder(w, n) for n in ("ref", "dpo", "seq2seq", "policy", "scalar.trunk", "critic.trunk")}
    x, y, l = s["data.x"].long(), s["data.chosen"].long(), s["data.rejected"].long()
    xm = torch.arange(x.shape[1])[None] >= s["data.gap"].long()[:, None]
    ym, lm = real_tokens(y), real_tokens(l)
    total = lambda t, m: torch.where(m, t, 0.0).sum(1)  # noqa: E731

    def score(r, m):
        h = net["scalar.trunk"].hidden(torch.cat([x, r], 1), torch.cat([xm, m], 1))
        return h[torch.arange(len(x)), x.shape[1] + m.sum(1) - 1] @ w["scalar.W"]

    a, b = score(y, ym), score(l, lm)
    bt = -F.logsigmoid(a - b - 0.1).mean() + 0.01 * ((a + b) ** 2).mean() + 0.001 * (a ** 2 + b ** 2).mean() / 2

    logp = lambda n, r, m: token_logp(response_logits(net[n], x, xm, r, m), r)  # noqa: E731
    h = sum(sign * (total(logp("dpo", r, m), m) - total(logp("ref", r, m), m).detach()) for sign, r, m in ((1, y, ym), (-1, l, lm)))
    direct = -(0.9 * F.logsigmoid(0.1 * h) + 0.1 * F.logsigmoid(-0.1 * h)).mean()

    nll = lambda g, gm: -total(token_logp(correction_logits(net["seq2seq"], x, xm, g, gm, y, ym), y), ym).sum()  # noqa: E731
    corrected = (nll(l, lm) + 0.5 * nll(y, ym)) / (1.5 * ym.sum())

    now = logp("policy", y, ym)
    with torch.no_grad():
        old, v0, n = now + s["data.old"].to(now.dtype), s["data.values"].to(now.dtype), ym.sum()
        r = extract(correction_logits(net["ref"], x, xm, y, ym, y, ym).argmax(-1), y, ym)
        for i in range(len(y)):
            if not (y[i] == EOS).any():
                r[i, int(ym[i].sum()) - 1] -= 1.0
        adv, ret = advantages(r - 0.1 * (old - logp("ref", y, ym)), v0, ym)
        real = adv[ym]
        adv = (adv - real.mean()) / (real.var(unbiased=False) + 1e-8).sqrt()
    ratio = (now - old).exp()
    p_loss = torch.where(ym, torch.maximum(-adv * ratio, -adv * ratio.clamp(0.8, 1.2)), 0.0).sum() / n
    v = net["critic.trunk"].hidden(torch.cat([x, y], 1), torch.cat([xm, ym], 1))[:, x.shape[1] - 1:-1] @ w["critic.W"] + w["critic.b"]
    near = torch.maximum(torch.minimum(v, v0 + 0.5), v0 - 0.5)
    v_loss = 0.5 * torch.where(ym, torch.maximum((v - ret) ** 2, (near - ret) ** 2), 0.0).sum() / n
    return {"bt": (bt, "scalar."), "direct": (direct, "dpo."), "corrected": (corrected, "seq2seq."), "p_loss": (p_loss, "policy."),
            "v_loss": (v_loss, "critic.")}, torch.where(ym, r, 0.0).sum()


def train(ordo, steps, folder):
    spec = str(pathlib.Path(__file__).with_name("reward_losses.ordo"))
    subprocess.run([ordo, "train", spec, "--steps", str(steps), "--out", folder, "--log-every", "1", "--quiet", "--threads", "1"],
                   check=True, stdout=subprocess.DEVNULL)
    with open(pathlib.Path(folder) / "train.csv") as f:
        rows = list(csv.DictReader(f))
    return load_file(pathlib.Path(folder) / "checkpoint.safetensors"), rows


def main():
    with tempfile.TemporaryDirectory() as folder:
        start, _ = train(sys.argv[1], 0, folder + "/0")
        one, rows = train(sys.argv[1], 1, folder + "/1")
    w = {n: t.double().requires_grad_() for n, t in start.items() if not n.startswith("data.") and ".adam" not in n}
    found, reward = losses(w, start)
    bad = float(rows[0]["reward"]) != float(reward)
    print(f"sum of extracted rewards: Ordo {rows[0]['reward']}, PyTorch {float(reward):g}")
    print(f"{'loss':10} {'Ordo':>12} {'PyTorch f64':>12} {'worst gradient error':>22}  of weight")
    for name, (value, prefix) in found.items():
        own = [n for n in w if n.startswith(prefix)]
        grads = torch.autograd.grad(value, [w[n] for n in own], allow_unused=True)
        # relative to the largest element of the weight's gradient, or of all where it should be zero
        scale = max(float(g.abs().max()) for g in grads if g is not None)
        worst = (0.0, "")
        for n, g in zip(own, grads):
            g = torch.zeros_like(w[n]) if g is None else g
            mine = one[n + ".adam.m"].double() / (1 - 0.9)
            off = float((mine - g).abs().max()) / max(float(g.abs().max()), 1e-3 * scale)
            worst = max(worst, (off, n), key=lambda v: (v[0] != v[0], v))  # NaN is the worst
        apart = abs(float(rows[0][name]) - value.item()) / max(1.0, abs(value.item()))
        bad = bad or not (worst[0] <= GRADIENT_TOLERANCE and apart <= LOSS_TOLERANCE)
        print(f"{name:10} {float(rows[0][name]):12.7f} {value.item():12.7f} {worst[0]:22.1e}  {worst[1]}")
    print(f"tolerances: loss {LOSS_TOLERANCE:.0e}, gradient {GRADIENT_TOLERANCE:.0e}")
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
