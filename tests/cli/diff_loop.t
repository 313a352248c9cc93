# args: diff {} new.ordo f
# exit: 1
fn f(x: f32[T, B], h0: f32[B]) -> (f32[B], f32[T, B]) {
  scan t in T, h = h0 {
    h = tanh(0.5 * h + x[t, :])
    out[t, :] = h
  }
  (h, out)
}
# +++ new.ordo
fn f(x: f32[T, B], h0: f32[B]) -> (f32[B], f32[T, B]) {
  scan t in T, h = h0 {
    h = sigmoid(0.25 * h + x[t, :])
    out[t, :] = h
  }
  (h, out)
}
# ---
--- diff_loop.ordo
+++ new.ordo
  scan t  at diff_loop.ordo:2:8
-   %4: f32[B] = mul(h%1, 0.5)  at diff_loop.ordo:3:14
+   %4: f32[B] = mul(h%1, 0.25)  at new.ordo:3:17
-   h%6: f32[B] = tanh(%5)  at diff_loop.ordo:3:9
+   h%6: f32[B] = sigmoid(%5)  at new.ordo:3:9
2 changed, 0 removed, 0 added, 7 the same
