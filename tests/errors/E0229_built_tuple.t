# args: check
# exit: 1
# 'y[i] = e' in a loop gives each turn's item once.
fn twice(x: f32[B]) {
  for i in 3 {
    y[i] = x
    y[i] = x + 1
  }
  y
}

fn sometimes(x: f32[B]) {
  for i in 3 {
    if i > 0 { y[i] = x }
  }
  y
}
# ---
E0229_built_tuple.ordo:5:5: error[E0229]: item 1 of 'y' is given in turn 0 of the loop
  5 |     y[i] = x + 1
    |     ^^^^
    = help: each turn gives its item once

E0229_built_tuple.ordo:12:16: error[E0229]: item 0 of 'y' is given in turn 1 of the loop
  12 |     if i > 0 { y[i] = x }
     |                ^^^^
     = help: each turn gives its item once

2 errors
