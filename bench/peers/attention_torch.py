"""bench/attention.ordo in PyTorch: attention_torch.py PROGRAM B T V THREADS ready, then a number of steps a line; says the fastest and the median.

Attention is scaled_dot_product_attention with is_causal, which stores no scores; cross-entropy is that of PyTorch on whole logits."""
import resource
import statistics
import sys
import time

import torch
import torch.nn.functional as F

program, b, t, v, threads = sys.argv[1], *map(int, sys.argv[2:6])
torch.set_num_threads(threads)
D, HEADS = 256, 4


class Attention(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v, self.o = (torch.nn.Linear(D, D, bias=False) for _ in range(4))

    def forward(self, x):
        q, k, v = (f(x).view(b, t, HEADS, D // HEADS).transpose(1, 2) for f in (self.q, self.k, self.v))
        return self.o(F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(b, t, D))


net = torch.nn.Linear(D, v) if program == "words" else Attention()
adam = torch.optim.Adam(net.parameters(), lr=1e-4)


def step():
    if program == "read":
        with torch.no_grad():
            return (net(torch.randn(b, t, D)) ** 2).mean()
    adam.zero_grad(set_to_none=True)
    if program == "words":
        loss = F.cross_entropy(net(torch.randn(b * t, D)), torch.randint(v, (b * t,)))
    else:
        loss = (net(torch.randn(b, t, D)) ** 2).mean()
    loss.backward()
    adam.step()
    return loss


before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
loss = float(step().detach())
print("ready", loss, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, flush=True)
for line in sys.stdin:
    times = []
    for _ in range(int(line)):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    print(min(times), statistics.median(times), flush=True)
