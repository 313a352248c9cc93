# args: check
# exit: 0
import alignment
fn loss(x: f32[B, T, V], y: <V>[B, U], f: mask[B, T], l: bool[B, U]) -> f32 { mean(ctc_loss(x, y, f, l)) }
# ---
