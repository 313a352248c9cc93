# args: check
# exit: 0
# child-sum TreeLSTM over nodes in topological order, children before parents: parent[n] is the node above
import linear
layer TreeLSTM(I, H) {
  iou: Linear(I + H, 3*H)
  f:   Linear(I + H, H)
  fn (x: f32[N, I], parent: <N>[N]) -> f32[N, H] {
    scan n in N, h = zeros(N, H), c = zeros(N, H), hs = zeros(N, H), fc = zeros(N, H) {
      (i, o, u) = split(iou(concat(x[n, :], hs[n, :])), 3)
      cn = sigmoid(i) * tanh(u) + fc[n, :]
      hn = sigmoid(o) * tanh(cn)
      h[n, :] = hn
      c[n, :] = cn
      up = parent[n]
      hs[up, :] = hs[up, :] + hn
      fc[up, :] = fc[up, :] + sigmoid(f(concat(x[up, :], hn))) * cn
    }
    h
  }
}
# ---
