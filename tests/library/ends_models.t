# args: run --digits 5 --seed 1 {} Ends.ends
# exit: 0
# Models of the library at the ends of their options and arguments: nothing in the source, the target or the batch, an impossible
# rejected response, sets without elements. true: values (and derivatives) are numbers.
import seq2seq
import transformer
import rewards
import sets

fn fine(x: f32[..]) -> bool { all(abs(x) < inf) }

layer Pair(cell, attention, both, layers, R, smoothing, most) {
  net: Seq2Seq(5, 6, 4, cell = cell, attention = attention, both = both, R = R, layers = layers, smoothing = smoothing, most = most)
  fn losses(src: <5>[B, S], sm: bool[B, S], tgt: <6>[B, T], tm: bool[B, T]) {
    l = net.loss(src, sm, tgt, tm)
    z = net(src, sm, tgt, tm)
    d = grad(l + sum(z ** 2), net.out.b)
    y = net.answer(src, sm)
    (fine(z) and abs(l) < inf and fine(d), all(i32(y) < 6))
  }
}

# An empty set among others: values and derivatives.
layer Sets(by) {
  deep: DeepSets(2, 3, 2, by = by)
  each: Equivariant(2, 3, by = by)
  fn values(x: f32[B, N, 2], m: bool[B, N]) -> (bool, bool) {
    y = deep(as_set(x), as_set(m))
    z = each(as_set(x), as_set(m))
    s = sum(y ** 2) + sum(where(m[:, :, new], z ** 2, 0))
    (fine(y), fine(grad(s, each.whole.W)) and fine(grad(s, deep.out.W)))
  }
}

layer Ends() {
  none: Pair("gru", "none", false, 2, 4, 0, 0)
  dot: Pair("lstm", "dot", true, 1, 2, 1, 2)
  general: Pair("gru", "general", true, 2, 3, 0, 2)
  additive: Pair("lstm", "additive", true, 1, 4, 0.5, 2)
  flat: Decoder(5, 4, 0, 2, position = "none")
  sums: Sets("sum")
  means: Sets("mean")
  largest: Sets("max")

  fn pairs(src: <5>[B, S], sm: bool[B, S], tgt: <6>[B, T], tm: bool[B, T]) {
    (none.losses(src, sm, tgt, tm), dot.losses(src, sm, tgt, tm), general.losses(src, sm, tgt, tm), additive.losses(src, sm, tgt, tm))
  }

  fn sized(b: size, s: size, t: size) {
    src[i, k] = index(i + k, 5) with i in b, k in s
    sm[i, k] = i > 0 with i in b, k in s
    tgt[i, k] = index(i + k, 6) with i in b, k in t
    tm[i, k] = i > 0 with i in b, k in t
    pairs(src, sm, tgt, tm)
  }

  fn short() {
    x[b, t] = index(t, 5) with b in 2, t in 1
    m[b, t] = b == 0 with b in 2, t in 1
    (flat.loss(x, m), flat.hidden(x, m) * 0)
  }

  fn preferences() {
    a = stack(-1.0, -2.0)
    r = stack(-inf, -2.0)
    (dpo_loss(a, r, a, a), dpo_loss(a, a, a, a, beta = 0, smoothing = 1), bradley_terry(a, r, a * 0))
  }

  fn ends() {
    x[b, n, d] = f32(b + n) - f32(d) / 4 with b in 2, n in 3, d in 2
    m[b, n] = b == 0 with b in 2, n in 3
    (sized(2, 2, 2), sized(2, 0, 2), sized(2, 2, 0), sized(0, 2, 2), sized(1, 1, 1), short(), preferences(),
     sums.values(x, m), means.values(x, m), largest.values(x, m))
  }
}
# ---
result1 = true
result2 = true
result3 = true
result4 = true
result5 = true
result6 = true
result7 = true
result8 = true
result9 = true
result10 = true
result11 = true
result12 = true
result13 = true
result14 = true
result15 = true
result16 = true
result17 = true
result18 = true
result19 = true
result20 = true
result21 = true
result22 = true
result23 = true
result24 = true
result25 = true
result26 = true
result27 = true
result28 = true
result29 = true
result30 = true
result31 = true
result32 = true
result33 = true
result34 = true
result35 = true
result36 = true
result37 = true
result38 = true
result39 = true
result40 = true
result41 = -0
result42 = 
[[[0, -0, -0, -0]],
 [[0, -0, -0, -0]]]
result43 = 0.34657
result44 = 0.69315
result45 = 0.34657
result46 = true
result47 = true
result48 = true
result49 = true
result50 = true
result51 = true
