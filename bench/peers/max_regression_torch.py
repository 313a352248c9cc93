"""Max regression as models/max_regression.ordo has it, in PyTorch: to tell what comes of the published setting from what comes
of Ordo.  usage: max_regression_torch.py MODEL SEED [STEPS] [THREADS]     prints rows of step, valid, mae, every 500 steps"""
import sys

import torch
from torch import nn

MODEL, SEED = sys.argv[1], int(sys.argv[2])
STEPS = int(sys.argv[3]) if len(sys.argv) > 3 else 20000
torch.set_num_threads(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
torch.manual_seed(SEED)
N, H = 10, 64


class MAB(nn.Module):
    def __init__(self, i, j, d, heads):
        super().__init__()
        self.q, self.k, self.v, self.o = nn.Linear(i, d), nn.Linear(j, d), nn.Linear(j, d), nn.Linear(d, d)
        self.heads = heads

    def forward(self, x, y, mask):
        cut = lambda t: t.unflatten(-1, (self.heads, -1)).transpose(1, 2)
        q = self.q(x)
        e = cut(q) @ cut(self.k(y)).transpose(-1, -2) / q.shape[-1] ** 0.5
        a = e.masked_fill(~mask[:, None, None, :], -torch.inf).softmax(-1)
        z = q + (a @ cut(self.v(y))).transpose(1, 2).flatten(-2)
        return z + self.o(z).relu()


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.sab1, self.sab2, self.pma = MAB(1, 1, H, 4), MAB(H, H, H, 4), MAB(H, H, H, 4)
        self.seed = nn.Parameter(nn.init.xavier_uniform_(torch.empty(1, H)))
        self.out = nn.Linear(H, 1)

    def forward(self, x, mask):
        h = self.sab1(x, x, mask)
        h = self.sab2(h, h, mask)
        return self.out(self.pma(self.seed.expand(len(x), 1, H), h, mask)[:, 0])


class Pool(nn.Module):
    def __init__(self):
        super().__init__()
        self.phi = nn.Sequential(nn.Linear(1, H), nn.ReLU(), nn.Linear(H, H), nn.ReLU(), nn.Linear(H, H), nn.ReLU(), nn.Linear(H, H))
        self.rho = nn.Sequential(nn.Linear(H, H), nn.ReLU(), nn.Linear(H, 1))

    def forward(self, x, mask):
        h, m = self.phi(x), mask[:, :, None]
        if MODEL == "max":
            return self.rho(h.masked_fill(~m, -torch.inf).amax(1))
        s = (h * m).sum(1)
        return self.rho(s if MODEL == "sum" else s / m.sum(1))


def sets(k):
    x = torch.rand(k, N) * 100
    mask = torch.arange(N) <= torch.randint(N, (k, 1))
    return x[:, :, None], mask, x.masked_fill(~mask, -torch.inf).amax(1)


net = Attention() if MODEL == "attention" else Pool()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
tests = [sets(10000), sets(10000)]
print("step,valid,mae")
for step in range(1, STEPS + 1):
    x, mask, y = sets(128)
    loss = (net(x, mask)[:, 0] - y).abs().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 500 == 0:
        with torch.no_grad():
            print(step, *(f"{(net(x, mask)[:, 0] - y).abs().mean():.6f}" for x, mask, y in tests), sep=",", flush=True)
