# args: check
# exit: 1
# A pointer into the set used as a number, and to look up something else.
fn number(x: f32[B, {N}]) -> f32[B] {
  k[b] = argmax[n](x[b, n])
  f32(i32(k)) / size(N)
}

fn elsewhere(x: f32[B, {N}], table: f32[N, D]) -> f32[B, D] {
  k[b] = argmax[n](x[b, n])
  y[b, d] = table[k[b], d]
  y
}
# ---
set_pointer.ordo:4:3: error[E0411]: an index into the set {N} is used as a number
  4 |   f32(i32(k)) / size(N)
    |   ^^^^^^^^^^^
set_pointer.ordo:2:11: note: the set {N} is declared here
  2 | fn number(x: f32[B, {N}]) -> f32[B] {
    |           ^^^^^^^^^^^^^^
set_pointer.ordo:3:10: note: its elements come through 'k'
  3 |   k[b] = argmax[n](x[b, n])
    |          ^^^^^^^^^^^^^^^^^^
    = help: an index into a set may look up (x[k]) and be compared for equality; its number has no meaning. Look up what you need of the element instead

set_pointer.ordo:9:13: error[E0410]: an index into the set {N} looks up another axis, whose places have an order
  9 |   y[b, d] = table[k[b], d]
    |             ^^^^^^^^^^^^^^
set_pointer.ordo:7:14: note: the set {N} is declared here
  7 | fn elsewhere(x: f32[B, {N}], table: f32[N, D]) -> f32[B, D] {
    |              ^^^^^^^^^^^^^^
set_pointer.ordo:8:10: note: its elements come through 'k'
  8 |   k[b] = argmax[n](x[b, n])
    |          ^^^^^^^^^^^^^^^^^^
set_pointer.ordo:7:30: note: the places of 'table' have an order
  7 | fn elsewhere(x: f32[B, {N}], table: f32[N, D]) -> f32[B, D] {
    |                              ^^^^^^^^^^^^^^^^
    = help: look up an axis of the same set; a pointer has no meaning elsewhere

2 errors
