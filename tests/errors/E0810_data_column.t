# args: train
# exit: 1
data p = tsv("p.tsv", header = true) { src: chars[S]  tgt: chars(field = "target")[T] }
train t { step { b = p.batch(4)
  log n = sum(f32(b.src_mask)) } }
# +++ p.tsv
source	target_text
a	b
# ---
E0810_data_column.ordo:1:40: error[E0810]: 'p.tsv' has no column 'src'
  1 | data p = tsv("p.tsv", header = true) { src: chars[S]  tgt: chars(field = "target")[T] }
    |                                        ^^^
    = got       source, target_text
    = help: field = "..." names it as the header does; field = 2 takes the second one

E0810_data_column.ordo:1:55: error[E0810]: 'p.tsv' has no column 'target'
  1 | data p = tsv("p.tsv", header = true) { src: chars[S]  tgt: chars(field = "target")[T] }
    |                                                       ^^^
    = got       source, target_text
    = help: field = "..." names it as the header does; field = 2 takes the second one

2 errors
