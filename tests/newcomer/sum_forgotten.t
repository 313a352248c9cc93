# args: check
# exit: 1
fn f(a: f32[I, K], b: f32[K, J]) -> f32[I, J] {
  c[i, j] = a[i, k] * b[k, j]
  c
}
# ---
sum_forgotten.ordo:2:18: error[E0201]: 'k' is not defined
  2 |   c[i, j] = a[i, k] * b[k, j]
    |                  ^

sum_forgotten.ordo:2:25: error[E0201]: 'k' is not defined
  2 |   c[i, j] = a[i, k] * b[k, j]
    |                         ^

2 errors
