# exit: 1
# args: run {} descend 1
# What is carried comes from derivatives by w: turn t would need derivatives of order t.
fn descend(w: f32) -> f32[4] {
  scan t in 4, h = w {
    l = (h * w - 1) ** 2
    h = h - 0.1 * grad(l, w)
    y[t] = h
  }
  y
}
# ---
E0611_derivative_of_itself.ordo:5:19: error[E0611]: the loss has what it is differentiated by from turns before, through a carried value that is computed from this derivative
  5 |     h = h - 0.1 * grad(l, w)
    |                   ^^^^^^^^^^
    = help: differentiate by the carried value, or hand on stop_gradient(...) of what the loss needs

1 error
