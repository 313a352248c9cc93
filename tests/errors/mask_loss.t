# args: check {}
# exit: 1
# A loss over all tokens, padding among them.
import losses

fn loss(logits: f32[B, T, V], y: <V>[B, T], real: mask[B, T]) -> f32 { sequence_cross_entropy(logits, y) }
# ---
models/lib/losses.ordo:15:3: error[E0413]: padding of the axis T is summed
  15 |   mean(nll)
     |   ^^^^^^^^^
mask_loss.ordo:4:45: note: the axis T is padded: this mask says so
   4 | fn loss(logits: f32[B, T, V], y: <V>[B, T], real: mask[B, T]) -> f32 { sequence_cross_entropy(logits, y) }
     |                                             ^^^^^^^^^^^^^^^^
models/lib/losses.ordo:13:17: note: its padding comes through 'lp'
  13 |   lp[b, t, v] = log_softmax[v](logits[b, t, v])
     |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
models/lib/losses.ordo:14:15: note: its padding comes through 'nll'
  14 |   nll[b, t] = -lp[b, t, y[b, t]]
     |               ^^^^^^^^^^^^^^^^^^
     = help: put 0 there first: sum[n](where(mask[b, n], x[b, n], 0))

1 error
