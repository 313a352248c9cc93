# args: train
# exit: 1
data p = tsv("p.tsv", valid = 0.001) { src: chars[S] }
train t { step { b = p.batch(4)
  log n = sum(f32(b.src_mask)) }
  eval every 1 over b in p.batches(4, split = "valid") { log n = sum(f32(b.src_mask)) } }
# +++ p.tsv
a
# ---
E0813_data_empty.ordo:1:14: error[E0813]: 'p.tsv' has no examples in "valid"
  1 | data p = tsv("p.tsv", valid = 0.001) { src: chars[S] }
    |              ^^^^^^^

1 error
