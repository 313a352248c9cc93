# args: check
# exit: 1
fn f(x: f32[B, T, H]) {
  scan t in T, h = zeros(B) { h = x[:, t, :] }
  h
}
fn g(x: f32[B, T]) {
  scan t in T, p = (zeros(B), zeros(B)) { p = (x[:, t], x[:, t], x[:, t]) }
  p
}
fn h(x: i32[B, T]) {
  scan t in T, s = zeros(B) { s = x[:, t] }
  s
}
# ---
E0219_carry_mismatch.ordo:2:31: error[E0219]: the carried value 'h' changes its type in the loop
  2 |   scan t in T, h = zeros(B) { h = x[:, t, :] }
    |                               ^
    = expected  f32[B], as before the first step
    = got       f32[B, H] after a step
E0219_carry_mismatch.ordo:2:16: note: 'h' gets its first value here
  2 |   scan t in T, h = zeros(B) { h = x[:, t, :] }
    |                ^^^^^^^^^^^^

E0219_carry_mismatch.ordo:6:43: error[E0219]: the carried value 'p' is another kind of tuple after a step
  6 |   scan t in T, p = (zeros(B), zeros(B)) { p = (x[:, t], x[:, t], x[:, t]) }
    |                                           ^

E0219_carry_mismatch.ordo:10:31: error[E0219]: the carried value 's' changes its type in the loop
  10 |   scan t in T, s = zeros(B) { s = x[:, t] }
     |                               ^
     = expected  f32[B], as before the first step
     = got       i32[B] after a step
E0219_carry_mismatch.ordo:10:16: note: 's' gets its first value here
  10 |   scan t in T, s = zeros(B) { s = x[:, t] }
     |                ^^^^^^^^^^^^

3 errors
