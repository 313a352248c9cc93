# args: run {} read "[[1], [2]]"
# exit: 1
fn pick(y: f32[B, M]) -> f32[B] {
  k[b] = argmax[m](y[b, m])
  r[b] = y[b, k[b]]
  r
}
fn read(x: f32[B, N]) -> f32[B] {
  pick(x[:, 1:])
}
# ---
E0232_called_with_one.ordo:2:10: error[E0232]: argmax needs at least one element of an axis of N - 1 where N is 1
  2 |   k[b] = argmax[m](y[b, m])
    |          ^^^^^^^^^^^^^^^^^^
E0232_called_with_one.ordo:7:3: note: in what is called here
  7 |   pick(x[:, 1:])
    |   ^^^^^^^^^^^^^^

1 error
