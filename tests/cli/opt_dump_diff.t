# args: opt {} --passes inline,simplify --dump-changed=diff
# exit: 0
fn f(x: f32[N]) -> f32[N] { (x * 1 + 0) * 3 }
# ---
# after 2: simplify
- %2: f32[N] = mul(x, 1)  at opt_dump_diff.ordo:1:30
- %4: f32[N] = add(%2, 0)  at opt_dump_diff.ordo:1:29
- %6: f32[N] = mul(%4, 3)  at opt_dump_diff.ordo:1:29
+ %2: f32[N] = mul(x, 3)  at opt_dump_diff.ordo:1:29
1 changed, 2 removed, 0 added, 1 the same

graph &0 "f" {
  %0: f32[N] = param(index=0) "x"
  %1: f32[N] = const(value=3)
  %2: f32[N] = mul(%0, %1)
  return %2
}
