# args: $(cd "$work/in" && "$ORDO" train E0816_data_changed.ordo --out run -q >/dev/null 2>&1) train {} -D FILE=changed.tsv --out run --resume --steps 2
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
b	a
a	b
# ---
E0816_data_changed.ordo:3:18: error[E0816]: 'changed.tsv' is not what it was when run/checkpoint.safetensors was written
  3 | data pairs = tsv(FILE) { src: chars[S]  tgt: chars(vocab = src)[T] }
    |                  ^^^^
    = help: a run can be resumed only with the same records and the same split
    = help: --changed goes on with the data as it is now

1 error
