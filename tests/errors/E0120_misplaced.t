# args: check
# exit: 1
H = 128
scan t in T { x = 1 }
fn f(x: f32[B]) -> f32[B] {
  const K = 3
  fn g(y: f32[B]) { y }
  x
}
layer L(I) {
  scan t in T { x = 1 }
  layer M(H) { W: f32[H] ~ zeros }
}
train t {
  fn f() { x }
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

E0120_misplaced.ordo:9:3: error[E0120]: 'scan' cannot stand among the members of a layer
  9 |   scan t in T { x = 1 }
    |   ^^^^
    = help: statements stand in its functions: fn (x: f32[B]) { ... }

E0120_misplaced.ordo:10:3: error[E0120]: a declaration cannot stand among the members of a layer
  10 |   layer M(H) { W: f32[H] ~ zeros }
     |   ^^^^^
     = help: declarations stand at the top of a file

E0120_misplaced.ordo:13:3: error[E0120]: a declaration cannot stand in a training program
  13 |   fn f() { x }
     |   ^^
     = help: declarations stand at the top of a file; a setting is written  name = value

7 errors
