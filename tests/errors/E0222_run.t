# args: run {} f "[1, 2]" -1
# exit: 1
import decoding
fn f(x: f32[V], t: f32) -> f32[V] { tempered(x, t) }
# ---
models/lib/temperature.ordo:4:10: error[E0222]: a temperature is at least 0
  4 |   assert temperature >= 0, "a temperature is at least 0"
    |          ^^^^^^^^^^^^^^^^

1 error
