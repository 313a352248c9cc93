# exit: 1
# args: check
# A scan keeps a state of a program or of an optimizer only as a carry.
import optimizers

layer One {
  w: f32 ~ ones
  fn (x: f32) -> f32 { w * x }
}

optimizer slow(lr = 0.1) {
  v: f32[..] ~ zeros
  fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] {
    scan k in 3 {
      v = 0.9 * v + g
      last[k] = sum(v)
    }
    w - lr * v
  }
}

train p {
  net = One
  c: f32 ~ zeros
  step {
    scan t in 3 {
      c = c + 1
      y[t] = c
    }
    scan t in 3, c = c { c = c + 1 }   # kept
    repeat 2 {
      c = c + 1                        # kept
      minimize net(c) over net with slow
    }
    log c, y = sum(y)
  }
}
# ---
E0117_state.ordo:13:7: error[E0117]: the state 'v' does not keep what a scan gives it
  13 |       v = 0.9 * v + g
     |       ^
     = help: carry it: scan t in T, v = v { ... }; it keeps the last value

E0117_state.ordo:25:7: error[E0117]: the state 'c' does not keep what a scan gives it
  25 |       c = c + 1
     |       ^
     = help: carry it: scan t in T, c = c { ... }; it keeps the last value

2 errors
