# args: check {}
# exit: 1
import "secrets.txt"

fn f(x: f32) -> f32 { x }
# +++ secrets.txt
const password = hunter 2
# ---
E0108_import.ordo:1:8: error[E0108]: 'secrets.txt' is no spec
  1 | import "secrets.txt"
    |        ^^^^^^^^^^^^^
    = help: a spec with mistakes is shown when its name ends in '.ordo'

1 error
