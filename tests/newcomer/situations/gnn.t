# args: check
# exit: 0
import linear
layer GCN(I, O) {
  lin: Linear(I, O)
  fn (x: f32[{N}, I], src: <N>[{E}], dst: <N>[{E}]) -> f32[N, O] {
    h = lin(x)
    deg[dst[e]] = sum[e](1.0)
    m[dst[e], d] = sum[e](h[src[e], d])
    y[n, d] = relu(m[n, d] / max(deg[n], 1))
    y
  }
}
# ---
