"""Training steps of bench/kernels.ordo in PyTorch, as its users would write them.

usage: models_torch.py MODEL MODE PRECISION THREADS      MODEL: lstm, transformer or reward; MODE: eager or compile;
                                                         PRECISION: f32, or bf16 for autocast
Prints "ready PARAMETERS" when it has warmed up. Then reads lines "N" and prints for N steps the seconds of the fastest one, those of the
median and the last loss.
"""
import os
import statistics
import sys
import time

model, mode, precision, threads = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = str(threads)

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402

torch.set_num_threads(threads)
torch.manual_seed(1)
V, D, B, T, HEADS = 8000, 256, 32, 64, 4


class Attention(nn.Module):
    def __init__(self, d, rope=False):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(d, d) for _ in range(4))
        self.rope = rope

    def apart(self, x):
        return x.view(x.shape[0], x.shape[1], HEADS, -1).transpose(1, 2)

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
    def __init__(self, act, rope=False, cross=False):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(D), nn.LayerNorm(D)
        self.attn = Attention(D, rope)
        self.up, self.down, self.act = nn.Linear(D, 4 * D), nn.Linear(4 * D, D), act
        if cross:
            self.cross, self.norm3 = Attention(D), nn.LayerNorm(D)

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

    def score(self, x):
        h = self.tokens(x)
        for f in self.block:
            h = f(h, causal=True)
        return self.last(h)[:, -1] @ self.W

    def forward(self):
        x, y, z = (torch.randint(V, (B // 2, T)) for _ in range(3))
        return -F.logsigmoid(self.score(torch.cat([x, y], 1)) - self.score(torch.cat([x, z], 1))).mean()


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.LSTM(D, D, batch_first=True)

    def forward(self):
        h, _ = self.cell(torch.randn(2 * B, 50, D))
        return (h[:, -1] ** 2).mean()


net = {"lstm": Recurrent, "transformer": Transformer, "reward": Reward}[model]()
adam = torch.optim.Adam(net.parameters(), lr=1e-4)
loss_of = torch.compile(net) if mode == "compile" else net


def step():
    start = time.perf_counter()
    adam.zero_grad()
    with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
        loss = loss_of()
    loss.backward()
    adam.step()
    value = loss.item()
    return time.perf_counter() - start, value


for _ in range(3):
    step()
print("ready", sum(p.numel() for p in net.parameters()), flush=True)
for line in sys.stdin:
    steps = [step() for _ in range(int(line))]
    seconds = [s for s, _ in steps]
    print(min(seconds), statistics.median(seconds), steps[-1][1], flush=True)
