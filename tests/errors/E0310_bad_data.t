# args: check
# exit: 1
data a = csv("a.csv") { x: chars[S] }
data b = tsv(split = 3) { x: chars[S] }
data c = tsv("c.tsv", valid = 2, size = 3) { x: chars[S] }
data d = tsv("d.tsv") { x: letters[S]  y: f32[S, T]  z: chars(field = "z") }
data e = tsv("e.tsv", split_by = y) { x: chars[S]  z: words(vocab = x)[T] }
# ---
E0310_bad_data.ordo:1:10: error[E0310]: 'csv' is no format of data files
  1 | data a = csv("a.csv") { x: chars[S] }
    |          ^^^
    = help: there are tsv, jsonl, lines, npz, npy and text

E0310_bad_data.ordo:2:10: error[E0310]: the data 'b' wants the path of its file first
  2 | data b = tsv(split = 3) { x: chars[S] }
    |          ^^^

E0310_bad_data.ordo:3:31: error[E0310]: 'valid' is a number from 0 to 1, not the number 2
  3 | data c = tsv("c.tsv", valid = 2, size = 3) { x: chars[S] }
    |                               ^

E0310_bad_data.ordo:3:34: error[E0310]: the data 'c' has no option 'size'
  3 | data c = tsv("c.tsv", valid = 2, size = 3) { x: chars[S] }
    |                                  ^^^^^^^^
    = help: there are: valid, test, split_seed, split_by, header, max_len, min_count, max_size, on_error

E0310_bad_data.ordo:4:28: error[E0310]: 'letters' is no way to read a column
  4 | data d = tsv("d.tsv") { x: letters[S]  y: f32[S, T]  z: chars(field = "z") }
    |                            ^^^^^^^^^^
    = help: there are chars, words, bytes, vocab("file"), f32, f64, i32, bool and <N>

E0310_bad_data.ordo:4:43: error[E0310]: a column has at most one length: f32[S]
  4 | data d = tsv("d.tsv") { x: letters[S]  y: f32[S, T]  z: chars(field = "z") }
    |                                           ^^^^^^^^^

E0310_bad_data.ordo:4:71: error[E0310]: the file has no names of columns
  4 | data d = tsv("d.tsv") { x: letters[S]  y: f32[S, T]  z: chars(field = "z") }
    |                                                                       ^^^
    = help: say header = true if its first line has them, else give a place: field = 2

E0310_bad_data.ordo:5:52: error[E0310]: 'z' is read as words, but its vocabulary has chars
  5 | data e = tsv("e.tsv", split_by = y) { x: chars[S]  z: words(vocab = x)[T] }
    |                                                    ^
E0310_bad_data.ordo:5:39: note: the vocabulary
  5 | data e = tsv("e.tsv", split_by = y) { x: chars[S]  z: words(vocab = x)[T] }
    |                                       ^

8 errors
