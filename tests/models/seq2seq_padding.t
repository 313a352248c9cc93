# args: run {} Net.check "[[4,5,6,2],[5,5,2,0]]" "[[4,5,2],[6,2,0]]" --seed 3
# exit: 0
# The model of g2p.ordo: padding changes neither the loss nor what is written, greedy decoding step by step writes what the
# logits of the whole sequence say, and an answer is what greedy decoding writes before the end.
import seq2seq
import decoding
layer Net(V = 8, W = 9) {
  net: Seq2Seq(V, W, 16, 8, attention = "general", layers = 2, most = 6)
  fn check(a: i32[B, S], b: i32[B, T]) -> (bool, bool, bool, bool, bool) {
    x[i, s] = index(a[i, s], V)
    y[i, t] = index(b[i, t], W)
    xm = a > 0
    ym = b > 0
    wide[i, s] = index(0, V) with i in B, s in 3
    off[i, s] = false with i in B, s in 3
    wide_y[i, t] = index(0, W) with i in B, t in 3
    short = net.loss(x, xm, y, ym)
    long = net.loss(concat(x, wide), concat(xm, off), concat(y, wide_y), concat(ym, off))
    (z, real) = greedy(net, x, xm, 6, 2)
    (z', real') = greedy(net, concat(x, wide), concat(xm, off), 6, 2)
    same = all(z == z') and all(real == real')
    l = net.logits(x, xm, z, real)
    best[i, t] = argmax[w](l[i, t, w])
    agree[i, t] = best[i, t] == z[i, t] or not real[i, t]
    said = all(i32(net.answer(x, xm)) == where(i32(z) == 2, 0, i32(z)))
    (abs(short - long) < 1e-5, short > 0, same, all(agree), said)
  }
}
# ---
result1 = true
result2 = true
same = true
result4 = true
said = true
