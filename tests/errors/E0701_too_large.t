# args: run {} main "[1, 2]" -D BIG=2000000000
# exit: 1
const BIG = 7
fn main(a: f64[N]) -> f64 {
  y[n, i, j] = sin(a[n] + f64(i)) * f64(j) with i in BIG, j in BIG
  z[n, i, j] = sort[i](y[n, i, j])
  z[0, 1, 2]
}
# ---
E0701_too_large.ordo:3:16: error[E0701]: calling 'main': a size of f64[N, 2000000000, 2000000000] has no value or is too large
  3 |   y[n, i, j] = sin(a[n] + f64(i)) * f64(j) with i in BIG, j in BIG
    |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^

1 error
