"""The model of models/sort.ordo (encoder "set") in PyTorch, as its users would write it.

usage: sort_torch.py MODE N P G H BATCH THREADS STEPS      MODE: eager or compile
Prints one line: milliseconds of a training step (median, fastest, median of the processor time of all threads), after warming up.
"""
import math
import os
import statistics
import sys
import time

mode, N, P, G, H, B, threads, steps = sys.argv[1], *map(int, sys.argv[2:9])
os.environ["OMP_NUM_THREADS"] = str(threads)
import torch  # noqa: E402  (the number of threads is read at import)

torch.set_num_threads(threads)
torch.manual_seed(1)


class Additive(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.W1 = torch.nn.Linear(H, H, bias=False)
        self.W2 = torch.nn.Linear(H, H, bias=False)
        self.v = torch.nn.Parameter(torch.randn(H) * 0.1)

    def scores(self, k, q):
        return torch.tanh(k + self.W2(q).unsqueeze(1)) @ self.v


class Sorter(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.read = torch.nn.Sequential(torch.nn.Linear(1, H), torch.nn.ReLU(), torch.nn.Linear(H, H))
        self.evolve = torch.nn.Linear(2 * H, 4 * H)
        self.start_h = torch.nn.Linear(2 * H, H)
        self.start_c = torch.nn.Linear(2 * H, H)
        self.write = torch.nn.LSTMCell(H, H)
        self.point = Additive()
        self.glimpse = Additive() if G else None
        self.go = torch.nn.Parameter(torch.randn(H) * 0.1)

    def loss(self, x, y):
        m = self.read(x.unsqueeze(2))
        q = r = c = x.new_zeros(x.shape[0], H)
        for _ in range(P):
            i, f, g, o = self.evolve(torch.cat([q, r], 1)).chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            q = torch.sigmoid(o) * torch.tanh(c)
            a = torch.softmax((m @ q.unsqueeze(2)).squeeze(2), 1)
            r = (a.unsqueeze(1) @ m).squeeze(1)
        z = torch.cat([q, r], 1)
        h, c = torch.tanh(self.start_h(z)), self.start_c(z)
        k = self.point.W1(m)
        kg = self.glimpse.W1(m) if G else None
        rest = torch.gather(m, 1, y[:, :-1].unsqueeze(2).expand(-1, -1, H))
        inputs = torch.cat([self.go.expand(x.shape[0], 1, H), rest], 1)
        nll = []
        for t in range(y.shape[1]):
            h, c = self.write(inputs[:, t], (h, c))
            query = h
            for _ in range(G):
                s = torch.softmax(self.glimpse.scores(kg, query), 1)
                query = query + (s.unsqueeze(1) @ kg).squeeze(1)
            u = self.point.scores(k, query)
            nll.append(torch.nn.functional.cross_entropy(u, y[:, t]))
        return torch.stack(nll).mean()


net = Sorter()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)


def forward_backward(x, y):
    loss = net.loss(x, y)
    loss.backward()
    return loss


run = torch.compile(net.loss) if mode == "compile" else net.loss


def step():
    x = torch.rand(B, N)
    y = torch.argsort(x, 1)
    optimizer.zero_grad()
    loss = run(x, y)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
    optimizer.step()
    return loss.item()


start = time.perf_counter()
step()
first = time.perf_counter() - start
for _ in range(5):
    step()
times, cpu = [], []
for _ in range(steps):
    start, used = time.perf_counter(), time.process_time()
    loss = step()
    times.append(time.perf_counter() - start)
    cpu.append(time.process_time() - used)
assert math.isfinite(loss)
print(f"{1e3 * statistics.median(times):.3f} {1e3 * min(times):.3f} {1e3 * statistics.median(cpu):.3f} ms/step (median, fastest, median of processor time), first step {first:.2f} s")
