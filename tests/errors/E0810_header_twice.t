# args: data
# exit: 1
# Which of two columns of one name is meant?
data p = tsv("p.tsv", header = true) { src: chars[S]  tgt: chars(field = 2)[T] }
# +++ p.tsv
src	tgt	src
a	b	c
# ---
E0810_header_twice.ordo:2:40: error[E0810]: 'p.tsv' has several columns 'src'
  2 | data p = tsv("p.tsv", header = true) { src: chars[S]  tgt: chars(field = 2)[T] }
    |                                        ^^^
    = got       src, tgt, src
    = help: field = "..." names it as the header does; field = 2 takes the second one

1 error
