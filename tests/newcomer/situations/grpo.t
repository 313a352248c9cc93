# args: check
# exit: 0
import groups
fn loss(lp: f32[B, {G}, T], old: f32[B, {G}, T], ref: f32[B, {G}, T], r: f32[B, {G}], m: mask[B, {G}, T]) -> f32 {
  grpo_loss(lp, old, ref, r, m, beta = 0.04)
}
# ---
