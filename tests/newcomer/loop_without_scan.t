# args: check
# exit: 1
fn f(x: f32[B, T]) -> f32[B] {
  h = zeros(B)
  for t in T { h = h + x[:, t] }
  h
}
# ---
loop_without_scan.ordo:3:12: error[E0214]: a number known before the run is wanted here, not the size T
  3 |   for t in T { h = h + x[:, t] }
    |            ^
    = help: a loop over a size is a scan: scan t in T, h = first { ... }

1 error
