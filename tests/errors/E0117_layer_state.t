# args: check
# exit: 1
layer Running(D) {
  w: f32[D] ~ ones
  state mean: f32[D] ~ zeros
  state seen: i32 ~ zeros

  fn wrong(x: f32[B, D]) -> f32[B, D] {
    mean = x
    seen = 0.5
    w = mean
    x
  }

  fn loop(x: f32[T, D]) -> f32[D] {
    scan t in T, h = zeros(D) {
      mean = x[t, :]
      h = h + mean
    }
    h
  }

  fn carried(x: f32[T, D]) -> f32[D] {
    scan t in T, mean = mean { mean = x[t, :] }
    mean
  }

  fn one(x: f32) -> f32 { seen = seen + 1; x }
  fn each(x: f32[B]) -> f32[B] { y[b] = one(x[b]); y }
}

train t {
  net = Running(2)
  step {
    x[b, h] = uniform(0, 1) with b in 3, h in 2
    scan t in 3, h = 0.0 { h = h + sum(net.carried(x)) }
    minimize sum(net.w) + h over net.mean with sgd
    log h, d = sum(grad(sum(net.w * net.mean), net.mean))
  }
}

optimizer sgd(lr = 0.1) { fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] { w - lr * g } }
# ---
E0117_layer_state.ordo:7:5: error[E0117]: the state 'mean' changes its type
  7 |     mean = x
    |     ^^^^
    = expected  f32[2]
    = got       f32[B, 2]
E0117_layer_state.ordo:3:9: note: declared here
  3 |   state mean: f32[D] ~ zeros
    |         ^^^^

E0117_layer_state.ordo:8:5: error[E0206]: the number 0.5 is not a whole number, as i32 wants
  8 |     seen = 0.5
    |     ^^^^

E0117_layer_state.ordo:9:5: error[E0117]: 'w' is a weight of the layer, which a function of the layer does not change
  9 |     w = mean
    |     ^
E0117_layer_state.ordo:2:3: note: declared here
  2 |   w: f32[D] ~ ones
    |   ^
    = help: give a value of the function's own another name
    = help: what the layer keeps from step to step is declared so: state w: ...

E0117_layer_state.ordo:15:7: error[E0117]: the state 'mean' of a layer does not keep what a scan gives it
  15 |       mean = x[t, :]
     |       ^^^^
     = help: give it its value outside of the loop; in a step, repeat keeps states

E0117_layer_state.ordo:26:27: error[E0117]: the state 'seen' has one value, and this is computed at every place
  26 |   fn one(x: f32) -> f32 { seen = seen + 1; x }
     |                           ^^^^

E0117_layer_state.ordo:34:40: error[E0117]: the state 'mean' of a layer does not keep what a scan gives it
  34 |     scan t in 3, h = 0.0 { h = h + sum(net.carried(x)) }
     |                                        ^^^^^^^^^^^^^^
     = help: give it its value outside of the loop; in a step, repeat keeps states

E0117_layer_state.ordo:35:34: error[E0303]: 'mean' is a state of a layer, and no weight
  35 |     minimize sum(net.w) + h over net.mean with sgd
     |                                  ^^^^^^^^
E0117_layer_state.ordo:3:9: note: declared here
   3 |   state mean: f32[D] ~ zeros
     |         ^^^^

7 errors
