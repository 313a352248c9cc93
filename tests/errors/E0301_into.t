# args: check
# exit: 1
layer Net(H = 4) { w: f32[H] ~ ones
  fn (x: f32[B, H]) { x @ w } }

train t {
  net = Net()  from "net.safetensors" at 3 into trunk
  step { log w = sum(net.w) }
}
# ---
E0301_into.ordo:5:42: error[E0304]: 'at' wants a name in the file, not the number 3
  5 |   net = Net()  from "net.safetensors" at 3 into trunk
    |                                          ^

E0301_into.ordo:5:49: error[E0301]: 'net' has no such member with weights
  5 |   net = Net()  from "net.safetensors" at 3 into trunk
    |                                                 ^^^^^

2 errors
