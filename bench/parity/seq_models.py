"""The sequence models of models/lib in PyTorch, on weights named as in an Ordo checkpoint (w["net.block.0.attn.q.W"], ...).

Written from the papers and PyTorch's own ops (layer_norm, gelu, scaled_dot_product_attention), not from the Ordo text.
"""

import torch
import torch.nn.functional as F


def linear(w, name, x):
    y = x @ w[name + ".W"]
    return y + w[name + ".b"] if name + ".b" in w else y


# ---- recurrent ----

def cell(w, name, x, h, c):
    if name + ".c" not in w:  # an LSTM
        i, f, g, o = (x @ w[name + ".W"] + h @ w[name + ".U"] + w[name + ".b"]).chunk(4, -1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c
    xr, xz, xn = (x @ w[name + ".W"] + w[name + ".b"]).chunk(3, -1)
    hr, hz, hn = (h @ w[name + ".U"] + w[name + ".c"]).chunk(3, -1)
    z, m = torch.sigmoid(xz + hz), torch.tanh(xn + torch.sigmoid(xr + hr) * hn)
    return (1 - z) * m + z * h, c


def states(w, name, x, mask, backward):
    h = c = x.new_zeros(x.shape[0], w[name + ".U"].shape[0])
    all_h = [None] * x.shape[1]
    for t in reversed(range(x.shape[1])) if backward else range(x.shape[1]):
        h2, c2 = cell(w, name, x[:, t], h, c)
        real = mask[:, t, None]
        h, c = torch.where(real, h2, h), torch.where(real, c2, c)
        all_h[t] = h
    return torch.stack(all_h, 1), h, c


def encoded(w, src, mask):
    """Memories and the decoder's first state."""
    x = w["net.source.E"][src]
    m, h, c = states(w, "net.forth", x, mask, False)
    if "net.back.W" in w:
        m2, h2, c2 = states(w, "net.back", x, mask, True)
        m, h, c = torch.cat([m, m2], -1), torch.cat([h, h2], -1), torch.cat([c, c2], -1)
    if "net.begin.W" in w:
        h, c = torch.tanh(linear(w, "net.begin", h)).chunk(2, -1)
    return m, h, c


def attended(w, m, mask, h):
    if "net.ask.v" in w:
        e = torch.tanh(m @ w["net.ask.W1"] + (h @ w["net.ask.W2"])[:, None]) @ w["net.ask.v"]
    else:
        q = linear(w, "net.ask", h) if "net.ask.W" in w else h
        e = (m @ q[:, :, None])[..., 0] / h.shape[-1] ** 0.5
    return (torch.softmax(e.masked_fill(~mask, -torch.inf), -1)[:, None] @ m)[:, 0]


def seq2seq_loss(w, src, src_mask, tgt, tgt_mask, smoothing=0.0):
    m, h, c = encoded(w, src, src_mask)
    h2, c2 = h, c
    before = torch.cat([torch.ones_like(tgt[:, :1]), tgt[:, :-1]], 1)
    y = w["net.target.E"][before]
    logits = []
    for t in range(tgt.shape[1]):
        h, c = cell(w, "net.write", y[:, t], h, c)
        out = h
        if "net.mix.W" in w:
            r = attended(w, m, src_mask, h)
            if "net.rewrite.W" in w:
                h2, c2 = cell(w, "net.rewrite", torch.cat([h, r], -1), h2, c2)
                out = h2
            out = torch.tanh(linear(w, "net.mix", torch.cat([out, r], -1)))
        logits.append(linear(w, "net.out", out))
    return F.cross_entropy(torch.stack(logits, 1)[tgt_mask], tgt[tgt_mask], label_smoothing=smoothing)


# ---- Transformers ----

def norm(w, name, x, eps):
    if name + ".mean.g" in w:
        return F.layer_norm(x, x.shape[-1:], w[name + ".mean.g"], w[name + ".mean.b"], eps)
    return F.rms_norm(x, x.shape[-1:], w[name + ".rms.g"], eps)


def turn(x, base=10000.0):
    half = x.shape[-1] // 2
    angle = torch.arange(x.shape[-2], dtype=x.dtype)[:, None] / base ** (torch.arange(half, dtype=x.dtype) / half)
    a, b = x[..., :half], x[..., half:]
    return torch.cat([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()], -1)


def attention(w, name, x, m, see, rotary, heads, groups, cross=False):
    B, T, _ = x.shape
    q = linear(w, name + ".q", x).view(B, T, heads, -1).transpose(1, 2)
    k = linear(w, name + ".k", m).view(B, m.shape[1], groups, -1).transpose(1, 2)
    v = linear(w, name + ".v", m).view(B, m.shape[1], groups, -1).transpose(1, 2)
    if rotary:
        q, k = turn(q), turn(k)
    k, v = (z.repeat_interleave(heads // groups, 1) for z in (k, v))
    r = F.scaled_dot_product_attention(q, k, v, attn_mask=see[:, None])
    return linear(w, name + ".o", r.transpose(1, 2).reshape(B, T, -1))


def mlp(w, name, x, act):
    h = linear(w, name + ".up", x)
    if act == "swiglu":
        h = F.silu(linear(w, name + ".gate", x)) * h
    elif act == "geglu":
        h = F.gelu(linear(w, name + ".gate", x), approximate="tanh") * h
    else:
        h = F.gelu(h, approximate="tanh" if act == "gelu_tanh" else "none")
    return linear(w, name + ".down", h)


def blocks(w, prefix):
    n = 0
    while any(name.startswith(f"{prefix}.{n}.") for name in w):
        yield f"{prefix}.{n}"
        n += 1


def decoder_logits(w, x, mask, act, heads=4, groups=4, eps=1e-5, scale=1.0):
    B, T = x.shape
    rotary = "net.tokens.place.E" not in w
    h = w["net.tokens.token.E"][x] * scale
    if not rotary:
        h = h + w["net.tokens.place.E"][:T]
    see = torch.ones(T, T, dtype=torch.bool).tril() & mask[:, None]
    for b in blocks(w, "net.block"):
        y = norm(w, b + ".norm1", h, eps)
        h = h + attention(w, b + ".attn", y, y, see, rotary, heads, groups)
        h = h + mlp(w, b + ".mlp", norm(w, b + ".norm2", h, eps), act)
    h = norm(w, "net.last", h, eps)
    return h @ w["net.head.W"] if "net.head.W" in w else h @ w["net.tokens.token.E"].T


def decoder_loss(w, x, mask, **options):
    logits, real = decoder_logits(w, x, mask, **options)[:, :-1], mask[:, 1:]
    return F.cross_entropy(logits[real], x[:, 1:][real])


def transformer_loss(w, src, src_mask, tgt, tgt_mask, heads=4, eps=1e-5):
    S, T = src.shape[1], tgt.shape[1]
    see = src_mask[:, None].expand(-1, S, S)
    m = w["net.source.token.E"][src]
    for b in blocks(w, "net.encoder"):
        y = norm(w, b + ".norm1", m, eps)
        m = m + attention(w, b + ".attn", y, y, see, True, heads, heads)
        m = m + mlp(w, b + ".mlp", norm(w, b + ".norm2", m, eps), "gelu")
    m = norm(w, "net.read", m, eps)
    before = torch.cat([torch.ones_like(tgt[:, :1]), tgt[:, :-1]], 1)
    h = w["net.target.token.E"][before]
    causal = torch.ones(T, T, dtype=torch.bool).tril().expand(len(tgt), T, T)
    for b in blocks(w, "net.decoder"):
        y = norm(w, b + ".norm1", h, eps)
        h = h + attention(w, b + ".attn", y, y, causal, True, heads, heads)
        h = h + attention(w, b + ".cross", norm(w, b + ".norm2", h, eps), m, src_mask[:, None].expand(-1, T, S), False,
                          heads, heads)
        h = h + mlp(w, b + ".mlp", norm(w, b + ".norm3", h, eps), "gelu")
    logits = norm(w, "net.last", h, eps) @ w["net.target.token.E"].T
    return F.cross_entropy(logits[tgt_mask], tgt[tgt_mask])
