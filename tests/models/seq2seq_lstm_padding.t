# args: run {} Net.check "[[4,5,6,2],[5,5,2,0]]" "[[4,5,2],[6,2,0]]" --seed 3
# exit: 0
# Padding changes neither the loss nor what is written, and greedy decoding step by step writes what the logits of the
# whole sequence say.
import seq2seq_lstm
layer Net(V = 8, W = 9) {
  net: Seq2SeqLSTM(V, W, 16, 8)
  fn check(a: i32[B, S], b: i32[B, T]) -> (bool, bool, bool, bool) {
    x[i, s] = index(a[i, s], V)
    y[i, t] = index(b[i, t], W)
    xm = a > 0
    ym = b > 0
    wide[i, s] = index(0, V) with i in B, s in 3
    off[i, s] = false with i in B, s in 3
    wide_y[i, t] = index(0, W) with i in B, t in 3
    short = net.loss(x, xm, y, ym)
    long = net.loss(concat(x, wide), concat(xm, off), concat(y, wide_y), concat(ym, off))
    (z, real) = net.greedy(x, xm, 6)
    (z', real') = net.greedy(concat(x, wide), concat(xm, off), 6)
    same = all((z == z') or not (real and real'))
    l = net.logits(x, xm, z)
    best[i, t] = argmax[w](l[i, t, w])
    agree[i, t] = best[i, t] == z[i, t] or not real[i, t]
    (abs(short - long) < 1e-5, short > 0, same, all(agree))
  }
}
# ---
result1 = true
result2 = true
same = true
result4 = true
