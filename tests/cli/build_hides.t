# args: build {} f --prefix=m -o never
# exit: 1
# libm.a would be found where a program is linked with -lm.
fn f(x: f32[N]) -> f32[N] { x + 1 }
# ---
error[E0710]: libm.a would stand in for a library of the system: --prefix gives another name

1 error
