# args: check
# exit: 0
import decoding
import transformer
fn ratio_error(net: layer, x: <V>[B, P], m: bool[B, P]) -> f32 {
  (y, real, logp, drawn) = rollout(net, x, m, 5, 0, nucleus = true, share = 0.8)
  max(abs(logp))
}
# ---
