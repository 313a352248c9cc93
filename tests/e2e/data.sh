#!/usr/bin/env bash
# Training on text: learns, is the same on two threads, and after a kill goes on with the same batches.
. "$(dirname "$0")/common.sh"

cat >"$work/model.ordo" <<'END'
import linear
import optimizers
data words = tsv("words.tsv", valid = 0.2, split_by = word) { word: chars[S]  kind: words }
layer Net(V, K, H = 8) {
  e: Embedding(V, H)
  o: Linear(H, K)
  fn loss(word: <V>[B, S], mask: bool[B, S], kind: <K>[B]) -> f32 {
    x = e(word)
    m[b, d] = sum[s](where(mask[b, s], x[b, s, d], 0.0))
    y = o(m)
    lp[b, k] = log_softmax[k](y[b, k])
    nll[b] = -lp[b, kind[b]]
    mean(nll)
  }
}
train model {
  net   = Net(words.word, words.kind)
  steps = 200
  step {
    b = words.batch(16)
    loss = net.loss(b.word, b.word_mask, b.kind)
    minimize loss over net with adam(lr = 3e-2)
    log loss
  }
  eval over e in words.batches(32) { log loss = net.loss(e.word, e.word_mask, e.kind) }
  eval valid every 50 over b in words.batches(32, split = "valid") {
    log loss = net.loss(b.word, b.word_mask, b.kind)
    log letters = mean(f32(b.word_mask))
  }
}
END
# Words with more a than b are of kind A.
awk 'BEGIN { srand(7); for (i = 0; i < 2000; i++) { w = ""; n = 0; k = 1 + int(rand() * 9)
  for (j = 0; j < k; j++) { c = substr("abc", 1 + int(rand() * 3), 1); w = w c; n += (c == "a") - (c == "b") }
  print w "\t" (n > 0 ? "A" : "B") } }' >"$work/words.tsv"

train() { "$ordo" train "$work/model.ordo" --threads 1 --checkpoint-every 10 "$@"; }
expect 0 "undisturbed run" train --out "$work/whole"
loss=$(awk '/^valid/ { print $3 }' "$work/out")
awk -v l="$loss" 'BEGIN { exit !(l > 0 && l < 0.2) }' || fail "loss on the validation split: $loss"
expect 0 "two threads" train --out "$work/threads" --threads 2
same "$work/whole/checkpoint.safetensors" "$work/threads/checkpoint.safetensors" "one and two threads"

"$ordo" train "$work/model.ordo" --threads 1 --checkpoint-every 10 --out "$work/killed" --steps 1000000 >/dev/null 2>&1 &
pid=$!
for _ in $(seq 200); do
  [ -s "$work/killed/checkpoint.safetensors" ] && break
  sleep 0.05
done
kill -9 $pid
wait $pid 2>/dev/null
step=$(grep -ao '"ordo.step": *"[0-9]*"' "$work/killed/checkpoint.safetensors" | tr -dc 0-9)
last=$((step + 25))
expect 0 "resumed run" train --out "$work/killed" --resume --steps $last
expect 0 "run of the same length" train --out "$work/same" --steps $last
same "$work/same/checkpoint.safetensors" "$work/killed/checkpoint.safetensors" "killed and resumed"
same "$work/same/metrics.jsonl" "$work/killed/metrics.jsonl" "killed and resumed"

# The vocabulary of the data and that of the checkpoint; a file that was changed.
text="$("$ordo" run "$work/model.ordo" net.loss abca A --weights "$work/whole/checkpoint.safetensors" 2>&1)" ||
  fail "running on text: $text"
mv "$work/words.tsv" "$work/away.tsv"
expect 0 "text without the data" "$ordo" run "$work/model.ordo" net.loss abca A --weights "$work/whole/checkpoint.safetensors"
[ "$text" = "$(cat "$work/out")" ] || fail "vocabulary of the checkpoint: $text"
sed 's/c/d/g' "$work/away.tsv" >"$work/words.tsv"
expect 1 "another vocabulary" train --out "$work/killed" --resume --steps 100000
says "E0814" "another vocabulary"
says "number 6 is 'c'" "another vocabulary"
sort "$work/away.tsv" >"$work/words.tsv"
expect 1 "a file in another order" train --out "$work/killed" --resume --steps 100000
says "E0816" "a file in another order"

# The size of a vocabulary that stands in an assertion alone: 7 letters and special tokens.
mv "$work/away.tsv" "$work/words.tsv"
cat >"$work/sizes.ordo" <<'END'
import optimizers
const LEAST = 7
data words = tsv("words.tsv") { word: chars[S]  kind: words }
fn asserted(x: f32[N]) -> f32[N] {
  assert words.word >= LEAST, "too few letters"
  x
}
fn called(x: f32[N]) -> f32[N] { asserted(x) }
fn below(x: f32[N], i: i32) -> f32[N] {
  assert i < words.word, "no such letter"
  x
}
fn above(x: f32[N]) -> f32[N] {
  assert N > words.word, "fewer than letters"
  x
}
layer Net() {
  W: f32[2] ~ ones
  fn loss() -> f32 { sum(called(W * W)) }
}
train model {
  net = Net()
  steps = 1
  step {
    loss = net.loss()
    minimize loss over net with sgd(lr = 0.1)
  }
}
END
holds() { expect 0 "what holds: $*" "$ordo" "$@"; }
broken() { expect 1 "what does not hold: ${*:2}" "$ordo" "${@:2}"; says "E0222]: $1" "${*:2}"; }
for name in asserted called; do
  holds run "$work/sizes.ordo" $name "[1]"
  broken "too few letters" run "$work/sizes.ordo" $name "[1]" -D LEAST=8
done
holds run "$work/sizes.ordo" below "[1]" 6
broken "no such letter" run "$work/sizes.ordo" below "[1]" 7
holds run "$work/sizes.ordo" above "[1,2,3,4,5,6,7,8]"
broken "fewer than letters" run "$work/sizes.ordo" above "[1,2,3,4,5,6,7]"
holds train "$work/sizes.ordo" --out "$work/sizes"
broken "too few letters" train "$work/sizes.ordo" --out "$work/sizes" -D LEAST=8
finish
