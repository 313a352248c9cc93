# args: check
# exit: 1
fn f(x: f32[B], y: f32[C) -> f32[B] {
  a = exp(x
  b = [1, 2)
  a + b

layer L(I) {
  fn a(x: f32[B]) {
    if I > 0 {
      x
  }

  fn b(x: f32[B]) { x }
}
# ---
E0111_unclosed_bracket.ordo:1:23: error[E0111]: '[' is never closed
  1 | fn f(x: f32[B], y: f32[C) -> f32[B] {
    |                       ^
E0111_unclosed_bracket.ordo:1:25: note: ']' or ',' was expected before this
  1 | fn f(x: f32[B], y: f32[C) -> f32[B] {
    |                         ^

E0111_unclosed_bracket.ordo:1:37: error[E0111]: '{' is never closed
  1 | fn f(x: f32[B], y: f32[C) -> f32[B] {
    |                                     ^
E0111_unclosed_bracket.ordo:6:1: note: this declaration cannot stand inside it
  6 | layer L(I) {
    | ^^^^^

E0111_unclosed_bracket.ordo:3:3: error[E0110]: unexpected name 'b'
  3 |   b = [1, 2)
    |   ^
    = expected  an operator, ',' or ')'
E0111_unclosed_bracket.ordo:2:10: note: inside this bracket
  2 |   a = exp(x
    |          ^

E0111_unclosed_bracket.ordo:7:19: error[E0111]: '{' is never closed
   7 |   fn a(x: f32[B]) {
     |                   ^
E0111_unclosed_bracket.ordo:12:3: note: this declaration cannot stand inside it
  12 |   fn b(x: f32[B]) { x }
     |   ^^

4 errors
