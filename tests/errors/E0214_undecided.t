# args: run {} outer '[1, 2]'
# exit: 1
# Which branch is taken must be known when the program is made; both would be taken, one after the other.
fn inner(x: f32[N]) -> f32 {
  if N == 2 { y = 1.0 } else { y = 2.0 }
  y + x[0]
}
fn outer(x: f32[M]) -> f32 { inner(x) }
# ---
E0214_undecided.ordo:3:6: error[E0214]: this condition hangs on a size that is known only when the program runs
  3 |   if N == 2 { y = 1.0 } else { y = 2.0 }
    |      ^^^^^^
    = help: give the size by a constant or a parameter of type size; where(...) chooses between values while running

1 error
