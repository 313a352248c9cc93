# args: check
# exit: 0
import linear
import norms
import transformer
layer Mixer(T, D, F) {
  n1: LayerNorm(D)
  n2: LayerNorm(D)
  tokens: FeedForward(T, F)
  channels: FeedForward(D, F)
  fn (x: f32[B, T, D]) -> f32[B, T, D] {
    x = x + transpose(tokens(transpose(n1(x))))
    x + channels(n2(x))
  }
}
# ---
