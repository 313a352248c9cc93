# args: train
# exit: 1
data p = tsv("p.tsv") { src: chars[S] }
train t { step { b = p.batch(4)
  log n = sum(f32(b.src_mask)) } }
# ---
E0001_data_file.ordo:1:14: error[E0001]: cannot read 'p.tsv': No such file or directory
  1 | data p = tsv("p.tsv") { src: chars[S] }
    |              ^^^^^^^

1 error
