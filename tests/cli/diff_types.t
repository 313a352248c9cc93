# args: diff {} new.ordo
# exit: 1
fn f(x: f32[N, 3]) -> f32[N, 3] { x * 2 }
# +++ new.ordo
fn f(x: f32[N, 4]) -> f32[N, 4] { x * 2 }
# ---
--- diff_types.ordo
+++ new.ordo
- x: f32[N, 3] = param()  at diff_types.ordo:1:6
+ x: f32[N, 4] = param()  at new.ordo:1:6
- %2: f32[N, 3] = mul(x, 2)  at diff_types.ordo:1:35
+ %2: f32[N, 4] = mul(x, 2)  at new.ordo:1:35
2 changed, 0 removed, 0 added, 0 the same
