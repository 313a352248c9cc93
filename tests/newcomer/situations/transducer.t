# args: check
# exit: 0
import alignment
fn loss(x: f32[B, T, U + 1, V], y: <V>[B, U], f: mask[B, T], l: bool[B, U]) -> f32 { mean(transducer_loss(x, y, f, l)) }
# ---
