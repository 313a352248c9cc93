# args: check
# exit: 1
import "lib/rnn.ordo
const NAME = "also open
const H = 128
# ---
E0102_unclosed_string.ordo:1:8: error[E0102]: this string is not closed
  1 | import "lib/rnn.ordo
    |        ^^^^^^^^^^^^^
    = help: a string ends with " on the line where it began; a line end is written \n

E0102_unclosed_string.ordo:2:14: error[E0102]: this string is not closed
  2 | const NAME = "also open
    |              ^^^^^^^^^^
    = help: a string ends with " on the line where it began; a line end is written \n

2 errors
