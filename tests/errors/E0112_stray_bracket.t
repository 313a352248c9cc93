# args: check
# exit: 1
fn f(x: f32[B]) -> f32[B] {
  y = exp(x))
  z = ]
  y
}
}
)
const H = 3
# ---
E0112_stray_bracket.ordo:2:13: error[E0112]: ')' closes nothing
  2 |   y = exp(x))
    |             ^

E0112_stray_bracket.ordo:3:7: error[E0112]: ']' closes nothing
  3 |   z = ]
    |       ^

E0112_stray_bracket.ordo:6:1: error[E0112]: '}' closes nothing
  6 | }
    | ^
    = help: the block was closed before; look for a '}' too many above

E0112_stray_bracket.ordo:7:1: error[E0112]: ')' closes nothing
  7 | )
    | ^

4 errors
