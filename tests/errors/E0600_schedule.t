# args: opt {} total --schedule=wrong.schedule -o /dev/null
# exit: 1
fn total(x: f32[N]) -> f32 { sum(x) }
# +++ wrong.schedule
apart h
split r
# ---
wrong.schedule:2:1: error[E0600]: a schedule: expected apart, recompute, together or set
  2 | split r
    | ^^^^^^^
    = help: lines are: apart NAME, recompute NAME, together NAME, NAME, set PASS.OPTION VALUE; # begins a comment

1 error
