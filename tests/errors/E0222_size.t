# args: run {} loop "[[1, 2, 3]]"
# exit: 1
# A size that only the call tells: through two functions and a loop.
fn longer(x: f32[N]) -> f32[N] {
  assert N > 3 and not (N % 2 == 1), "an even number of at least four"
  x * 2
}
fn twice(x: f32[2*M]) -> f32[2*M] { longer(x[0:2*M]) + longer(x) }
fn loop(x: f32[N, M]) -> f32[M] {
  scan t in N, s = zeros(M) { s = s + longer(x[t, :]) }
  s
}
# ---
E0222_size.ordo:3:10: error[E0222]: an even number of at least four
  3 |   assert N > 3 and not (N % 2 == 1), "an even number of at least four"
    |          ^^^^^^^^^^^^^^^^^^^^^^^^^^

1 error
