# args: check
# exit: 1
# Weights from a file of another program: each has a rule, and what a rule says has a meaning.
import linear

names some {
  "a.W" = "x.weight" transpose
  "a.b" = "x.{i}.bias"
  "b.W" = "y.weight" part 3 of 3
}

layer Net() {
  a: Linear(2, 3)
  b: Linear(3, 2)
}

train t {
  net   = Net() from "file.safetensors" names some
  other = Net() from "file.safetensors" names none
  steps = 1
  step { log loss = 0.0 }
}
# ---
E0304_names.ordo:4:7: error[E0304]: 'some' does not say where 'b.b' of 'net' comes from
  4 | names some {
    |       ^^^^
    = help: write  "b.b" = "name in the file"

E0304_names.ordo:6:11: error[E0304]: '{i}' is not in the model's name
  6 |   "a.b" = "x.{i}.bias"
    |           ^^^^^^^^^^^^

E0304_names.ordo:7:27: error[E0304]: there is no part 3 of 3: they count from 0
  7 |   "b.W" = "y.weight" part 3 of 3
    |                           ^

E0304_names.ordo:17:47: error[E0201]: there is no 'names none { ... }'
  17 |   other = Net() from "file.safetensors" names none
     |                                               ^^^^

4 errors
