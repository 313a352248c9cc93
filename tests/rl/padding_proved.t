# args: check
# exit: 1
# rl.ordo's functions are proved free of padding; these three variants of them are refused: advantages that begin at padding, a mean over all places,
# a last token that is the last place.
import rl

fn gae_of_all(r: f32[B, T], v: f32[B, T], ym: mask[B, T]) -> f32[B, T] {
  scan t in T reversed, a = zeros(B), ahead = zeros(B) {
    a = r[:, t] + ahead - v[:, t] + 0.95 * a
    ahead = v[:, t]
    adv[:, t] = a
  }
  where(ym, adv, 0)
}

fn whiten_all(x: f32[B, T], ym: mask[B, T]) -> f32[B, T] { where(ym, x - mean(x), 0) }

fn at_last_place(score: f32[B], ym: mask[B, T]) -> f32[B, T] {
  r[b, t] = where(t == T - 1, score[b], 0)
  r
}

fn fine(r: f32[B, T], v: f32[B, T], ym: mask[B, T]) -> (f32[B, T], f32) {
  (a, ret) = gae(r, v, ym)
  w = whiten(a, ym)
  (w, policy_loss(v, v, w, ym, count(ym)))
}
# ---
padding_proved.ordo:6:8: error[E0413]: the loop begins with the padding of the axis T and hands on what it makes of it
  6 |   scan t in T reversed, a = zeros(B), ahead = zeros(B) {
    |        ^
padding_proved.ordo:5:43: note: the axis T is padded: this mask says so
  5 | fn gae_of_all(r: f32[B, T], v: f32[B, T], ym: mask[B, T]) -> f32[B, T] {
    |                                           ^^^^^^^^^^^^^^
    = help: keep the state there: h = where(mask[b, t], new, h)

padding_proved.ordo:14:74: error[E0413]: padding of the axis T is summed
  14 | fn whiten_all(x: f32[B, T], ym: mask[B, T]) -> f32[B, T] { where(ym, x - mean(x), 0) }
     |                                                                          ^^^^^^^
padding_proved.ordo:14:29: note: the axis T is padded: this mask says so
  14 | fn whiten_all(x: f32[B, T], ym: mask[B, T]) -> f32[B, T] { where(ym, x - mean(x), 0) }
     |                             ^^^^^^^^^^^^^^
     = help: put 0 there first: sum[n](where(mask[b, n], x[b, n], 0))

padding_proved.ordo:17:19: error[E0413]: the extent T is used as a number: it counts padding, too
  17 |   r[b, t] = where(t == T - 1, score[b], 0)
     |                   ^^^^^^^^^^
padding_proved.ordo:16:33: note: the axis T is padded: this mask says so
  16 | fn at_last_place(score: f32[B], ym: mask[B, T]) -> f32[B, T] {
     |                                 ^^^^^^^^^^^^^^
     = help: count elements: max(sum[n](f32(mask[b, n])), 1) is what a mean over them divides by

3 errors
