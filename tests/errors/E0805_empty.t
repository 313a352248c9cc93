# args: $(touch "$work/in/p.csv") run {} f p.csv
# exit: 1
fn f(x: f32[A, B]) -> f32 { sum(x) }
# ---
error[E0805]: 'p.csv', line 1, column 1: this is no row of numbers
    = expected  at least one row of numbers
    = got       none

1 error
