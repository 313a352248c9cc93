# args: run {} Tests.main --seed 5 --json
# exit: 0
# A prompt with a set of documents: the same scores in every order of them, also to the judge, whose verdict moves along; one document is the
# plain decoder on prompt, document and question one after another; documents do not see each other; padding inside of documents, more of it, and
# documents that are all padding change nothing.
import documents

const V = 11

layer Tests {
  net:   SetDecoder(V, 8, 2, heads = 2)
  rms:   SetDecoder(V, 8, 2, heads = 2, norm = "rms", act = "swiglu", bias = false, position = "none", tied = true)
  judge: Judge(V, 8, 2, 2)

  fn scores(f: layer, d: <V>[B, N, S], dm: bool[B, N, S]) -> f32[B, 3, V] {
    x[b, p] = index((3 * b + p) % V, V) with b in B, p in 4
    y[b, t] = index((b + 5 * t + 1) % V, V) with b in B, t in 3
    xm[b, p] = p > 0 or b == 0 with b in B, p in 4
    ym[b, t] = t < 3 - b with b in B, t in 3
    z = f(x, xm, as_set(d), as_set(dm), y, ym)
    r[b, t, v] = where(ym[b, t], z[b, t, v], 0)
    r
  }
  fn judged(d: <V>[B, N, S], dm: bool[B, N, S]) -> (f32[B, N], <N>[B]) {
    x[b, p] = index((3 * b + p) % V, V) with b in B, p in 4
    y[b, t] = index((b + 5 * t + 1) % V, V) with b in B, t in 3
    xm[b, p] = true with b in B, p in 4
    ym[b, t] = t < 3 - b with b in B, t in 3
    (judge.scores(x, xm, as_set(d), as_set(dm), y, ym), judge.verdict(x, xm, as_set(d), as_set(dm), y, ym))
  }
  # the documents turned by k places
  fn turned(d: <V>[B, N, S], dm: bool[B, N, S], k: i32) -> (<V>[B, N, S], bool[B, N, S]) {
    at[n] = index((i32(n) + k) % N, N) with n in N
    e[b, n, s] = d[b, at[n], s]
    em[b, n, s] = dm[b, at[n], s]
    (e, em)
  }
  fn main() {
    d = randint(V, [2, 3, 5])
    dm[b, n, s] = s < 5 - n - b with b in 2, n in 3, s in 5
    a = scores(net, d, dm)
    (g, v) = judged(d, dm)
    scan k in 3 {
      (e, em) = turned(d, dm, i32(k))
      off[k] = max(abs(scores(net, e, em) - a)) + max(abs(scores(rms, e, em) - scores(rms, d, dm)))
      (h, w) = judged(e, em)
      was[n] = index((i32(n) + i32(k)) % 3, 3) with n in 3
      moved[b] = i32(was[w[b]]) == i32(v[b])
      follows[k] = all(moved)
      there[b, n] = h[b, n] - g[b, was[n]]
      far[k] = max(abs(there))
    }
    # longer padding, and a document of padding alone
    longer = concat(d, d[:, :, :2])
    none[b, n, s] = false with b in 2, n in 3, s in 2
    more = concat[axis = 1](longer, longer[:, :1, :])
    gone[b, n, s] = false with b in 2, n in 1, s in 7
    lm = concat(dm, none)
    wide = max(abs(scores(net, longer, lm) - a)) + max(abs(scores(net, more, concat[axis = 1](lm, gone)) - a))
    # one document: a plain decoder on all of it
    x[b, p] = index((3 * b + p) % V, V) with b in 2, p in 4
    y[b, t] = index((b + 5 * t + 1) % V, V) with b in 2, t in 3
    xm[b, p] = p > 0 or b == 0 with b in 2, p in 4
    ym[b, t] = t < 3 - b with b in 2, t in 3
    plain = net.lm(concat(x, d[:, 0, :], y), concat(xm, dm[:, 0, :], ym))
    both = scores(net, d[:, :1, :], dm[:, :1, :])
    tail = plain[:, 9:, :]
    near[b, t, v] = where(ym[b, t], abs(tail[b, t, v] - both[b, t, v]), 0)
    # what a document becomes does not hang on the others
    (hx, hd, hy) = net.hidden(x, xm, as_set(d), as_set(dm), y, ym)
    (ox, od, oy) = net.hidden(x, xm, as_set(d[:, 1:2, :]), as_set(dm[:, 1:2, :]), y, ym)
    alone[b, s, i] = where(dm[b, 1, s], abs(hd[b, 1, s, i] - od[b, 0, s, i]), 0)
    (max(off) < 1e-5, all(follows), max(far) < 1e-5, wide < 1e-5, max(near) < 1e-5, max(alone) < 1e-5, max(abs(a - scores(net, d[:, :2, :], dm[:, :2, :]))) > 1e-3)
  }
}
# ---
{"result1": true,
 "result2": true,
 "result3": true,
 "result4": true,
 "result5": true,
 "result6": true,
 "result7": true}
