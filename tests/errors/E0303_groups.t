# args: check
# exit: 1
layer Part { W: f32[2, 2] ~ ones
  b: f32[2] ~ ones
  fn (x: f32[B, 2]) -> f32[B, 2] { x @ W + b } }
layer Net { a: Part
  more: [2] Part
  fn (x: f32[B, 2]) -> f32[B, 2] { more[1](more[0](a(x))) } }
optimizer sgd(lr = 0.1) { fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] { w - lr * g } }

train t {
  net = Net
  old = copy of net frozen
  step {
    x[b, h] = uniform(0, 1) with b in 3, h in 2
    minimize mean(net(x)) over net.a, net with sgd
    minimize mean(net(x)) over net.a.W, matrices(net.a) with sgd
    minimize mean(old(x)) over old.a.W with sgd
    minimize mean(net(x)) over others(net.a.W) with sgd
    minimize mean(net(x)) over matrices(x) with sgd
    minimize mean(net(x)) over net with sgd when x > 0
    minimize mean(net(x)) over net with sgd when step
    minimize mean(net(x)) over net with sgd every 2 when true
    move old to net with sgd when mean(x)
  }
}
# ---
E0303_groups.ordo:14:39: error[E0303]: the weight 'net.a.W' stands twice behind 'over'
  14 |     minimize mean(net(x)) over net.a, net with sgd
     |                                       ^^^

E0303_groups.ordo:15:50: error[E0303]: the weight 'net.a.W' stands twice behind 'over'
  15 |     minimize mean(net(x)) over net.a.W, matrices(net.a) with sgd
     |                                                  ^^^^^

E0303_groups.ordo:16:32: error[E0303]: this model is frozen
  16 |     minimize mean(old(x)) over old.a.W with sgd
     |                                ^^^^^^^
E0303_groups.ordo:11:3: note: declared here
  11 |   old = copy of net frozen
     |   ^^^

E0303_groups.ordo:17:5: error[E0303]: there are no weights to change
  17 |     minimize mean(net(x)) over others(net.a.W) with sgd
     |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

E0303_groups.ordo:18:41: error[E0303]: 'over' wants a model of the program or a part of one, not f32[3, 2]
  18 |     minimize mean(net(x)) over matrices(x) with sgd
     |                                         ^
     = help: a layer of a model is allowed, an array of layers, and a weight: over net.trunk

E0303_groups.ordo:19:50: error[E0303]: 'when' wants one bool, not bool[3, 2]
  19 |     minimize mean(net(x)) over net with sgd when x > 0
     |                                                  ^^^^^
     = help: any(...) or all(...) makes one of it

E0303_groups.ordo:20:50: error[E0303]: 'when' wants one bool, not f32
  20 |     minimize mean(net(x)) over net with sgd when step
     |                                                  ^^^^

E0303_groups.ordo:21:58: error[E0303]: an update has 'every' or 'when', not both
  21 |     minimize mean(net(x)) over net with sgd every 2 when true
     |                                                          ^^^^

E0303_groups.ordo:22:35: error[E0303]: 'when' wants one bool, not f32
  22 |     move old to net with sgd when mean(x)
     |                                   ^^^^^^^

9 errors
