# args: check
# exit: 1
import a
fn f(x: f32) { x }
const K = 3
layer K(H) { fn (x: f32[H]) { x } }
# +++ a.ordo
fn f(x: f32) { x * 2 }
# ---
E0202_two_files.ordo:2:4: error[E0202]: 'f' is defined twice
  2 | fn f(x: f32) { x }
    |    ^
a.ordo:1:4: note: the first definition
  1 | fn f(x: f32) { x * 2 }
    |    ^

E0202_two_files.ordo:4:7: error[E0202]: 'K' is defined twice
  4 | layer K(H) { fn (x: f32[H]) { x } }
    |       ^
E0202_two_files.ordo:3:7: note: the first definition
  3 | const K = 3
    |       ^

2 errors
