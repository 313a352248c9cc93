# exit: 1
# args: check
layer One {
  w: f32 ~ ones
  fn (x: f32) -> f32 { w * x }
}

fn slope(net: layer, x: f32) -> f32 {
  g = grad(net(x), net.w)
  g
}

train p {
  teacher = One frozen
  step {
    log a = grad(teacher(2.0), teacher.w), b = slope(teacher, 2.0)
    l = teacher(2.0)
    scan t in 2 { g[t] = grad(l * f32(t), teacher.w) }
    x = 3.0
    log c = sum(g), d = grad(teacher(x), x)      # by an input: fine
  }
}
# ---
E0228_frozen.ordo:7:7: error[E0228]: there is no derivative by weights of a frozen model
   7 |   g = grad(net(x), net.w)
     |       ^^^^^^^^^^^^^^^^^^^
E0228_frozen.ordo:14:48: note: in this call of 'slope'
  14 |     log a = grad(teacher(2.0), teacher.w), b = slope(teacher, 2.0)
     |                                                ^^^^^^^^^^^^^^^^^^^

E0228_frozen.ordo:14:13: error[E0228]: there is no derivative by weights of a frozen model
  14 |     log a = grad(teacher(2.0), teacher.w), b = slope(teacher, 2.0)
     |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

E0228_frozen.ordo:16:26: error[E0228]: there is no derivative by weights of a frozen model
  16 |     scan t in 2 { g[t] = grad(l * f32(t), teacher.w) }
     |                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^

3 errors
