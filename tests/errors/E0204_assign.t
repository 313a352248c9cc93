# args: check
fn partners(cost: f32[B, N, M]) -> <M>[B, N] { assign(cost) }
# ---
E0204_assign.ordo:1:48: error[E0204]: assign wants as many columns as rows
  1 | fn partners(cost: f32[B, N, M]) -> <M>[B, N] { assign(cost) }
    |                                                ^^^^^^^^^^^^
    = got       f32[B, N, M]
    = help: give the smaller side padding, and a cost to what is matched with it

1 error
