# args: tune {} f --sizes=A=0 --seconds=1
# exit: 1
fn f(x: f32[A]) -> f32 {
  best = argmax[a](x[a])
  x[best]
}
# ---
E0232_tune.ordo:2:10: error[E0232]: argmax needs at least one element of an axis of A where A is 0
  2 |   best = argmax[a](x[a])
    |          ^^^^^^^^^^^^^^^

1 error
