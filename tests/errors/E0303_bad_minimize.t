# args: check
# exit: 1
layer Net(H = 4) { w: f32[H] ~ ones
  fn (x: f32[B, H]) { x @ w } }
optimizer sgd(lr = 0.1) { fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] { w - lr * g } }

train t {
  net = Net()
  old = Net() frozen
  step {
    x[b, h] = uniform(0, 1) with b in 3, h in 4
    minimize net(x) over net with sgd()
    minimize mean(old(x)) over old with sgd()
    minimize mean(x) over net with sgd()
    minimize mean(net(x)) over x with sgd()
    loss = mean(net(x))
    minimize loss over net with sgd()
    minimize loss over net with sgd()
    scan t in 3, s = 0 { minimize mean(net(x)) over net with sgd(); s = s + 1 }
    minimize mean(net(x)) over net with adam()
  }
}
# ---
E0303_bad_minimize.ordo:10:14: error[E0303]: the loss is an f32 scalar, not f32[3]
  10 |     minimize net(x) over net with sgd()
     |              ^^^^^^
     = help: mean(...) or sum(...) makes one number of it

E0303_bad_minimize.ordo:11:32: error[E0303]: this model is frozen
  11 |     minimize mean(old(x)) over old with sgd()
     |                                ^^^
E0303_bad_minimize.ordo:7:3: note: declared here
   7 |   old = Net() frozen
     |   ^^^

E0303_bad_minimize.ordo:12:14: error[E0303]: the loss does not depend on the weights of 'net'
  12 |     minimize mean(x) over net with sgd()
     |              ^^^^^^^
     = help: a loss computed before an earlier minimize was computed from the old weights: compute it again

E0303_bad_minimize.ordo:13:32: error[E0303]: 'over' wants a model of the program or a part of one, not f32[3, 4]
  13 |     minimize mean(net(x)) over x with sgd()
     |                                ^
     = help: a layer of a model is allowed, an array of layers, and a weight: over net.trunk

E0303_bad_minimize.ordo:16:14: error[E0303]: the loss does not depend on the weights of 'net'
  16 |     minimize loss over net with sgd()
     |              ^^^^
     = help: a loss computed before an earlier minimize was computed from the old weights: compute it again

E0303_bad_minimize.ordo:17:26: error[E0303]: minimize cannot stand inside a scan
  17 |     scan t in 3, s = 0 { minimize mean(net(x)) over net with sgd(); s = s + 1 }
     |                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
     = help: repeat K { ... } repeats statements of a step, minimize among them

E0303_bad_minimize.ordo:18:41: error[E0201]: there is no optimizer 'adam'
  18 |     minimize mean(net(x)) over net with adam()
     |                                         ^^^^
     = help: the library has it: import optimizers

7 errors
