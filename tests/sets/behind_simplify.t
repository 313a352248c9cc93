# args: opt {} order --passes=inline,grad,simplify,sets -o /dev/null
# exit: 0
# What is proved before a pass, or given up on purpose, stays so behind it: simplify takes as_sequence out.
fn order(x: f32[B, {N}]) -> f32[B] {
  s = as_sequence(x)
  first[b] = s[b, 0]
  first
}
# ---
