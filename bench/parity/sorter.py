"""The model of models/sort.ordo in PyTorch, on weights named as in an Ordo checkpoint (w["net.read.W"], ...)."""

import torch


def cell(gates, c):
    i, f, g, o = gates.chunk(4, -1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def lstm(w, name, x, h, c):
    return cell(x @ w[name + ".W"] + h @ w[name + ".U"] + w[name + ".b"], c)


def linear(w, name, x):
    return x @ w[name + ".W"] + w[name + ".b"]


def additive(w, name, k, q):
    return torch.tanh(k + (q @ w[name + ".W2"]).unsqueeze(1)) @ w[name + ".v"]


def process(w, m, steps):
    q = r = c = torch.zeros_like(m[:, 0])
    for _ in range(steps):
        q, c = cell(linear(w, "net.process.evolve", torch.cat([q, r], -1)), c)
        a = torch.softmax((m @ q.unsqueeze(-1)).squeeze(-1), -1)
        r = (a.unsqueeze(1) @ m).squeeze(1)
    return torch.cat([q, r], -1)


def encode(w, x, steps, encoder):
    """Elements, memories and the writer's first state."""
    e = linear(w, "net.read.second", torch.relu(linear(w, "net.read.first", x.unsqueeze(-1))))
    if encoder == "lstm":
        h = c = torch.zeros_like(e[:, 0])
        m = []
        for n in range(x.shape[1]):
            h, c = lstm(w, "net.encoder", e[:, n], h, c)
            m.append(h)
        return e, torch.stack(m, 1), h, c
    z = process(w, e, steps)
    return e, e, torch.tanh(linear(w, "net.start_h", z)), linear(w, "net.start_c", z)


def point(w, k, kg, h):
    if kg is not None:
        a = torch.softmax(additive(w, "net.pointer.glimpse", kg, h), -1)
        h = h + (a.unsqueeze(1) @ kg).squeeze(1)
    return additive(w, "net.pointer.point", k, h)


def keys(w, m):
    glimpse = w.get("net.pointer.glimpse.W1")
    return m @ w["net.pointer.point.W1"], None if glimpse is None else m @ glimpse


def loss(w, x, y, steps, encoder):
    e, m, h, c = encode(w, x, steps, encoder)
    k, kg = keys(w, m)
    entry = w["net.go"].expand(x.shape[0], -1)
    total = 0
    for t in range(y.shape[1]):
        h, c = lstm(w, "net.write", entry, h, c)
        total = total + torch.nn.functional.cross_entropy(point(w, k, kg, h), y[:, t])
        entry = e[torch.arange(x.shape[0]), y[:, t]]
    return total / y.shape[1]


def sort(w, x, steps, encoder):
    """The places found, each step pointing at the most likely one."""
    e, m, h, c = encode(w, x, steps, encoder)
    k, kg = keys(w, m)
    entry, found = w["net.go"].expand(x.shape[0], -1), []
    for _ in range(x.shape[1]):
        h, c = lstm(w, "net.write", entry, h, c)
        found.append(point(w, k, kg, h).argmax(-1))
        entry = e[torch.arange(x.shape[0]), found[-1]]
    return torch.stack(found, 1)
