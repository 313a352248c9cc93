# args: check
# exit: 1
layer Line(N) {
  w: f32[N] ~ zeros
  b: f32 ~ zeros
  fn (x: f32[N]) -> f32 { sum(w * x) + b }
  fn few(x: f32[N]) -> f32 { self(x) with w }
  fn turned(x: f32[N]) -> f32 { self(x) with (b, w) }
  fn none(x: f32[N]) -> f32 { sum(x) with weights(self) }
  fn value(x: f32[N]) -> f32 { y = x with weights(self); sum(y) }
  fn of_what(x: f32[N]) { weights(x) }
  fn lengths(x: f32[N]) { weights(self) - (1.0, 2.0, 3.0) }
}
layer Net { f: Line(3); fn (x: f32[3]) -> f32 { f(x) } }
# ---
E0215_weights.ordo:5:43: error[E0215]: these are no weights of Line(N)
  5 |   fn few(x: f32[N]) -> f32 { self(x) with w }
    |                                           ^
    = expected  a layer of the same kind, or a tuple of 2 values, as weights(...) gives it
    = got       f32[N]

E0215_weights.ordo:6:46: error[E0215]: these are no weights of Line(N)
  6 |   fn turned(x: f32[N]) -> f32 { self(x) with (b, w) }
    |                                              ^^^^^^
    = expected  f32[N] for 'w'
    = got       f32
E0215_weights.ordo:2:3: note: declared here
  2 |   w: f32[N] ~ zeros
    |   ^

E0215_weights.ordo:7:31: error[E0215]: 'with' gives other weights to a layer, or to the layer of a call
  7 |   fn none(x: f32[N]) -> f32 { sum(x) with weights(self) }
    |                               ^^^^^^

E0215_weights.ordo:8:36: error[E0215]: 'with' gives other weights to a layer, or to the layer of a call
  8 |   fn value(x: f32[N]) -> f32 { y = x with weights(self); sum(y) }
    |                                    ^

E0215_weights.ordo:9:27: error[E0215]: 'weights' wants a layer, not f32[N]
  9 |   fn of_what(x: f32[N]) { weights(x) }
    |                           ^^^^^^^^^^

E0215_weights.ordo:10:27: error[E0229]: tuples of 2 and 3 items
  10 |   fn lengths(x: f32[N]) { weights(self) - (1.0, 2.0, 3.0) }
     |                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

6 errors
