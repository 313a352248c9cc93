# args: $(cd "$work/in" && "$ORDO" train E0814_vocab_mismatch.ordo --out run -q >/dev/null 2>&1) train {} -D FILE=changed.tsv --out run --resume --steps 2
# exit: 1
const FILE = "pairs.tsv"

data pairs = tsv(FILE) { src: chars[S]  tgt: chars(vocab = src)[T] }

layer Table(V) {
  w: f32[V] ~ nought
  fn (x: <V>[B, S]) -> f32 { mean(w[x]) }
}

init nought() -> f32[I] { zeros(I) }

train fit {
  net = Table(pairs.src)
  steps = 1
  step {
    b = pairs.batch(2)
    log loss = net(b.src)
  }
}
# +++ pairs.tsv
a	b
b	a
# +++ changed.tsv
a	x
b	a
# ---
E0814_vocab_mismatch.ordo:3:26: error[E0814]: the vocabulary 'pairs.src' is not the one that run/checkpoint.safetensors was trained with
  3 | data pairs = tsv(FILE) { src: chars[S]  tgt: chars(vocab = src)[T] }
    |                          ^^^
    = expected  6 tokens
    = got       7 tokens, number 6 is 'x'
    = help: was the data file, its split or min_count changed? vocab("run/checkpoint.safetensors", of = "pairs.src") takes the vocabulary of the checkpoint

1 error
