# args: check
# exit: 1
# Two of the options of D3, or of D12, at once.
import rewards

fn reward(rm: layer, x: <9>[B, P], m: bool[B, P], y: <9>[B, T], ym: bool[B, T]) {
  seq2seq_reward(rm, x, m, y, ym, 5, 2, soft = true, sampled = true)
}
layer Net() {
  rm: Decoder(9, 8, 1, 2)
  fn (x: <9>[B, P], m: bool[B, P]) { reward(rm, x, m, x, m) }
}
# ---
models/lib/rewards.ordo:219:10: error[E0222]: the reward model's output is soft or sampled, not both (D3)
  219 |   assert not (soft and sampled), "the reward model's output is soft or sampled, not both (D3)"
      |          ^^^^^^^^^^^^^^^^^^^^^^
models/lib/rewards.ordo:219:3: note: in 'seq2seq_reward'
  219 |   assert not (soft and sampled), "the reward model's output is soft or sampled, not both (D3)"
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
option_clash.ordo:5:3: note: in this call of 'seq2seq_reward'
    5 |   seq2seq_reward(rm, x, m, y, ym, 5, 2, soft = true, sampled = true)
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
option_clash.ordo:9:38: note: in this call of 'reward'
    9 |   fn (x: <9>[B, P], m: bool[B, P]) { reward(rm, x, m, x, m) }
      |                                      ^^^^^^^^^^^^^^^^^^^^^^

1 error
