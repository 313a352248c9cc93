# args: check
# exit: 1
# The group of answers is a set, and answers are padded: a baseline of the first answer, a mean over all places, an advantage of padding.
import groups

fn right(logp: f32[B, {G}, T], old: f32[B, {G}, T], r: f32[B, {G}], ym: mask[B, {G}, T]) -> f32 {
  dapo_loss(logp, old, old, r, ym) + rloo_loss(logp, old, old, r, ym)
}

fn first_answer(logp: f32[B, {G}, T], old: f32[B, {G}, T], r: f32[B, {G}], ym: mask[B, {G}, T]) -> f32 {
  a[b, g] = r[b, g] - r[b, 0]
  mean_of_tokens(clipped_terms(log_ratios(logp, old, ym), at_tokens(a, ym), logp, old, ym), ym)
}

fn all_places(logp: f32[B, {G}, T], old: f32[B, {G}, T], r: f32[B, {G}], ym: mask[B, {G}, T]) -> f32 {
  a[b, g, t] = centred_advantages(r)[b, g] with t in T
  mean(clipped_terms(log_ratios(logp, old, ym), a, logp, old, ym))
}

fn rewards_of_padding(logp: f32[B, {G}, T], token_rewards: f32[B, {G}, T], ym: mask[B, {G}, T]) -> f32 {
  r[b, g] = sum[t](token_rewards[b, g, t])
  grpo_loss(logp, logp, logp, r, ym)
}
# ---
answers.ordo:9:28: error[E0410]: a fixed place of the set {G} is taken
  9 |   a[b, g] = r[b, g] - r[b, 0]
    |                            ^
answers.ordo:8:60: note: the set {G} is declared here
  8 | fn first_answer(logp: f32[B, {G}, T], old: f32[B, {G}, T], r: f32[B, {G}], ym: mask[B, {G}, T]) -> f32 {
    |                                                            ^^^^^^^^^^^^^^
    = help: no element is the first: reduce over the elements, attend over them, choose one by argmax; or write as_sequence(x) if the order matters

answers.ordo:15:3: error[E0413]: the extent T is used as a number: it counts padding, too
  15 |   mean(clipped_terms(log_ratios(logp, old, ym), a, logp, old, ym))
     |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
answers.ordo:13:74: note: the axis T is padded: this mask says so
  13 | fn all_places(logp: f32[B, {G}, T], old: f32[B, {G}, T], r: f32[B, {G}], ym: mask[B, {G}, T]) -> f32 {
     |                                                                          ^^^^^^^^^^^^^^^^^^^
     = help: count elements: max(sum[n](f32(mask[b, n])), 1) is what a mean over them divides by

answers.ordo:19:13: error[E0413]: padding of the axis T is summed
  19 |   r[b, g] = sum[t](token_rewards[b, g, t])
     |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
answers.ordo:18:76: note: the axis T is padded: this mask says so
  18 | fn rewards_of_padding(logp: f32[B, {G}, T], token_rewards: f32[B, {G}, T], ym: mask[B, {G}, T]) -> f32 {
     |                                                                            ^^^^^^^^^^^^^^^^^^^
     = help: put 0 there first: sum[n](where(mask[b, n], x[b, n], 0))

3 errors
