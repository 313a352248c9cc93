# args: check
# exit: 0
import alignment
layer Tagger(V, D) { crf: CRF(V)
  E: f32[D, V] ~ normal(0.1)
  fn loss(x: f32[B, T, D], y: <V>[B, T], m: mask[B, T]) -> f32 { mean(crf.loss(x @ E, y, m)) } }
# ---
