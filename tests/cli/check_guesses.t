# args: check
# exit: 0
# Layers that nobody makes are checked with constants that are guessed; an assertion that a guess violates is no mistake.
layer Drop(p) {
  fn (x: f32[.., D]) -> f32[.., D] {
    assert p < 1, "a probability"
    x
  }
}
layer Pair(D, p) {
  a: Drop(p)
  w: f32[D] ~ ones
  fn (x: f32[B, D]) -> f32[B, D] { a(x) * w }
}
# ---
