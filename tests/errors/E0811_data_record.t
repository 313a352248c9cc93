# args: train
# exit: 1
data p = tsv("p.tsv", on_error = "stop") { src: chars[S]  tgt: chars[T] }
train t { step { b = p.batch(4)
  log n = sum(f32(b.src_mask)) } }
# +++ p.tsv
a	b
only one column
# ---
E0811_data_record.ordo:1:14: error[E0811]: p.tsv:2: it has too few columns
  1 | data p = tsv("p.tsv", on_error = "stop") { src: chars[S]  tgt: chars[T] }
    |              ^^^^^^^
    = help: on_error = "skip" leaves such lines out and counts them

1 error
