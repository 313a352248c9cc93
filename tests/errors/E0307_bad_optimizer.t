# args: check
# exit: 1
layer Net(H = 4) { w: f32[H] ~ ones
  fn (x: f32[B, H]) { x @ w } }
optimizer a() { fn (w: f32[..], g: f32[..]) { w - g } }
optimizer b() { fn (w: f32[..], g: f32[..], step: f32, norm: f32) { sum(w) } }
optimizer c() { m: f32[..] ~ zeros
  fn (w: f32[..], g: f32[..], step: f32, norm: f32) { m = norm
    w - g } }
train t {
  net = Net()
  step {
    x[b, h] = uniform(0, 1) with b in 3, h in 4
    minimize mean(net(x)) over net with a()
    minimize mean(net(x)) over net with b()
    minimize mean(net(x)) over net with c()
    minimize mean(net(x)) over net with 3
  }
}
# ---
E0307_bad_optimizer.ordo:3:17: error[E0307]: the rule of an optimizer takes a weight, its gradient, the step and the norm
  3 | optimizer a() { fn (w: f32[..], g: f32[..]) { w - g } }
    |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

E0307_bad_optimizer.ordo:4:69: error[E0307]: the weight changes its type
   4 | optimizer b() { fn (w: f32[..], g: f32[..], step: f32, norm: f32) { sum(w) } }
     |                                                                     ^^^^^^
     = expected  f32[4]
     = got       f32
E0307_bad_optimizer.ordo:13:5: note: used here
  13 |     minimize mean(net(x)) over net with b()
     |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

E0307_bad_optimizer.ordo:6:55: error[E0307]: the state 'm' changes its type
   6 |   fn (w: f32[..], g: f32[..], step: f32, norm: f32) { m = norm
     |                                                       ^
     = expected  f32[4]
     = got       f32
E0307_bad_optimizer.ordo:14:5: note: used here
  14 |     minimize mean(net(x)) over net with c()
     |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

E0307_bad_optimizer.ordo:15:41: error[E0307]: an optimizer is a name or a call: adam(lr = 1e-3)
  15 |     minimize mean(net(x)) over net with 3
     |                                         ^

4 errors
