# args: run {} means 0.1 "[0, 0, 0]" 0 --digits 5
# exit: 0
# Ten million numbers along any axis, in every kind of loop nest. One accumulator in f32 would lose 1e-3 and more of them.
fn norm(x: f32[N]) -> f32 { sqrt(mean(x * x)) }
fn lse(x: f32[N]) -> f32 {
  m = max(x)
  m + log(sum(exp(x - m)))
}

fn means(c: f32, y: f32[M], z: f32) -> (f32, f32[M], f32[M], f32, f32, f32[M], f32, f64, f32) {
  x[i] = c + z * f32(i) with i in 10000000
  row = mean(x)
  across[j] = mean[i](c + y[j] + z * f32(i)) with i in 10000000
  two[j] = mean[i, k](c + y[j] + z * f32(i + k)) with i in 3000, k in 3000
  part[i] = mean[k](c + z * f32(i + k)) with i in 3000, k in 3000
  deviation = mean((x - z) * (x - z)) + row
  scan s in 2, looped = y {
    t[j] = 0.5 * looped[j] + 0.5 * mean[i](c + y[j] + z * f32(i)) with i in 10000000
    looped = t
  }
  wide = mean[i](f64(c) + f64(z) * f64(i)) with i in 10000000
  (row, across, two, mean(part), deviation, looped, norm(x), wide, lse(x) - log(10000000.0))
}
# ---
row = 0.1
across = [0.1, 0.1, 0.1]
two = [0.1, 0.1, 0.1]
result4 = 0.1
deviation = 0.11
looped = [0.075, 0.075, 0.075]
result7 = 0.1
wide = 0.1
result9 = 0.1
