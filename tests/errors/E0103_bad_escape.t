# args: check
# exit: 1
data words = tsv("C:\words.tsv") { w: chars[S] }
const A = "\u{110000} \x41 \n is fine"
# ---
E0103_bad_escape.ordo:1:21: error[E0103]: unknown escape in a string
  1 | data words = tsv("C:\words.tsv") { w: chars[S] }
    |                     ^^
    = expected  \n \t \r \\ \" or \u{1F600}

E0103_bad_escape.ordo:2:12: error[E0103]: unknown escape in a string
  2 | const A = "\u{110000} \x41 \n is fine"
    |            ^^^^^^^^^
    = expected  \n \t \r \\ \" or \u{1F600}

E0103_bad_escape.ordo:2:23: error[E0103]: unknown escape in a string
  2 | const A = "\u{110000} \x41 \n is fine"
    |                       ^^
    = expected  \n \t \r \\ \" or \u{1F600}

3 errors
