# args: diff {}@inline {}@simplify
# exit: 1
fn f(x: f32[N]) -> f32[N] { (x * 1 + 0) * 3 }
# ---
--- diff_stages.ordo@inline
+++ diff_stages.ordo@simplify
- %2: f32[N] = mul(x, 1)  at diff_stages.ordo:1:30
- %4: f32[N] = add(%2, 0)  at diff_stages.ordo:1:29
- %6: f32[N] = mul(%4, 3)  at diff_stages.ordo:1:29
+ %2: f32[N] = mul(x, 3)  at diff_stages.ordo:1:29
1 changed, 2 removed, 0 added, 1 the same
