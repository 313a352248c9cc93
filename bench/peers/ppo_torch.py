"""One iteration of PPO as in models/reward/arms.ordo, written in PyTorch: the peer of 'ordo train models/reward/gate.ordo ppo'.

usage: ppo_torch.py [ITERATIONS [D [L [THREADS]]]]   prints a line of JSON: seconds and processor time of each iteration after the first,
                                                     peak memory
       ppo_torch.py --check WEIGHTS NUMBERS          the numbers of a rollout (bench/parity/ppo.ordo) against PyTorch's, from the same weights;
                                                     exits with 1 when they are apart

The same sizes, rewards (sequence-to-sequence, one teacher-forced pass), cached sampling with an early end, GAE, whitening, clipped losses,
epochs, minibatches and Adam. The decoder is that of bench/parity/reward_losses.py.
"""
import json
import pathlib
import resource
import sys
import time

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "parity"))
from reward_losses import EOS, HEADS, RESPOND, Decoder, correction_logits, real_tokens, response_logits, token_logp  # noqa: E402

V, P, T, BATCH, EPOCHS, MINIBATCHES, KL = 75, 6, 8, 128, 4, 2, 0.05


def weights(prefix, d, layers):
    w = {f"{prefix}.tokens.token.E": 0.02 * torch.randn(V, d), f"{prefix}.head.W": torch.randn(d, V) * d ** -0.5}

    def linear(name, i, o):
        w[f"{prefix}.{name}.W"], w[f"{prefix}.{name}.b"] = torch.randn(i, o) * (2 / (i + o)) ** 0.5, torch.zeros(o)

    def norm(name):
        w[f"{prefix}.{name}.mean.g"], w[f"{prefix}.{name}.mean.b"] = torch.ones(d), torch.zeros(d)

    for i in range(layers):
        n = f"block.{i}"
        for k in "qkvo":
            linear(f"{n}.attn.{k}", d, d)
        linear(f"{n}.mlp.up", d, 4 * d)
        linear(f"{n}.mlp.down", 4 * d, d)
        norm(f"{n}.norm1")
        norm(f"{n}.norm2")
    norm("last")
    return w


