# args: diff {} new.ordo
# exit: 1
fn f(x: f32[T, B], h0: f32[B]) -> (f32[B], f32[T, B]) {
  scan t in T, h = h0 {
    h = tanh(0.5 * h + x[t, :])
    out[t, :] = h
  }
  (h, out)
}
# +++ new.ordo
fn f(x: f32[T, B], h0: f32[B], k: f32) -> (f32[B], f32[T, B]) {
  scan t in T, h = h0 {
    h = tanh(k * h + x[t, :])
    out[t, :] = h
  }
  (h, out)
}
# ---
--- diff_captured.ordo
+++ new.ordo
+ k: f32 = param()  at new.ordo:1:32
- %2: (f32[B], f32[T, B]) = scan(h0, x, length=T, carries=1, slices=1) t  at diff_captured.ordo:2:8
+ %3: (f32[B], f32[T, B]) = scan(h0, x, k, length=T, carries=1, slices=1) t  at new.ordo:2:8
  scan t  at diff_captured.ordo:2:8
+   k: f32 = param()
+   %4: f32[B] = broadcast(k, axes=[])  at new.ordo:3:14
-   %4: f32[B] = mul(h%1, 0.5)  at diff_captured.ordo:3:14
+   %5: f32[B] = mul(h%1, %4)  at new.ordo:3:14
2 changed, 0 removed, 3 added, 7 the same
