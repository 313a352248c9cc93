#!/usr/bin/env bash
# Padding changes no loss, no gradient and no metric, and batches sorted by length give the same means as unsorted ones:
# an LSTM encoder-decoder with attention, with lengths padded to multiples of 1, 5 and 16.
. "$(dirname "$0")/common.sh"

cat >"$work/model.ordo" <<'END'
import linear
import rnn
import optimizers
const PAD    = 1
const BUCKET = 0
data pairs = tsv("pairs.tsv", valid = 0.3) { src: chars[S]  tgt: chars[T] }
layer Net(VS, VT, H) {
  es:  Embedding(VS, H)
  et:  Embedding(VT, H)
  enc: LSTM(H, H)
  dec: LSTM(2*H, H)
  out: Linear(H, VT)

  # Summed loss, tokens, and how many are right.
  fn sums(src: <VS>[B, S], src_mask: bool[B, S], tgt: <VT>[B, T], tgt_mask: bool[B, T]) -> (f32, f32, f32) {
    x = es(src)
    scan s in S, h = zeros(B, H), c = zeros(B, H) {
      (h', c') = enc(x[:, s, :], h, c)
      h[b, d] = where(src_mask[b, s], h'[b, d], h[b, d])
      c[b, d] = where(src_mask[b, s], c'[b, d], c[b, d])
      m[:, s, :] = h
    }
    bos[b, t] = index(1, VT) with b in B, t in 1
    y = et(concat[axis = 1](bos, tgt[:, :T - 1]))
    scan t in T, h = h, c = c {
      e[b, s] = sum[d](m[b, s, d] * h[b, d])
      a[b, s] = softmax[s](where(src_mask[b, s], e[b, s], -inf))
      r[b, d] = sum[s](a[b, s] * m[b, s, d])
      (h, c) = dec(concat(y[:, t, :], r), h, c)
      z = out(h)
      lp[b, v] = log_softmax[v](z[b, v])
      nll[b, t] = where(tgt_mask[b, t], -lp[b, tgt[b, t]], 0.0)
      best[b] = argmax[v](z[b, v])
      hit[b, t] = where(tgt_mask[b, t], f32(best[b] == tgt[b, t]), 0.0)
    }
    (sum(nll), sum(f32(tgt_mask)), sum(hit))
  }
}
train model {
  net   = Net(pairs.src, pairs.tgt, 12)
  steps = 30
  step {
    b = pairs.batch(8, bucket = BUCKET, pad = PAD)
    (nll, n, hit) = net.sums(b.src, b.src_mask, b.tgt, b.tgt_mask)
    loss = nll / n
    minimize loss over net with adam(lr = 1e-2)
    log loss
  }
  eval valid every 10 over b in pairs.batches(16, split = "valid", bucket = 0, pad = PAD) {
    (nll, n, hit) = net.sums(b.src, b.src_mask, b.tgt, b.tgt_mask)
    log loss = nll / n per b.tgt_mask, accuracy = hit / n per b.tgt_mask
  }
  eval sorted every 10 over b in pairs.batches(16, split = "valid", bucket = 8, pad = 4) {
    (nll, n, hit) = net.sums(b.src, b.src_mask, b.tgt, b.tgt_mask)
    log loss = nll / n per b.tgt_mask, accuracy = hit / n per b.tgt_mask
  }
}
END
awk 'BEGIN { srand(3); for (i = 0; i < 300; i++) { w = ""; r = ""; n = 1 + int(rand() * rand() * 20)
  for (j = 0; j < n; j++) { c = substr("abcdefgh", 1 + int(rand() * 8), 1); w = w c; r = c r }
  print w "\t" r } }' >"$work/pairs.tsv"

train() { expect 0 "$1" "$ordo" train "$work/model.ordo" --threads 1 --log-every 1 --out "$work/$1" "${@:2}"; }
# near A B WHAT: numbers of two files of metrics agree to 1e-4, relatively
near() {
  paste -d, "$1" "$2" | awk -F, 'NR > 1 { n = NF / 2
    for (i = 1; i <= n; i++) { d = $i - $(n + i); if (d < 0) d = -d
      if (d > 1e-4 * (1 + ($i < 0 ? -$i : $i))) bad++ } rows++ }
    END { exit !(rows > 2 && !bad) }' || fail "$3: $1 and $2 differ"
}
train one
train five -D PAD=5
train sixteen -D PAD=16
for other in five sixteen; do
  near "$work/one/train.csv" "$work/$other/train.csv" "losses after updates with padding to multiples of $other"
  near "$work/one/valid.csv" "$work/$other/valid.csv" "means over the validation split"
done
near "$work/one/valid.csv" "$work/one/sorted.csv" "batches sorted by length and unsorted ones"
cmp -s "$work/one/valid.csv" "$work/one/sorted.csv" && fail "sorting changes no bit: it did not sort"
finish
