# exit: 1
# args: train -q
# With 'until' no turn is known to be the last one.
optimizer plain() { fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] { w - 0.125 * g } }
layer L { w: f32 ~ ones
  fn (x: f32[R]) { w * x } }
train p { m = L
  x: f32[1] ~ ones
  steps = 1
  step {
    repeat t in 3, n = 0.0 until n > 1 { minimize mean(m(x)) over m with plain
                    n = n + 1
                    c[t] = m.w }
    l = mean(m(x)) * sum(c)
    minimize l over m with plain
    log w = m.w } }
# ---
E0611_last_turn.ordo:13:5: error[E0611]: the loss has what it is differentiated by also from the last turn of a repeat with 'until'
  13 |     minimize l over m with plain
     |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
     = help: compute that value again after the repeat, or hand on stop_gradient(...)

1 error
