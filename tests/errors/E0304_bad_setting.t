# args: check
# exit: 1
layer Net(H = 4) { w: f32[H] ~ ones
  fn (x: f32[B, H]) { x @ w } }
optimizer sgd(lr = 0.1) { fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] { w - lr * g } }

train t {
  net = Net() from 3
  k = 3 frozen
  steps = 0.5
  seed = -1
  net = Net()
  eval every 0 { log x = 1 }
}
# ---
E0304_bad_setting.ordo:5:7: error[E0304]: the program has no step
  5 | train t {
    |       ^

E0304_bad_setting.ordo:6:20: error[E0304]: 'from' wants the name of a file, not the number 3
  6 |   net = Net() from 3
    |                    ^

E0304_bad_setting.ordo:7:3: error[E0304]: 'from' and 'frozen' are for models, and 'k' is none
  7 |   k = 3 frozen
    |   ^^^^^^^^^^^^

E0304_bad_setting.ordo:8:11: error[E0304]: 'steps' is a whole number from 0, not the number 0.5
  8 |   steps = 0.5
    |           ^^^

E0304_bad_setting.ordo:9:10: error[E0304]: 'seed' is a whole number from 0, not the number -1
  9 |   seed = -1
    |          ^^

E0304_bad_setting.ordo:10:3: error[E0202]: 'net' is set twice
  10 |   net = Net()
     |   ^^^
E0304_bad_setting.ordo:6:3: note: the first time
   6 |   net = Net() from 3
     |   ^^^

E0304_bad_setting.ordo:11:14: error[E0304]: an eval every 0 steps
  11 |   eval every 0 { log x = 1 }
     |              ^

7 errors
