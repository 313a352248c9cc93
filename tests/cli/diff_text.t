# args: diff {} new.ordo --format txt
# exit: 1
fn f(x: f32[N]) -> f32[N] { x + 1 }
# +++ new.ordo
fn f(x: f32[N]) -> f32[N] { x - 1 }
# ---
--- diff_text.ordo
+++ new.ordo
- %2: f32[N] = add(x, 1)  at diff_text.ordo:1:29
+ %2: f32[N] = sub(x, 1)  at new.ordo:1:29
- return %2
+ return %2
0 changed, 1 removed, 1 added, 1 the same
