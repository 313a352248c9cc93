# args: check
# exit: 1
fn f(x: f32[.., N, ..]) -> f32[.., N] {
  x[.., n] + x[n, ..]
}
# ---
E0121_two_rests.ordo:1:20: error[E0121]: '..' stands first or not at all
  1 | fn f(x: f32[.., N, ..]) -> f32[.., N] {
    |                    ^^
    = help: '..' is all leading axes; the axes after it are written one by one

E0121_two_rests.ordo:2:19: error[E0121]: '..' stands first or not at all
  2 |   x[.., n] + x[n, ..]
    |                   ^^
    = help: '..' is all leading axes; the axes after it are written one by one

2 errors
