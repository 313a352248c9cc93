# args: check
# exit: 1
layer Net(H = 4) { w: f32[H] ~ ones
  fn (x: f32[B, H]) { x @ w } }
optimizer sgd(lr = 0.1) { fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] { w - lr * g } }

train t {
  net = Net()
  step {
    x[b, h] = uniform(0, 1) with b in 3, h in 4
    y = net(x)
    log y
    log hit = y[0] > 0
    log a = sum(y), a = mean(y)
    log "" = sum(y)
    scan t in 3, s = 0 { s = s + 1; log s }
  }
}
# ---
E0305_bad_log.ordo:10:9: error[E0305]: 'y' is f32[3], not a scalar number
  10 |     log y
     |         ^
     = help: log y = mean(...)

E0305_bad_log.ordo:11:15: error[E0305]: 'hit' is bool, not a scalar number
  11 |     log hit = y[0] > 0
     |               ^^^^^^^^
     = help: convert it: log hit = mean(f32(...))

E0305_bad_log.ordo:12:21: error[E0202]: 'a' is logged twice
  12 |     log a = sum(y), a = mean(y)
     |                     ^

E0305_bad_log.ordo:13:9: error[E0305]: what is logged needs a name
  13 |     log "" = sum(y)
     |         ^^

E0305_bad_log.ordo:14:41: error[E0305]: log cannot stand inside a scan
  14 |     scan t in 3, s = 0 { s = s + 1; log s }
     |                                         ^
     = help: carry or collect the value, and log it after the loop

5 errors
