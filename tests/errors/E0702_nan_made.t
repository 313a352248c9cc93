# args: run {} spread "[1, 1, 1]" --trap-nan
# exit: 1
fn spread(x: f32[N]) -> f32 {
  m = mean(x)
  v = mean((x - m) ** 2)
  mean(x - m) / sqrt(v)
}
# ---
E0702_nan_made.ordo:4:3: error[E0702]: the first NaN is made by kernel of div, div 'v', sqrt, div
  4 |   mean(x - m) / sqrt(v)
    |   ^^^^^^^^^^^^^^^^^^^^^

1 error
