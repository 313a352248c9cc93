# args: run {} Twice.again --json x=[1,2]
# exit: 0
# self(x) is the layer's own call operator.
layer Twice {
  by: f32 ~ full(3)
  fn (x: f32[N]) -> f32[N] { by * x }
  fn again(x: f32[N]) -> f32[N] { self(self(x)) }
}
# ---
{"result": [9, 18]}
