# args: train -q
# exit: 1
data d = tsv("d.tsv") { x: f32[N] }

fn inside(x: f32[B, N]) -> f32[B] {
  assert N >= 4
  scan t in 3, s = zeros(B) {
    y = x * s[:, new]
    s = s + y[:, t + 1]
  }
  s
}

train t {
  steps = 1
  step {
    b = d.batch(2, pad = 1)
    log s = sum(inside(b.x))
  }
}
# +++ d.tsv
1 2 3
1 2
# ---
E0232_asserted_in_loop.ordo:7:18: error[E0232]: the positions from 1 to 3 do not lie in an axis of N'1 where N'1 is 3
   7 |     s = s + y[:, t + 1]
     |                  ^^^^^
E0232_asserted_in_loop.ordo:16:17: note: in what is called here
  16 |     log s = sum(inside(b.x))
     |                 ^^^^^^^^^^^

1 error
