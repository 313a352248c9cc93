# args: diff {} new.ordo
# exit: 1
fn f(x: f32[N]) -> f32[N] { x + x }
# +++ new.ordo
fn f(x: f32[N], y: f32) -> f32[N] { x + x }
# ---
--- diff_unused_param.ordo
+++ new.ordo
+ y: f32 = param()  at new.ordo:1:17
0 changed, 0 removed, 1 added, 2 the same
