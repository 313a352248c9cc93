# args: diff {} new.ordo main
# exit: 1
fn part(x: f32[N]) -> f32[N] { tanh(x) * 2 }
fn main(x: f32[N]) -> f32[N] { part(part(x)) }
# +++ new.ordo
fn part(x: f32[N]) -> f32[N] { tanh(x) * 3 }
fn main(x: f32[N]) -> f32[N] { part(part(x)) }
# ---
--- diff_calls.ordo
+++ new.ordo
  call part  in part  at diff_calls.ordo:2:37
-   %3: f32[N] = mul(%1, 2)  at diff_calls.ordo:1:32
+   %3: f32[N] = mul(%1, 3)  at new.ordo:1:32
  call part  in part  at diff_calls.ordo:2:32  as above
2 changed, 0 removed, 0 added, 7 the same
