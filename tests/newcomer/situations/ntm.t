# args: check
# exit: 0
import linear
import rnn
layer NTM(I, H, N, M, O) {
  cell: LSTM(I + M, H)
  key: Linear(H, M)
  beta: Linear(H, 1)
  erase: Linear(H, M)
  add: Linear(H, M)
  out: Linear(H + M, O)
  mem0: f32[N, M] ~ normal(0.1)
  fn (x: f32[B, T, I]) -> f32[B, T, O] {
    m0[b, n, i] = mem0[n, i] with b in B
    scan t in T, h = zeros(B, H), c = zeros(B, H), m = m0, r = zeros(B, M) {
      (h, c) = cell(concat(x[:, t, :], r), h, c)
      k = key(h)
      s[b, n] = sum[i](k[b, i] * m[b, n, i]) / (sqrt(sum[i](k[b, i] ** 2)) * sqrt(sum[i](m[b, n, i] ** 2)) + 1e-8)
      w[b, n] = softmax[n](exp(beta(h))[b, 0] * s[b, n])
      (e, a) = (sigmoid(erase(h)), tanh(add(h)))
      m[b, n, i] = m[b, n, i] * (1 - w[b, n] * e[b, i]) + w[b, n] * a[b, i]
      r[b, i] = sum[n](w[b, n] * m[b, n, i])
      y[:, t, :] = out(concat(h, r))
    }
    y
  }
}
# ---
