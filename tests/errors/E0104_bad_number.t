# args: check
# exit: 1
const A = .5
const B = 1_000
const C = 0x1F
const D = 1.2.3
const E = 12abc
const F = 1e
const G = 99999999999999999999
const H = 1e999
# ---
E0104_bad_number.ordo:1:11: error[E0104]: '.5' is not a number
  1 | const A = .5
    |           ^^
    = expected  a number such as 12, 0.5, 1e-3

E0104_bad_number.ordo:2:11: error[E0104]: '1_000' is not a number
  2 | const B = 1_000
    |           ^^^^^
    = expected  a number such as 12, 0.5, 1e-3

E0104_bad_number.ordo:3:11: error[E0104]: '0x1F' is not a number
  3 | const C = 0x1F
    |           ^^^^
    = expected  a number such as 12, 0.5, 1e-3

E0104_bad_number.ordo:4:11: error[E0104]: '1.2.3' is not a number
  4 | const D = 1.2.3
    |           ^^^^^
    = expected  a number such as 12, 0.5, 1e-3

E0104_bad_number.ordo:5:11: error[E0104]: '12abc' is not a number
  5 | const E = 12abc
    |           ^^^^^
    = expected  a number such as 12, 0.5, 1e-3

E0104_bad_number.ordo:6:11: error[E0104]: '1e' is not a number
  6 | const F = 1e
    |           ^^
    = expected  a number such as 12, 0.5, 1e-3

E0104_bad_number.ordo:7:11: error[E0104]: this number is too large
  7 | const G = 99999999999999999999
    |           ^^^^^^^^^^^^^^^^^^^^
    = help: whole numbers have 63 bits; write a float: 1e+20

E0104_bad_number.ordo:8:11: error[E0104]: this number is too large
  8 | const H = 1e999
    |           ^^^^^
    = help: write inf for infinity

8 errors