class Cached(Decoder):
    """The decoder with a cache of keys and values."""

    def layers(self):
        i = 0
        while f"{self.prefix}.block.{i}.attn.q.W" in self.w:
            yield f"block.{i}"
            i += 1

    def start(self, x):
        b, p = x.shape
        at = torch.arange(p, dtype=torch.float32)[None].expand(b, p)
        see = torch.ones(p, p, dtype=torch.bool).tril()[None].expand(b, p, p)
        h, cache = self["tokens.token.E"][x], []
        for n in self.layers():
            y = self.norm(h, n + ".norm1")
            d = y.shape[-1]
            k = torch.empty(b, p + T, HEADS, d // HEADS)
            v = torch.empty(b, p + T, HEADS, d // HEADS)
            k[:, :p] = self.rotary(self.linear(y, n + ".attn.k").view(b, p, HEADS, -1), at)
            v[:, :p] = self.linear(y, n + ".attn.v").view(b, p, HEADS, -1)
            cache.append((k, v))
            h = h + self.attention(y, at, see, n + ".attn")
            h = h + self.linear(F.gelu(self.linear(self.norm(h, n + ".norm2"), n + ".mlp.up")), n + ".mlp.down")
        return self.norm(h[:, -1], "last") @ self["head.W"], cache

    def next(self, y, here, cache):
        b = len(y)
        at = torch.full((b, 1), float(here))
        h = self["tokens.token.E"][y[:, None]]
        for n, (k, v) in zip(self.layers(), cache):
            x = self.norm(h, n + ".norm1")
            d = x.shape[-1]
            q = self.rotary(self.linear(x, n + ".attn.q").view(b, 1, HEADS, -1), at)
            k[:, here:here + 1] = self.rotary(self.linear(x, n + ".attn.k").view(b, 1, HEADS, -1), at)
            v[:, here:here + 1] = self.linear(x, n + ".attn.v").view(b, 1, HEADS, -1)
            e = torch.einsum("bthd,bshd->bhts", q, k[:, :here + 1]) / (d // HEADS) ** 0.5
            r = torch.einsum("bhts,bshd->bthd", torch.softmax(e, -1), v[:, :here + 1]).reshape(b, 1, d)
            h = h + self.linear(r, n + ".attn.o")
            h = h + self.linear(F.gelu(self.linear(self.norm(h, n + ".norm2"), n + ".mlp.up")), n + ".mlp.down")
        return self.norm(h[:, -1], "last") @ self["head.W"]


def sample(net, x):
    y = torch.zeros(len(x), T, dtype=torch.long)
    logp = torch.zeros(len(x), T)
    done = torch.zeros(len(x), dtype=torch.bool)
    logits, cache = net.start(x)
    for t in range(T):
        lp = logits.log_softmax(-1)
        token = torch.multinomial(lp.exp(), 1)[:, 0].masked_fill(done, 0)
        y[:, t] = token
        logp[:, t] = lp.gather(1, token[:, None])[:, 0].masked_fill(done, 0.0)
        done |= token == EOS
        if done.all() or t == T - 1:
            break
        logits = net.next(token, P + t, cache)
    return y, logp


def prompts():
    x = torch.randint(6, 30, (BATCH, P))
    x[:, 0], x[:, -1] = 1, 4
    return x


def mean_of(x, m):
    return torch.where(m, x, 0.0).sum() / m.sum()


class Models:
    """The four models over weights under the names of a checkpoint."""

    def __init__(self, w):
        self.w = w
        self.policy, self.ref, self.rm, self.critic = (Cached(w, n) for n in ("policy.lm", "ref.lm", "rm.model", "critic.trunk"))

    def value(self, x, xm, y, ym):
        h = self.critic.hidden(torch.cat([x, y[:, :-1]], 1), torch.cat([xm, ym[:, :-1]], 1))
        return h[:, P - 1:] @ self.w["critic.W"] + self.w["critic.b"]


def judge(models, x, xm, y, ym, old):
    """Rewards with KL, values, whitened advantages and returns of sampled responses."""
    n = len(x)
    a = correction_logits(models.rm, x, xm, y, ym, y, ym).argmax(-1)
    agreed = (a != y).long().cumsum(1) == 0
    r = torch.where(ym, torch.where(agreed, 1.0, torch.where(a == y, 0.0, -1.0)), 0.0)
    r[torch.arange(n), ym.sum(1) - 1] -= (~((y == EOS) & ym).any(1)).float()
    k = old - token_logp(response_logits(models.ref, x, xm, y, ym), y)
    r = torch.where(ym, r - KL * k, 0.0)
    v0 = torch.where(ym, models.value(x, xm, y, ym), 0.0)
    adv, a, ahead = torch.zeros_like(r), torch.zeros(n), torch.zeros(n)
    for t in reversed(range(T)):
        a = r[:, t] + ahead - v0[:, t] + 0.95 * a
        ahead, adv[:, t] = v0[:, t], a
    ret = adv + v0
    mu = mean_of(adv, ym)
    adv = torch.where(ym, (adv - mu) * torch.rsqrt(mean_of((adv - mu) ** 2, ym) + 1e-8), 0.0)
    return r, v0, adv, ret


def policy_loss(models, x, xm, y, m, old, adv):
    ratio = (token_logp(response_logits(models.policy, x, xm, y, m), y) - old).clamp(-20, 20).exp()
    return mean_of(torch.maximum(-adv * ratio, -adv * ratio.clamp(0.8, 1.2)), m)


def value_loss(models, x, xm, y, m, v0, ret):
    v = models.value(x, xm, y, m)
    near = torch.maximum(torch.minimum(v, v0 + 0.5), v0 - 0.5)
    return 0.5 * mean_of(torch.maximum((v - ret) ** 2, (near - ret) ** 2), m)


def check(weights_file, numbers_file):
    models = Models(load_file(weights_file))
    with open(numbers_file) as f:
        got = {n: torch.tensor(v) for n, v in json.load(f).items()}
    x, y = got["x"], got["y"]
    xm, ym = torch.ones_like(x, dtype=torch.bool), real_tokens(y)
    logits, cache = models.policy.start(x)
    steps = [logits] + [models.policy.next(y[:, t], P + t, cache) for t in range(T - 1)]
    sampled = token_logp(torch.stack(steps, 1), y)  # as the sampler sees them
    want = {"old": torch.where(ym, sampled, 0.0)}
    want["r"], want["value"], want["adv"], want["ret"] = judge(models, x, xm, y, ym, sampled)
    moved, first = sampled + 0.5 * (3 * sampled).sin(), want["value"] + (7 * sampled).sin()
    want["p_loss"] = policy_loss(models, x, xm, y, ym, moved, want["adv"])
    want["v_loss"] = value_loss(models, x, xm, y, ym, first, want["ret"])
    worst = {n: float((got[n] - want[n]).abs().max() / want[n].abs().max().clamp_min(1)) for n in want}
    print("largest differences from PyTorch on one rollout: " + ", ".join(f"{n} {e:.1e}" for n, e in worst.items()))
    raise SystemExit(max(worst.values()) > 1e-4)


def main():
    if sys.argv[1:2] == ["--check"]:
        torch.set_grad_enabled(False)
        check(*sys.argv[2:])
    iterations, d, layers, threads = (int(a) for a in (sys.argv[1:] + ["20", "64", "2", "1"][len(sys.argv) - 1:]))
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    w = weights("policy.lm", d, layers)
    for name in ("ref.lm", "rm.model", "critic.trunk"):
        w |= {k.replace("policy.lm", name, 1): v.clone() for k, v in w.items() if k.startswith("policy.")}
    w["critic.W"], w["critic.b"] = torch.zeros(d), torch.zeros(())
    own = {n: [t.requires_grad_() for k, t in w.items() if k.startswith(n + ".")] for n in ("policy", "critic")}
    models = Models(w)
    adam = {"policy": torch.optim.Adam(own["policy"], lr=3e-4), "critic": torch.optim.Adam(own["critic"], lr=1e-3)}

    def update(name, loss):
        adam[name].zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([t for t in own[name] if t.grad is not None], 1.0)
        adam[name].step()

    times, cpu = [], []
    for _ in range(iterations + 1):
        start, begin = time.perf_counter(), time.process_time()
        with torch.no_grad():
            x = prompts()
            xm = torch.ones_like(x, dtype=torch.bool)
            y, old = sample(models.policy, x)
            ym = real_tokens(y)
            _, v0, adv, ret = judge(models, x, xm, y, ym, old)
            batch = x, xm, y, ym, old, adv, ret, v0
        for _ in range(EPOCHS):
            order = torch.randperm(BATCH)
            for rows in order.split(BATCH // MINIBATCHES):
                x, xm, y, m, old, adv, ret, v0 = (t[rows] for t in batch)
                update("policy", policy_loss(models, x, xm, y, m, old, adv))
                update("critic", value_loss(models, x, xm, y, m, v0, ret))
        times.append(time.perf_counter() - start)
        cpu.append(time.process_time() - begin)
    print(json.dumps({"seconds": times[1:], "cpu": cpu[1:], "peak_kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))


if __name__ == "__main__":
    main()
