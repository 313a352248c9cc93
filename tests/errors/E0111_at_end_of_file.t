# args: check
# exit: 1
layer L(I) {
  W: f32[I] ~ zeros
  fn (x: f32[B, I]) -> f32[B] {
    y[b] = sum[i](x[b, i] * W[i]
    y
# ---
E0111_at_end_of_file.ordo:3:31: error[E0111]: '{' is never closed
  3 |   fn (x: f32[B, I]) -> f32[B] {
    |                               ^
E0111_at_end_of_file.ordo:6:1: note: the file ends here
  6 |
    | ^

E0111_at_end_of_file.ordo:4:18: error[E0111]: '(' is never closed
  4 |     y[b] = sum[i](x[b, i] * W[i]
    |                  ^
E0111_at_end_of_file.ordo:5:5: note: ')' or ',' was expected before this
  5 |     y
    |     ^

2 errors
