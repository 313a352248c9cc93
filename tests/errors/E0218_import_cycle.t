# args: check
# exit: 1
import a
fn f(x: f32) { x }
# +++ a.ordo
import b
# +++ b.ordo
import a
# ---
b.ordo:1:8: error[E0218]: this import closes a circle
  1 | import a
    |        ^
a.ordo:1:8: note: which is imported here
  1 | import b
    |        ^

1 error
