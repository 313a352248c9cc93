# args: train -q
# exit: 1
data d = tsv("d.tsv") { x: f32[N] }

fn chunk_sums(x: f32[B, T], C: size) -> f32[B, T / C] {
  assert T % C == 0
  size M = T / C
  y = reshape(x, [B, M, C])
  s[b, m] = sum[c](y[b, m, c])
  s
}

train t {
  steps = 1
  step {
    b = d.batch(2, pad = 1)
    log s = sum(chunk_sums(b.x, 3))
  }
}
# +++ d.tsv
1 2 3 4 5
1 2 3 4
# ---
E0232_asserted_in_step.ordo:4:10: error[E0232]: the positions from 0 to 6*floor(N'1/3) - 1 do not lie in an axis of -2*N'1 + 12*floor(N'1/3) where N'1 is 5
   4 |   assert T % C == 0
     |          ^^^^^^^^^^
E0232_asserted_in_step.ordo:15:17: note: in what is called here
  15 |     log s = sum(chunk_sums(b.x, 3))
     |                 ^^^^^^^^^^^^^^^^^^

1 error
