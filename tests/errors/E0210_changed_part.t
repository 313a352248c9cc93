# args: check
# exit: 1
# Parts of tensors that get a new value: their places and what replaces them.
fn far(x: f32[3, N]) {
  x[3, :] = 0
  x
}

fn shape(x: f32[3, N], y: f32[N, 3]) {
  x[0, :] = y
  x
}

fn kind(x: f32[3, N], k: i32) {
  x[k + 1, :] = 0
  x
}

fn places(x: f32[3, N]) {
  x[0] = 0
  x
}

fn late(x: f32[T, B]) {
  scan t in T, k = zeros(T, B) {
    k[t + 1, :] = x[t, :]
  }
  k
}
# ---
E0210_changed_part.ordo:3:5: error[E0210]: this place is not known to lie in an axis of 3
  3 |   x[3, :] = 0
    |     ^

E0210_changed_part.ordo:8:3: error[E0203]: the right side does not fit the part that it replaces
  8 |   x[0, :] = y
    |   ^^^^^^^
    = expected  f32[N]
    = got       f32[N, 3]

E0210_changed_part.ordo:13:5: error[E0224]: a place of a changed part is a number, a range or one index <3>, not i32
  13 |   x[k + 1, :] = 0
     |     ^^^^^
     = help: where(...) changes a tensor at places that differ from row to row

E0210_changed_part.ordo:18:3: error[E0205]: f32[3, N] takes 2 places, not 1
  18 |   x[0] = 0
     |   ^^^^

E0210_changed_part.ordo:24:7: error[E0210]: this place is not known to lie in an axis of T
  24 |     k[t + 1, :] = x[t, :]
     |       ^^^^^

5 errors
