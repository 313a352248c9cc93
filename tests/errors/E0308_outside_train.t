# args: check
# exit: 1
fn f(x: f32[B]) -> f32[B] {
  minimize x over net with adam()
  log x
  x
}
train t {
  eval every 3 {
    repeat 4 { x = 3 }
  }
}
# ---
E0308_outside_train.ordo:2:3: error[E0308]: 'minimize' cannot stand here
  2 |   minimize x over net with adam()
    |   ^^^^^^^^
    = help: it belongs in the step of a training program

E0308_outside_train.ordo:3:3: error[E0308]: 'log' cannot stand here
  3 |   log x
    |   ^^^
    = help: it belongs in the step, or an eval, of a training program

E0308_outside_train.ordo:8:5: error[E0308]: 'repeat' cannot stand here
  8 |     repeat 4 { x = 3 }
    |     ^^^^^^
    = help: it belongs in the step of a training program

3 errors
