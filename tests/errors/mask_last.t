# args: check {}
# exit: 1
# The last place is no element where a row is shorter.
fn last(x: f32[B, T, D], there: mask[B, T]) -> f32[B, D] { x[:, T - 1, :] }
# ---
mask_last.ordo:2:65: error[E0413]: a fixed place of the axis T is taken, which may be padding
  2 | fn last(x: f32[B, T, D], there: mask[B, T]) -> f32[B, D] { x[:, T - 1, :] }
    |                                                                 ^^^^^
mask_last.ordo:2:26: note: the axis T is padded: this mask says so
  2 | fn last(x: f32[B, T, D], there: mask[B, T]) -> f32[B, D] { x[:, T - 1, :] }
    |                          ^^^^^^^^^^^^^^^^^
    = help: place 0 is an element where no row is empty; look others up by an index that the mask gives, such as argmax[n](where(mask[b, n], f32(n), -inf)) for the last one

1 error
