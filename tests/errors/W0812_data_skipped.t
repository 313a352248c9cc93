# args: train
# exit: 1
data p = tsv("p.tsv", max_len = 5) { src: chars[S]  n: i32  m: f32[3]  y: <4>  z: words }
train t { step { b = p.batch(4)
  log n = sum(f32(b.src_mask)) } }
# +++ p.tsv
only one column

a	1.5	1 2 3	0	w
a	2	1 2	0	w
toolong	2	1 2 3	0	w
a	2	1 2 3	4	w
a	2	1 2 three	3	w
a	2	1 2 3	3	w w
a	2	1 2 3	3	
b	2	1 2 3	3	
# ---
W0812_data_skipped.ordo:1:14: warning[W0812]: 9 of 10 lines of 'p.tsv' are skipped
  1 | data p = tsv("p.tsv", max_len = 5) { src: chars[S]  n: i32  m: f32[3]  y: <4>  z: words }
    |              ^^^^^^^
    = help: p.tsv:1: it has too few columns
    = help: p.tsv:3: 'n' is no whole number of 32 bits: '1.5'
    = help: p.tsv:4: 'm' has another length: '1 2'
    = help: p.tsv:5: 'src' is longer than max_len
    = help: p.tsv:6: 'y' is no index into its axis: '4'
    = help: p.tsv:7: 'm' is no number: '1 2 three'
    = help: p.tsv:8: 'z' has several values
    = help: p.tsv:9: 'z' is empty (and line 10)

W0812_data_skipped.ordo:1:14: error[E0813]: 'p.tsv' has no examples in "train"
  1 | data p = tsv("p.tsv", max_len = 5) { src: chars[S]  n: i32  m: f32[3]  y: <4>  z: words }
    |              ^^^^^^^

1 error
