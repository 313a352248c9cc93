# args: check
# exit: 0
fn soft_dtw(x: f32[N], y: f32[M], gamma: f32) -> f32 {
  d[i, j] = (x[i] - y[j]) ** 2
  first[j] = where(j == 0, 0.0, 1e10) with j in M + 1
  scan i in N, r = first {
    scan j in M, left = 1e10 {
      s = stack(r[j], r[j + 1], left)
      left = d[i, j] - gamma * logsumexp(-s / gamma)
      row[j] = left
    }
    r = concat(full(1e10, 1), row)
  }
  r[M]
}
# ---
