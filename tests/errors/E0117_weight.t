# exit: 1
# args: check
# A function of a layer cannot change a weight: not by a tuple, a part, a loop's carry or what a loop collects.
layer Running {
  mean: f32    ~ zeros
  w:    f32[3] ~ ones
  fn (x: f32[B]) -> f32[B] {
    mean = 0.5 * mean + 0.5 * sum(x)
    x - mean
  }
  fn both(x: f32[B]) -> f32[B] {
    (mean, y) = (sum(x), x)
    y
  }
  fn part(x: f32) -> f32[3] {
    w[0] = x
    w
  }
  fn places(x: f32[3]) -> f32[3] {
    w[i] = 2 * x[i]
    w
  }
  fn carried(x: f32[3]) -> f32 {
    scan t in 3, mean = mean { mean = mean + x[t] }
    mean
  }
  fn in_loop(x: f32[3]) -> f32[3] {
    scan t in 3 {
      mean = x[t]
      y[t] = mean
    }
    y
  }
  fn collected(x: f32[3]) -> f32[3] {
    scan t in 3 { w[t] = x[t] }
    w
  }
  fn items(x: f32[3]) -> f32[3] {
    for i in 3 { w[i] = x[i] }
    x
  }
  fn chosen(x: f32[3]) -> f32 {
    if true { mean = sum(x) }
    mean
  }
  fn own(mean: f32) -> f32 {   # a parameter is a name of its own
    mean = 2 * mean
    mean
  }
}
# ---
E0117_weight.ordo:6:5: error[E0117]: 'mean' is a weight of the layer, which a function of the layer does not change
  6 |     mean = 0.5 * mean + 0.5 * sum(x)
    |     ^^^^
E0117_weight.ordo:3:3: note: declared here
  3 |   mean: f32    ~ zeros
    |   ^^^^
    = help: give a value of the function's own another name
    = help: what the layer keeps from step to step is declared so: state mean: ...

E0117_weight.ordo:10:6: error[E0117]: 'mean' is a weight of the layer, which a function of the layer does not change
  10 |     (mean, y) = (sum(x), x)
     |      ^^^^
E0117_weight.ordo:3:3: note: declared here
   3 |   mean: f32    ~ zeros
     |   ^^^^
     = help: give a value of the function's own another name
     = help: what the layer keeps from step to step is declared so: state mean: ...

E0117_weight.ordo:14:5: error[E0117]: 'w' is a weight of the layer, which a function of the layer does not change
  14 |     w[0] = x
     |     ^
E0117_weight.ordo:4:3: note: declared here
   4 |   w:    f32[3] ~ ones
     |   ^
     = help: give a value of the function's own another name
     = help: what the layer keeps from step to step is declared so: state w: ...

E0117_weight.ordo:18:5: error[E0117]: 'w' is a weight of the layer, which a function of the layer does not change
  18 |     w[i] = 2 * x[i]
     |     ^
E0117_weight.ordo:4:3: note: declared here
   4 |   w:    f32[3] ~ ones
     |   ^
     = help: give a value of the function's own another name
     = help: what the layer keeps from step to step is declared so: state w: ...

E0117_weight.ordo:22:18: error[E0117]: 'mean' is a weight of the layer, which a function of the layer does not change
  22 |     scan t in 3, mean = mean { mean = mean + x[t] }
     |                  ^^^^
E0117_weight.ordo:3:3: note: declared here
   3 |   mean: f32    ~ zeros
     |   ^^^^
     = help: give a value of the function's own another name
     = help: what the layer keeps from step to step is declared so: state mean: ...

E0117_weight.ordo:27:7: error[E0117]: 'mean' is a weight of the layer, which a function of the layer does not change
  27 |       mean = x[t]
     |       ^^^^
E0117_weight.ordo:3:3: note: declared here
   3 |   mean: f32    ~ zeros
     |   ^^^^
     = help: give a value of the function's own another name
     = help: what the layer keeps from step to step is declared so: state mean: ...

E0117_weight.ordo:33:19: error[E0117]: 'w' is a weight of the layer, which a function of the layer does not change
  33 |     scan t in 3 { w[t] = x[t] }
     |                   ^
E0117_weight.ordo:4:3: note: declared here
   4 |   w:    f32[3] ~ ones
     |   ^
     = help: give a value of the function's own another name
     = help: what the layer keeps from step to step is declared so: state w: ...

E0117_weight.ordo:37:18: error[E0117]: 'w' is a weight of the layer, which a function of the layer does not change
  37 |     for i in 3 { w[i] = x[i] }
     |                  ^
E0117_weight.ordo:4:3: note: declared here
   4 |   w:    f32[3] ~ ones
     |   ^
     = help: give a value of the function's own another name
     = help: what the layer keeps from step to step is declared so: state w: ...

E0117_weight.ordo:41:15: error[E0117]: 'mean' is a weight of the layer, which a function of the layer does not change
  41 |     if true { mean = sum(x) }
     |               ^^^^
E0117_weight.ordo:3:3: note: declared here
   3 |   mean: f32    ~ zeros
     |   ^^^^
     = help: give a value of the function's own another name
     = help: what the layer keeps from step to step is declared so: state mean: ...

9 errors
