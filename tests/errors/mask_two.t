# args: check {}
# exit: 1
# Two masks of one axis: which of them tells what is padding in x?
fn both(x: f32[B, {N}], there: mask[B, {N}], seen: mask[B, {N}]) -> f32[B] {
  s[b] = sum[n](where(there[b, n] and seen[b, n], x[b, n], 0))
  s
}
# ---
mask_two.ordo:2:25: error[E0413]: there are two masks of the axis N
  2 | fn both(x: f32[B, {N}], there: mask[B, {N}], seen: mask[B, {N}]) -> f32[B] {
    |                         ^^^^^^^^^^^^^^^^^^^
mask_two.ordo:2:25: note: the axis N is padded: this mask says so
  2 | fn both(x: f32[B, {N}], there: mask[B, {N}], seen: mask[B, {N}]) -> f32[B] {
    |                         ^^^^^^^^^^^^^^^^^^^
    = help: one mask tells what is padding of an axis: give the extents names of their own, or declare the other mask as bool

1 error
