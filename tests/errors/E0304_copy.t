# args: check
# exit: 1
layer Net(H = 4) { w: f32[H] ~ ones
  fn (x: f32[B, H]) { x @ w } }

train t {
  early = copy of net
  net   = Net()
  steps = 10
  count = copy of steps
  part  = copy of net.w
  step { log a = sum(net.w) }
}
# ---
E0304_copy.ordo:5:19: error[E0304]: 'copy of' wants a model of the program that is declared before, or a part of one
  5 |   early = copy of net
    |                   ^^^
    = help: net = Net(64); teacher = copy of net

E0304_copy.ordo:8:19: error[E0304]: 'copy of' wants a model of the program that is declared before, or a part of one
  8 |   count = copy of steps
    |                   ^^^^^
    = help: net = Net(64); teacher = copy of net

E0304_copy.ordo:9:19: error[E0304]: 'copy of' wants a model of the program that is declared before, or a part of one
  9 |   part  = copy of net.w
    |                   ^^^^^
    = help: net = Net(64); teacher = copy of net

3 errors
