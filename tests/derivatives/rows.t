# args: run --digits 6 {} both x=[[1,2],[0.5,-1],[0.3,0.2],[-0.4,0.9]] w=[0.5,-0.7] left=[0,0,1,1] right=[0,0,0,2]
# exit: 0
# Rows that a loop reads by index, and writes: the derivative by the compiled, in-place loop and by differences (columns of step 1e-6, in f64).
fn loss(x: f64[N, H], w: f64[H], left: <N>[N], right: <N>[N]) -> f64 {
  scan i in N, h = f64(zeros(N, H)), c = f64(zeros(N, H)) {
    cell = tanh(x[i, :] * (h[left[i], :] + h[right[i], :])) + c[left[i], :] * sigmoid(w) + c[right[i], :] + x[i, :]
    c[i, :] = cell
    h[i, :] = sigmoid(x[i, :]) * tanh(cell)
  }
  sum(h * x)
}
fn both(x: f64[N, H], w: f64[H], left: <N>[N], right: <N>[N]) -> (f64[N, H], f64[N, H], f64[H]) {
  eps = f64(1) / 1000000
  scan n in N {
    scan k in H {
      e[i, j] = where(i32(i) == i32(n) and i32(j) == i32(k), eps, 0) with i in N, j in H
      d = (loss(x + e, w, left, right) - loss(x - e, w, left, right)) / (2 * eps)
      row[k] = d
    }
    near[n, :] = row
  }
  (gx, gw) = grad(loss(x, w, left, right), (x, w))
  (gx, near, gw)
}
# ---
gx = 
[[1.02779, 0.967402],
 [0.744798, -0.153493],
 [0.647566, 0.598565],
 [0.304661, 0.896235]]
near = 
[[1.02779, 0.967402],
 [0.744798, -0.153493],
 [0.647566, 0.598565],
 [0.304661, 0.896235]]
gw = [0.00197612, -0.0720995]
