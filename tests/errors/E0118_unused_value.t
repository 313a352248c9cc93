# args: check
# exit: 1
fn f(x: f32[B]) -> f32[B] {
  y == x * 2
  z = x
    - y
  exp(x)
  scan t in T, h = x {
    h
  }
  y + z
}
# ---
E0118_unused_value.ordo:2:3: error[E0118]: nobody uses this value
  2 |   y == x * 2
    |   ^^^^^^^^^^
    = help: '==' compares; a name gets a value with '='

E0118_unused_value.ordo:4:5: error[E0118]: nobody uses this value
  4 |     - y
    |     ^^^
    = help: if it belongs to the line before, end that line with the operator

E0118_unused_value.ordo:5:3: error[E0118]: nobody uses this value
  5 |   exp(x)
    |   ^^^^^^
    = help: only the last expression of a function is its result; give this one a name, or remove it

E0118_unused_value.ordo:7:5: error[E0118]: nobody uses this value
  7 |     h
    |     ^
    = help: only the last expression of a function is its result; give this one a name, or remove it

4 errors
