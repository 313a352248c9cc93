# args: run {} Net "[[1, 2, 3]]" --seed 1
# exit: 0
import linear

layer Net(I = 3, H = 4) {
  a: Linear(I, H)
  b: Linear(H, 2)
  fn (x: f32[B, I]) -> f32[B, 2] { b(tanh(a(x))) }
}
# ---
[[-0.9494, 0.7994]]
