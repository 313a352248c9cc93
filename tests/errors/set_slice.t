# args: check
# exit: 1
# The first element, and the first half, of a set.
fn first(x: f32[B, {N}, D]) -> f32[B, D] { x[:, 0, :] }

fn changes(x: f32[B, {N}]) -> f32[B] {
  later = x[:, 1:]
  earlier = x[:, :N - 1]
  d = abs(later - earlier)
  r[b] = sum[n](d[b, n])
  r
}
# ---
set_slice.ordo:2:49: error[E0410]: a fixed place of the set {N} is taken
  2 | fn first(x: f32[B, {N}, D]) -> f32[B, D] { x[:, 0, :] }
    |                                                 ^
set_slice.ordo:2:10: note: the set {N} is declared here
  2 | fn first(x: f32[B, {N}, D]) -> f32[B, D] { x[:, 0, :] }
    |          ^^^^^^^^^^^^^^^^^
    = help: no element is the first: reduce over the elements, attend over them, choose one by argmax; or write as_sequence(x) if the order matters

set_slice.ordo:5:16: error[E0410]: a fixed place of the set {N} is taken
  5 |   later = x[:, 1:]
    |                ^^
set_slice.ordo:4:12: note: the set {N} is declared here
  4 | fn changes(x: f32[B, {N}]) -> f32[B] {
    |            ^^^^^^^^^^^^^^
    = help: no element is the first: reduce over the elements, attend over them, choose one by argmax; or write as_sequence(x) if the order matters

2 errors
