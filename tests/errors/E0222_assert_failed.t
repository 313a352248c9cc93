# args: check
# exit: 1
layer Heads(D, heads) {
  const K = D / heads
  fn (x: f32[B, D]) {
    assert D % heads == 0, "D has to be a multiple of heads"
    reshape(x, [B, heads, K])
  }
}
layer Net(D = 6) { a: Heads(D, 4)
  fn (x: f32[B, D]) { a(x) } }
# ---
E0222_assert_failed.ordo:4:12: error[E0222]: D has to be a multiple of heads
  4 |     assert D % heads == 0, "D has to be a multiple of heads"
    |            ^^^^^^^^^^^^^^
E0222_assert_failed.ordo:4:5: note: in 'Heads.()'
  4 |     assert D % heads == 0, "D has to be a multiple of heads"
    |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
E0222_assert_failed.ordo:9:23: note: in this call of 'Heads.()'
  9 |   fn (x: f32[B, D]) { a(x) } }
    |                       ^^^^

1 error
