# args: check
# exit: 1
import decoding
import optimizers
import linear
layer Fixed {
  s: f32[3] ~ zeros
  fn start(x: <3>[B, P], mask: bool[B, P], T: size) -> (<3>[B], f32[B]) { (x[:, 0], zeros(B)) }
  fn next(y: <3>[B], h: f32[B]) -> (f32[B, 3], f32[B]) {
    z[b, v] = s[v] with b in B
    (z, h)
  }
  fn drawn(x: <3>[B, P], mask: bool[B, P]) { sample(self, x, mask, 4, end = 0, temperature = -1) }
}
fn few(x: f32[B, V]) { top_k(x, -2) }
fn fine(x: f32[B, V], k: i32) { top_k(x, k) }
fn rate(step: f32) -> f32 { step_decay(step, 1, 0.5, 0) }
layer Net() { a: Linear(2, 1)
  fn (x: f32[B, 2]) -> f32 { sum(a(x)) } }
train bad {
  net = Net()
  steps = 1
  step { minimize net(ones(1, 2)) over net with sgd(lr = warmup(step, 1, 10), clip_norm = -1) }
}
# ---
E0222_argument.ordo:11:46: error[E0222]: a temperature is at least 0
  11 |   fn drawn(x: <3>[B, P], mask: bool[B, P]) { sample(self, x, mask, 4, end = 0, temperature = -1) }
     |                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
models/lib/decoding.ordo:76:3: note: in 'sample'
  76 |   assert temperature >= 0, "a temperature is at least 0"
     |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

E0222_argument.ordo:13:24: error[E0222]: the k largest: at least 0
  13 | fn few(x: f32[B, V]) { top_k(x, -2) }
     |                        ^^^^^^^^^^^^
models/lib/decoding.ordo:31:3: note: in 'top_k'
  31 |   assert k >= 0, "the k largest: at least 0"
     |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

E0222_argument.ordo:15:29: error[E0222]: a rate falls every so many steps, more than 0
   15 | fn rate(step: f32) -> f32 { step_decay(step, 1, 0.5, 0) }
      |                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^
models/lib/optimizers.ordo:185:3: note: in 'step_decay'
  185 |   assert every > 0, "a rate falls every so many steps, more than 0"
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

models/lib/optimizers.ordo:31:15: error[E0222]: derivatives are cut to a length of at least 0
  31 |     w - lr * (clipped(g, norm, clip_norm) + weight_decay * w)
     |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^
models/lib/optimizers.ordo:17:3: note: in 'clipped'
  17 |   assert limit >= 0, "derivatives are cut to a length of at least 0"
     |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

4 errors
