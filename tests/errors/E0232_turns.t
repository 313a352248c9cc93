# args: check
# exit: 1
# The counter of a loop has no place of its own: the loop's is shown.
fn f(x: f32, y: f32[N]) -> f32 {
  scan t in 9999999999999, h = x { h = h + 1 }
  scan u in N { z[u] = y[u] + h }
  sum(z)
}
# ---
E0232_turns.ordo:3:8: error[E0232]: 9999999999999 does not fit an index of 32 bits
  3 |   scan t in 9999999999999, h = x { h = h + 1 }
    |        ^

1 error
