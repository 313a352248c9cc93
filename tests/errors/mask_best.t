# args: check {}
# exit: 1
# The best of all places may be padding.
fn best(x: f32[B, {N}, D], score: f32[B, {N}], there: mask[B, {N}]) -> f32[B, D] {
  k[b] = argmax[n](score[b, n])
  y[b, d] = x[b, k[b], d]
  y
}
# ---
mask_best.ordo:3:10: error[E0413]: padding of the axis N may be what is found
  3 |   k[b] = argmax[n](score[b, n])
    |          ^^^^^^^^^^^^^^^^^^^^^^
mask_best.ordo:2:48: note: the axis N is padded: this mask says so
  2 | fn best(x: f32[B, {N}, D], score: f32[B, {N}], there: mask[B, {N}]) -> f32[B, D] {
    |                                                ^^^^^^^^^^^^^^^^^^^
    = help: put -inf there first (inf for argmin): argmax[n](where(mask[b, n], x[b, n], -inf))

1 error
