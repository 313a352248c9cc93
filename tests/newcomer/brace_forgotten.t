# args: check
# exit: 1
fn f(x: f32[B]) -> f32[B] {
  y = x * 2
  y

fn g(x: f32[B]) -> f32[B] { x }
# ---
brace_forgotten.ordo:1:27: error[E0111]: '{' is never closed
  1 | fn f(x: f32[B]) -> f32[B] {
    |                           ^
brace_forgotten.ordo:5:1: note: this declaration cannot stand inside it
  5 | fn g(x: f32[B]) -> f32[B] { x }
    | ^^

1 error
