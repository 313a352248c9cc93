# args: check {}
# exit: 1
# Options of decoding that are not what they may be, given as numbers; given as arguments they are checked at the call.
import decoding

layer Fixed {
  s: f32[3] ~ zeros
  fn start(x: <3>[B, P], mask: bool[B, P], T: size) -> (<3>[B], f32[B]) { (x[:, 0], zeros(B)) }
  fn next(y: <3>[B], h: f32[B]) -> (f32[B, 3], f32[B]) {
    z[b, v] = s[v] with b in B
    (z, h)
  }
  fn none(x: <3>[B, P], m: bool[B, P]) { beam(self, x, m, 3, end = 0, W = 0) }
  fn endless(x: <3>[B, P], m: bool[B, P]) { beam(self, x, m, 3, end = 0, alpha = inf) }
  fn unknown(x: <3>[B, P], m: bool[B, P]) { beam(self, x, m, 3, end = 0, alpha = nan) }
  fn fewer(x: <3>[B, P], m: bool[B, P]) { sample(self, x, m, 3, end = 0, k = -1) }
  fn share(x: <3>[B, P], m: bool[B, P]) { sample(self, x, m, 3, end = 0, nucleus = true, share = nan) }
  fn cold(x: <3>[B, P], m: bool[B, P]) { sample(self, x, m, 3, end = 0, temperature = -0.5) }
}
# ---
E0222_decoding.ordo:12:45: error[E0222]: the length penalty is finite
   12 |   fn endless(x: <3>[B, P], m: bool[B, P]) { beam(self, x, m, 3, end = 0, alpha = inf) }
      |                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
models/lib/decoding.ordo:167:3: note: in 'beam'
  167 |   assert alpha > -inf and alpha < inf, "the length penalty is finite"
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

E0222_decoding.ordo:13:45: error[E0222]: the length penalty is finite
   13 |   fn unknown(x: <3>[B, P], m: bool[B, P]) { beam(self, x, m, 3, end = 0, alpha = nan) }
      |                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
models/lib/decoding.ordo:167:3: note: in 'beam'
  167 |   assert alpha > -inf and alpha < inf, "the length penalty is finite"
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

E0222_decoding.ordo:15:43: error[E0222]: a probability is from 0 to 1
  15 |   fn share(x: <3>[B, P], m: bool[B, P]) { sample(self, x, m, 3, end = 0, nucleus = true, share = nan) }
     |                                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
models/lib/decoding.ordo:78:3: note: in 'sample'
  78 |   assert share >= 0 and share <= 1, "a probability is from 0 to 1"
     |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

E0222_decoding.ordo:16:42: error[E0222]: a temperature is at least 0
  16 |   fn cold(x: <3>[B, P], m: bool[B, P]) { sample(self, x, m, 3, end = 0, temperature = -0.5) }
     |                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
models/lib/decoding.ordo:76:3: note: in 'sample'
  76 |   assert temperature >= 0, "a temperature is at least 0"
     |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

models/lib/decoding.ordo:77:10: error[E0222]: the k largest: at least 0
  77 |   assert k >= 0, "the k largest: at least 0"
     |          ^^^^^^
models/lib/decoding.ordo:77:3: note: in 'sample'
  77 |   assert k >= 0, "the k largest: at least 0"
     |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
E0222_decoding.ordo:14:43: note: in this call of 'sample'
  14 |   fn fewer(x: <3>[B, P], m: bool[B, P]) { sample(self, x, m, 3, end = 0, k = -1) }
     |                                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

models/lib/decoding.ordo:166:10: error[E0222]: a search keeps one sequence at least
  166 |   assert W >= 1, "a search keeps one sequence at least"
      |          ^^^^^^
models/lib/decoding.ordo:166:3: note: in 'beam'
  166 |   assert W >= 1, "a search keeps one sequence at least"
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
E0222_decoding.ordo:11:42: note: in this call of 'beam'
   11 |   fn none(x: <3>[B, P], m: bool[B, P]) { beam(self, x, m, 3, end = 0, W = 0) }
      |                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

6 errors
