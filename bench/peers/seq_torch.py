"""The work of bench/seq_speed.ordo in PyTorch. usage: seq_torch.py THREADS [--compile]

Prints the name of each kind of work that has been compiled and run, then "ready". Then reads lines "KIND N" and prints the seconds of one of N steps; KIND is
learn, decode, lstm_learn or lstm_decode. With --compile there are only the first two: torch.compile leaves torch.nn.LSTM, whose loops are
compiled already, as it is.
"""
import os
import sys
import time

threads, compiled = int(sys.argv[1]), "--compile" in sys.argv[2:]
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = str(threads)

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

# The sizes of seq_speed.ordo.
V, D, L, HEADS, FF, B, S, P, T = 256, 128, 4, 4, 256, 16, 64, 16, 128
K = D // HEADS
LETTERS, PHONES, H, E, WORDS, LENGTH = 33, 74, 224, 96, 64, 10
torch.set_num_threads(threads)
optimise = torch.compile if compiled else lambda f: f


def trained(parameters, loss_of):
    adam = torch.optim.Adam(parameters, lr=1e-3)

    def step():
        adam.zero_grad()
        loss_of().backward()
        adam.step()
    return step


# ---- a decoder-only Transformer ----

def make_weights():
    g = torch.Generator().manual_seed(1)
    draw = lambda *s: (torch.randn(*s, generator=g) / s[0] ** 0.5).requires_grad_()
    ones = lambda: torch.ones(D, requires_grad=True)
    blocks = [[draw(D, 3 * D), draw(D, D), draw(D, 2 * FF), draw(FF, D), ones(), ones()] for _ in range(L)]
    return draw(V, D), draw(D, V), ones(), blocks


def rotate(x, angle):
    a, b = x.chunk(2, -1)
    return torch.cat([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()], -1)


def angles(n):
    return torch.arange(n)[:, None] / 10000 ** (torch.arange(K // 2) / (K // 2))


def block(w, h, angle, attend):
    qkv, o, up, down, n1, n2 = w
    y = F.rms_norm(h, (D,), n1, 1e-5)
    q, k, v = (z.view(h.shape[0], -1, HEADS, K).transpose(1, 2) for z in (y @ qkv).chunk(3, -1))
    r = attend(rotate(q, angle), rotate(k, angle), v)
    h = h + r.transpose(1, 2).reshape(h.shape) @ o
    gate, value = (F.rms_norm(h, (D,), n2, 1e-5) @ up).chunk(2, -1)
    return h + (F.silu(gate) * value) @ down


def learn():
    embed, head, last, blocks = make_weights()
    angle = angles(S)

    def loss(x):
        h = embed[x]
        for w in blocks:
            h = block(w, h, angle, lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True))
        logits = F.rms_norm(h, (D,), last, 1e-5) @ head
        return F.cross_entropy(logits[:, :-1].reshape(-1, V), x[:, 1:].reshape(-1))
    loss = optimise(loss)
    return trained([embed, head, last] + [p for b in blocks for p in b], lambda: loss(torch.randint(V, (B, S))))


def decode():
    embed, head, last, blocks = make_weights()
    angle, places = angles(P + T), torch.arange(P + T)

    def first(x, ks, vs):
        h = embed[x]
        for i, w in enumerate(blocks):
            def attend(q, k, v):
                ks[i, :, :, :P], vs[i, :, :, :P] = k, v
                return F.scaled_dot_product_attention(q, k, v, is_causal=True)
            h = block(w, h, angle[:P], attend)
        return (F.rms_norm(h[:, -1], (D,), last, 1e-5) @ head).argmax(-1)

    def one(y, t, see, ks, vs):
        h = embed[y][:, None]
        for i, w in enumerate(blocks):
            def attend(q, k, v):
                ks[i].index_copy_(2, t, k)
                vs[i].index_copy_(2, t, v)
                return F.scaled_dot_product_attention(q, ks[i], vs[i], attn_mask=see)
            h = block(w, h, angle[t], attend)
        return (F.rms_norm(h[:, 0], (D,), last, 1e-5) @ head).argmax(-1)
    one = optimise(one)

    @torch.no_grad()
    def run():
        ks, vs = (torch.zeros(L, B, HEADS, P + T, K) for _ in range(2))
        y, out = first(torch.randint(V, (B, P)), ks, vs), []
        for t in range(T):
            out.append(y)
            y = one(y, torch.tensor([P + t]), (places <= P + t)[None, None, None], ks, vs)
        return torch.stack(out, 1)
    return run


# ---- the LSTM of models/g2p.ordo ----

class Speller(torch.nn.Module):
    def __init__(self):
        super().__init__()
        n = torch.nn
        self.source, self.target = n.Embedding(LETTERS, E), n.Embedding(PHONES, E)
        self.read = n.LSTM(E, H, batch_first=True, bidirectional=True)
        self.begin = n.Linear(2 * H, 2 * H)
        self.write, self.rewrite = n.LSTM(E, H, batch_first=True), n.LSTM(3 * H, H, batch_first=True)
        self.ask, self.mix, self.out = n.Linear(H, 2 * H), n.Linear(3 * H, H), n.Linear(H, PHONES)

    def encode(self, src):
        m, (h, _) = self.read(self.source(src))
        h, c = torch.tanh(self.begin(torch.cat([h[0], h[1]], -1))).chunk(2, -1)
        return m, (h[None].contiguous(), c[None].contiguous())

    def some(self, y, m, low, high):
        """Logits after the tokens y, and the states."""
        first, low = self.write(self.target(y), low)
        a = torch.softmax(self.ask(first) @ m.transpose(1, 2) / H ** 0.5, -1) @ m
        second, high = self.rewrite(torch.cat([first, a], -1), high)
        return self.out(torch.tanh(self.mix(torch.cat([second, a], -1)))), low, high


def words(n):
    return torch.randint(n, (WORDS, LENGTH))


def lstm_learn():
    net = Speller()

    def loss(src, tgt):
        m, s = net.encode(src)
        before = torch.cat([torch.ones_like(tgt[:, :1]), tgt[:, :-1]], 1)
        return F.cross_entropy(net.some(before, m, s, s)[0].reshape(-1, PHONES), tgt.reshape(-1))
    return trained(net.parameters(), lambda: loss(words(LETTERS), words(PHONES)))


def lstm_decode():
    net = Speller()

    @torch.no_grad()
    def run():
        m, low = net.encode(words(LETTERS))
        high, y, out = low, torch.ones(WORDS, 1, dtype=torch.long), []
        for _ in range(2 * LENGTH):
            logits, low, high = net.some(y, m, low, high)
            y = logits.argmax(-1)
            out.append(y)
        return torch.cat(out, 1)
    return run


def main():
    steps = {}
    for make in (learn, decode) if compiled else (learn, decode, lstm_learn, lstm_decode):
        step = make()
        step(), step()
        steps[make.__name__] = step
        print(make.__name__, flush=True)
    print("ready", flush=True)
    for line in sys.stdin:
        kind, n = line.split()
        start = time.perf_counter()
        for _ in range(int(n)):
            steps[kind]()
        print((time.perf_counter() - start) / int(n), flush=True)


main()
