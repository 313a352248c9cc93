# args: check
# exit: 1
fn f(values: f32[B]) { valus + 1 }
fn g(x: f32[B]) { gelu(x) }
fn h(x: f32[B]) { y[b] = x[b]; y * b }
layer L(I) { W: f32[I, O] ~ zeros
  fn (x: f32[I]) { x } }
layer M(I) { a: Linaer(I)
  fn (x: f32[I]) { x } }
# ---
E0201_unknown_name.ordo:1:24: error[E0201]: 'valus' is not defined
  1 | fn f(values: f32[B]) { valus + 1 }
    |                        ^^^^^
    = help: did you mean 'values'?

E0201_unknown_name.ordo:2:19: error[E0201]: there is no function 'gelu'
  2 | fn g(x: f32[B]) { gelu(x) }
    |                   ^^^^
    = help: it is written so: 0.5 * x * (1 + erf(x / sqrt(2)))

E0201_unknown_name.ordo:3:36: error[E0201]: 'b' is not defined
  3 | fn h(x: f32[B]) { y[b] = x[b]; y * b }
    |                                    ^

E0201_unknown_name.ordo:4:24: error[E0201]: 'O' is not defined
  4 | layer L(I) { W: f32[I, O] ~ zeros
    |                        ^

E0201_unknown_name.ordo:6:17: error[E0201]: there is no layer 'Linaer'
  6 | layer M(I) { a: Linaer(I)
    |                 ^^^^^^

5 errors
