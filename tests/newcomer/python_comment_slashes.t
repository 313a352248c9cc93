# args: check
# exit: 1
fn f(x: f32[B]) -> f32[B] {
  // twice
  x * 2
}
# ---
python_comment_slashes.ordo:2:3: error[E0106]: a comment begins with #
  2 |   // twice
    |   ^^
    = help: every line of a comment has its own #; the quotient of sizes is written N / 2

1 error
