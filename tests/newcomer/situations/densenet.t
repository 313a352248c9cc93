# args: check
# exit: 0
import conv
layer DenseBlock(I, G, L) {
  f: [i in L] Conv2d(I + i*G, G, 3)
  fn (x: f32[B, H, W, I]) -> f32[B, H, W, I + L*G] {
    for g in f { x = concat(x, relu(g(x))) }
    x
  }
}
# ---
