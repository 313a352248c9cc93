# args: run {} f "[1, 2147483648]"
# exit: 1
fn f(i: i32[N]) -> i32[N] { i }
# ---
argument 'i':1:5: error[E0807]: this number is no whole number of 32 bits
  1 | [1, 2147483648]
    |     ^^^^^^^^^^

1 error
