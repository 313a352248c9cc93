# args: check
# exit: 1
fn f(q: f32[B, H], m: f32[B, N, H]) { e[b, n] = sum[d](q * m[b, n, d]); e }
fn g(x: f32[B, N]) { y[b] = exp(x)[b, 0] + x; y }
fn h(x: f32[B, N]) { s = sum[n](x); s }
# ---
E0211_unsubscripted.ordo:1:56: error[E0211]: inside index notation a tensor needs subscripts: this one is f32[B, H]
  1 | fn f(q: f32[B, H], m: f32[B, N, H]) { e[b, n] = sum[d](q * m[b, n, d]); e }
    |                                                        ^^^^^^^^^^^^^^
E0211_unsubscripted.ordo:1:6: note: declared here
  1 | fn f(q: f32[B, H], m: f32[B, N, H]) { e[b, n] = sum[d](q * m[b, n, d]); e }
    |      ^
    = help: write an index for each of its 2 axes, as in x[b, n]

E0211_unsubscripted.ordo:2:29: error[E0211]: inside index notation a tensor needs subscripts: this one is f32[B, N]
  2 | fn g(x: f32[B, N]) { y[b] = exp(x)[b, 0] + x; y }
    |                             ^^^^^^^^^^^^^^^^
E0211_unsubscripted.ordo:2:6: note: declared here
  2 | fn g(x: f32[B, N]) { y[b] = exp(x)[b, 0] + x; y }
    |      ^
    = help: write an index for each of its 2 axes, as in x[b, n]

E0211_unsubscripted.ordo:3:33: error[E0211]: inside index notation a tensor needs subscripts: this one is f32[B, N]
  3 | fn h(x: f32[B, N]) { s = sum[n](x); s }
    |                                 ^
E0211_unsubscripted.ordo:3:6: note: declared here
  3 | fn h(x: f32[B, N]) { s = sum[n](x); s }
    |      ^
    = help: write an index for each of its 2 axes, as in x[b, n]

3 errors
