# args: check
# exit: 1
H = 128
scan t in T { x = 1 }
fn f(x: f32[B]) -> f32[B] {
  const K = 3
  fn g(y: f32[B]) { y }
  minimize x over net with adam()
  log x
  x
}
layer L(I) {
  scan t in T { x = 1 }
  layer M(H) { W: f32[H] ~ zeros }
}
train t {
  fn f() { x }
  eval every 3 {
    repeat 4 { x = 3 }
  }
}
# ---
E0120_misplaced.ordo:1:1: error[E0120]: a declaration was expected here
  1 | H = 128
    | ^
    = expected  import, const, fn, layer, init, optimizer, extern, gradient, data or train
    = help: write  const H = ...  for a constant; statements stand inside a function

E0120_misplaced.ordo:2:1: error[E0120]: a declaration was expected here
  2 | scan t in T { x = 1 }
    | ^^^^
    = expected  import, const, fn, layer, init, optimizer, extern, gradient, data or train
    = help: statements stand inside a function

E0120_misplaced.ordo:4:3: error[E0120]: 'const' cannot stand in the body of a function
  4 |   const K = 3
    |   ^^^^^
    = help: a name in a body gets its value with = alone: x = ...

E0120_misplaced.ordo:5:3: error[E0120]: 'fn' cannot stand in the body of a function
  5 |   fn g(y: f32[B]) { y }
    |   ^^
    = help: declarations stand at the top of a file; methods stand in a layer, outside other functions

E0120_misplaced.ordo:6:3: error[E0120]: 'minimize' cannot stand here
  6 |   minimize x over net with adam()
    |   ^^^^^^^^
    = help: it belongs in the step of a training program

E0120_misplaced.ordo:7:3: error[E0120]: 'log' cannot stand here
  7 |   log x
    |   ^^^
    = help: it belongs in the step, or an eval, of a training program

E0120_misplaced.ordo:11:3: error[E0120]: 'scan' cannot stand among the members of a layer
  11 |   scan t in T { x = 1 }
     |   ^^^^
     = help: statements stand in its functions: fn (x: f32[B]) { ... }

E0120_misplaced.ordo:12:3: error[E0120]: a declaration cannot stand among the members of a layer
  12 |   layer M(H) { W: f32[H] ~ zeros }
     |   ^^^^^
     = help: declarations stand at the top of a file

E0120_misplaced.ordo:15:3: error[E0120]: a declaration cannot stand in a training program
  15 |   fn f() { x }
     |   ^^
     = help: declarations stand at the top of a file; a setting is written  name = value

E0120_misplaced.ordo:17:5: error[E0120]: 'repeat' cannot stand here
  17 |     repeat 4 { x = 3 }
     |     ^^^^^^
     = help: it belongs in the step of a training program

10 errors
