# args: check
# exit: 1
data a = tsv("a.tsv", header = true) { x: chars[S]  y: words }
data b = jsonl("b.jsonl", header = true) { x: chars[S] }
data c = lines("c.txt", header = true) { x: chars[S] }
data d = text("d.txt", header = true) { x: chars }
data e = lines("e.txt") { x: chars[S]  y: words }
# ---
E0310_header.ordo:2:10: error[E0310]: a file of jsonl has no header
  2 | data b = jsonl("b.jsonl", header = true) { x: chars[S] }
    |          ^^^^^

E0310_header.ordo:3:10: error[E0310]: a file of lines has no header
  3 | data c = lines("c.txt", header = true) { x: chars[S] }
    |          ^^^^^

E0310_header.ordo:4:10: error[E0310]: a file of text has no header
  4 | data d = text("d.txt", header = true) { x: chars }
    |          ^^^^

E0310_header.ordo:5:40: error[E0310]: a file of lines has one column
  5 | data e = lines("e.txt") { x: chars[S]  y: words }
    |                                        ^

4 errors
