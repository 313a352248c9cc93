# args: run {} Net.agrees "[[0, 3, 4, 5], [7, 8, 9, 10]]" "[[false, true, true, true], [true, true, true, true]]"
# exit: 0
# The cache of keys and values changes nothing: the same tokens in one pass have the same log-probabilities, with
# padding in front as without, for groups of heads, rotary and learned positions.
import transformer
import decoding

layer Net() {
  modern: Decoder(16, 32, 2, groups = 2, norm = "rms", act = "swiglu", bias = false)
  gpt2:   Decoder(16, 32, 2, act = "gelu_tanh", position = "learned", places = 32, tied = true)

  fn differ(d: layer, x: <16>[B, P], mask: bool[B, P]) -> f32 {
    (y, real, lp) = sample(d, x, mask, 6, 99)
    yes[b, t] = true with b in B, t in 6
    again = d.logp(concat(x, y), concat(mask, yes))
    max(abs(again[:, P - 1:] - lp))
  }
  fn agrees(x: <16>[B, P], mask: bool[B, P]) {
    (differ(modern, x, mask) < 1e-4, differ(gpt2, x, mask) < 1e-4)
  }
}
# ---
result1 = true
result2 = true
