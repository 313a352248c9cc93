"""Training steps of bench/speed.py in PyTorch, as its users would write them.

usage: models_torch.py MODEL MODE PRECISION THREADS      MODEL: a name of MODELS below; MODE: eager or compile;
                                                         PRECISION: f32, or bf16 for autocast
Prints "ready PARAMETERS LOSS SECONDS PEAK" when it has warmed up: the loss of the first step, the time from the start of the program to its
end, and the process's peak of memory in MB. Then reads lines "N" and prints for N steps the seconds of the fastest one, those of the median and
the last loss.
"""
import os
import resource
import statistics
import sys
import time

begun = time.time()
model, mode, precision, threads = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = str(threads)

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402

torch.set_num_threads(threads)
torch.manual_seed(1)
V, D, B, T, HEADS = 8000, 256, 32, 64, 4


# ---- Transformers ----

class Attention(nn.Module):
    def __init__(self, d, heads=HEADS, rope=False):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(d, d) for _ in range(4))
        self.heads, self.rope = heads, rope

    def apart(self, x):
        return x.view(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def forward(self, x, m, causal=False):
        q, k, v = self.apart(self.q(x)), self.apart(self.k(m)), self.apart(self.v(m))
        if self.rope:
            q, k = rotated(q), rotated(k)
        r = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
        return self.o(r.transpose(1, 2).reshape(x.shape[0], x.shape[1], -1))


def rotated(x):
    half = x.shape[-1] // 2
    angle = torch.arange(x.shape[2])[:, None] / 10000 ** (torch.arange(half) / half)
    a, b = x.chunk(2, -1)
    return torch.cat([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()], -1)


class Block(nn.Module):
    def __init__(self, act, d=D, heads=HEADS, rope=False, cross=False):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.attn = Attention(d, heads, rope)
        self.up, self.down, self.act = nn.Linear(d, 4 * d), nn.Linear(4 * d, d), act
        if cross:
            self.cross, self.norm3 = Attention(d, heads), nn.LayerNorm(d)

    def forward(self, x, m=None, causal=False):
        y = self.norm1(x)
        x = x + self.attn(y, y, causal)
        if m is not None:
            x = x + self.cross(self.norm3(x), m)
        return x + self.down(self.act(self.up(self.norm2(x))))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.source, self.target = nn.Embedding(V, D), nn.Embedding(V, D)
        self.from_places, self.to_places = nn.Embedding(1024, D), nn.Embedding(1024, D)
        self.encoder = nn.ModuleList(Block(F.relu) for _ in range(3))
        self.decoder = nn.ModuleList(Block(F.relu, cross=True) for _ in range(3))
        self.read, self.last = nn.LayerNorm(D), nn.LayerNorm(D)
        self.head = nn.Linear(D, V, bias=False)
        small(self)

    def forward(self):
        x, y = torch.randint(V, (B, T)), torch.randint(V, (B, T))
        at = torch.arange(T)
        h = self.source(x) + self.from_places(at)
        for f in self.encoder:
            h = f(h)
        m = self.read(h)
        h = self.target(torch.cat([y.new_ones(B, 1), y[:, :-1]], 1)) + self.to_places(at)
        for f in self.decoder:
            h = f(h, m, True)
        return F.cross_entropy(self.head(self.last(h)).view(-1, V), y.view(-1))


class Reward(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(V, D)
        self.block = nn.ModuleList(Block(F.gelu, rope=True) for _ in range(4))
        self.last, self.W = nn.LayerNorm(D), nn.Parameter(torch.randn(D) / 16)
        small(self)

    def score(self, x):
        h = self.tokens(x)
        for f in self.block:
            h = f(h, causal=True)
        return self.last(h)[:, -1] @ self.W

    def forward(self):
        x, y, z = (torch.randint(V, (B // 2, T)) for _ in range(3))
        return -F.logsigmoid(self.score(torch.cat([x, y], 1)) - self.score(torch.cat([x, z], 1))).mean()


def small(net):
    """Embeddings of GPT-2's size, as Ordo's library has them."""
    for m in net.modules():
        if isinstance(m, nn.Embedding):
            nn.init.normal_(m.weight, std=0.02)


class GPT2(nn.Module):
    words, d, heads, blocks, rows, length = 50257, 768, 12, 12, 4, 128

    def __init__(self):
        super().__init__()
        self.tokens, self.places = nn.Embedding(self.words, self.d), nn.Embedding(1024, self.d)
        self.block = nn.ModuleList(Block(lambda x: F.gelu(x, approximate="tanh"), self.d, self.heads) for _ in range(self.blocks))
        self.last = nn.LayerNorm(self.d)
        small(self)

    def forward(self):
        x = torch.randint(self.words, (self.rows, self.length))
        h = self.tokens(x) + self.places(torch.arange(self.length))
        for f in self.block:
            h = f(h, causal=True)
        y = F.linear(self.last(h), self.tokens.weight)
        return F.cross_entropy(y[:, :-1].reshape(-1, self.words), x[:, 1:].reshape(-1))


# ---- recurrences ----

class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.LSTM(D, D, batch_first=True)

    def forward(self):
        h, _ = self.cell(torch.randn(2 * B, 50, D))
        return (h[:, -1] ** 2).mean()


class Seq2Seq(nn.Module):
    length = 30

    def __init__(self):
        super().__init__()
        self.source, self.target = nn.Embedding(V, D), nn.Embedding(V, D)
        self.read, self.write = nn.LSTM(D, D, batch_first=True), nn.LSTM(D, D, batch_first=True)
        self.rewrite = nn.LSTM(2 * D, D, batch_first=True)
        self.ask, self.mix, self.out = nn.Linear(D, D), nn.Linear(2 * D, D), nn.Linear(D, V)

    def forward(self):
        x, y = torch.randint(V, (2 * B, self.length)), torch.randint(V, (2 * B, self.length))
        m, state = self.read(self.source(x))
        first, _ = self.write(self.target(torch.cat([y.new_ones(2 * B, 1), y[:, :-1]], 1)), state)
        a = torch.softmax(self.ask(first) @ m.transpose(1, 2) / D ** 0.5, -1)
        r = a @ m
        last, _ = self.rewrite(torch.cat([first, r], -1), state)
        h = torch.tanh(self.mix(torch.cat([last, r], -1)))
        return F.cross_entropy(self.out(h).view(-1, V), y.view(-1))


# ---- sets ----

class MAB(nn.Module):
    def __init__(self, i, j, d):
        super().__init__()
        self.q, self.k, self.v, self.o = nn.Linear(i, d), nn.Linear(j, d), nn.Linear(j, d), nn.Linear(d, d)
        self.norm1, self.norm2, self.scale = nn.LayerNorm(d), nn.LayerNorm(d), d ** -0.5

    def apart(self, x):
        return x.view(x.shape[0], x.shape[1], HEADS, -1).transpose(1, 2)

    def forward(self, x, y):
        q, k, v = self.apart(self.q(x)), self.apart(self.k(y)), self.apart(self.v(y))
        r = q + F.scaled_dot_product_attention(q, k, v, scale=self.scale)
        z = self.norm1(r.transpose(1, 2).reshape(x.shape[0], x.shape[1], -1))
        return self.norm2(z + F.relu(self.o(z)))


class ISAB(nn.Module):
    def __init__(self, i, d, m):
        super().__init__()
        self.points = nn.Parameter(torch.empty(m, d))
        nn.init.xavier_uniform_(self.points)
        self.gather, self.spread = MAB(d, i, d), MAB(i, d, d)

    def forward(self, x):
        return self.spread(x, self.gather(self.points.expand(x.shape[0], -1, -1), x))


class SetModel(nn.Module):
    def __init__(self):
        super().__init__()
        d = D // 2
        self.first, self.next = ISAB(8, d, 16), ISAB(d, d, 16)
        self.seed = nn.Parameter(torch.empty(1, d))
        nn.init.xavier_uniform_(self.seed)
        self.pool, self.out = MAB(d, d, d), nn.Linear(d, 10)

    def forward(self):
        x, y = torch.randn(B, 4 * T, 8), torch.randint(10, (B,))
        z = self.pool(self.seed.expand(B, -1, -1), self.next(self.first(x)))
        return F.cross_entropy(self.out(z[:, 0]), y)


class Additive(nn.Module):
    def __init__(self, h):
        super().__init__()
        self.W1, self.W2 = nn.Linear(h, h, bias=False), nn.Linear(h, h, bias=False)
        self.v = nn.Parameter(torch.randn(h) * 0.1)

    def scores(self, k, q):
        return torch.tanh(k + self.W2(q).unsqueeze(1)) @ self.v


class Sorter(nn.Module):
    """models/sort.ordo: Read-Process-Write."""
    count, reads, rows = 10, 5, 128

    def __init__(self, h):
        super().__init__()
        self.h = h
        self.read = nn.Sequential(nn.Linear(1, h), nn.ReLU(), nn.Linear(h, h))
        self.evolve = nn.Linear(2 * h, 4 * h)
        self.start_h, self.start_c = nn.Linear(2 * h, h), nn.Linear(2 * h, h)
        self.write = nn.LSTMCell(h, h)
        self.point, self.glimpse = Additive(h), Additive(h)
        self.go = nn.Parameter(torch.randn(h) * 0.1)

    def forward(self):
        x = torch.rand(self.rows, self.count)
        y = torch.argsort(x, 1)
        m = self.read(x.unsqueeze(2))
        q = r = c = x.new_zeros(x.shape[0], self.h)
        for _ in range(self.reads):
            i, f, g, o = self.evolve(torch.cat([q, r], 1)).chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            q = torch.sigmoid(o) * torch.tanh(c)
            a = torch.softmax((m @ q.unsqueeze(2)).squeeze(2), 1)
            r = (a.unsqueeze(1) @ m).squeeze(1)
        z = torch.cat([q, r], 1)
        h, c = torch.tanh(self.start_h(z)), self.start_c(z)
        k, kg = self.point.W1(m), self.glimpse.W1(m)
        rest = torch.gather(m, 1, y[:, :-1].unsqueeze(2).expand(-1, -1, self.h))
        inputs = torch.cat([self.go.expand(x.shape[0], 1, self.h).to(rest.dtype), rest], 1)
        nll = []
        for t in range(y.shape[1]):
            h, c = self.write(inputs[:, t], (h, c))
            s = torch.softmax(self.glimpse.scores(kg, h), 1)
            u = self.point.scores(k, h + (s.unsqueeze(1) @ kg).squeeze(1))
            nll.append(F.cross_entropy(u, y[:, t]))
        return torch.stack(nll).mean()


MODELS = {"rpw128": lambda: Sorter(128), "rpw256": lambda: Sorter(256), "seq2seq": Seq2Seq, "transformer": Transformer, "reward": Reward, "set": SetModel,
          "lstm": Recurrent, "gpt2": GPT2}
CLIPPED = {"rpw128": 2.0, "rpw256": 2.0}

net = MODELS[model]()
adam = torch.optim.Adam(net.parameters(), lr=1e-4)
loss_of = torch.compile(net) if mode == "compile" else net


def step():
    start = time.perf_counter()
    adam.zero_grad()
    with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
        loss = loss_of()
    loss.backward()
    if model in CLIPPED:
        nn.utils.clip_grad_norm_(net.parameters(), CLIPPED[model])
    adam.step()
    value = loss.item()
    return time.perf_counter() - start, value


first = step()[1]
seconds = time.time() - begun
for _ in range(2):
    step()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print("ready", sum(p.numel() for p in net.parameters()), first, seconds, peak, flush=True)
for line in sys.stdin:
    steps = [step() for _ in range(int(line))]
    seconds = [s for s, _ in steps]
    print(min(seconds), statistics.median(seconds), steps[-1][1], flush=True)
