# args: run --json {} main
# exit: 0
# Sums of indices as subscripts, in range for all sizes, and padding: windows, strides, holes, places cut at the ends,
# and their derivatives. By hand.
fn conv(x: f32[T], w: f32[K], S: size, D: size) -> f32[(T - D*(K - 1) - 1) / S + 1] {
  y[t] = sum[k](x[S*t + D*k] * w[k])
  y
}

fn same(x: f32[B, T], w: f32[K]) -> f32[B, T] {
  p[b, u] = pad[t](x[b, t], (K - 1) / 2, K - 1 - (K - 1) / 2)
  y[b, t] = sum[k](p[b, t + k] * w[k])
  y
}

fn pool(x: f32[H, W]) -> f32[H / 2, W / 2] {
  y[h, w] = max[i, j](x[2*h + i, 2*w + j]) with i in 2, j in 2
  y
}

fn neighbours(x: f32[T]) -> f32[T] {
  y[t] = x[max(t - 1, 0)] + 10 * x[min(t + 1, T - 1)] + 100 * x[(t + 1) % T]
  y
}

fn main() {
  x[t] = f32(t + 1) with t in 7
  w[k] = 10.0 ** f32(k) with k in 2
  m[h, v] = f32(5 * h + v) with h in 4, v in 5
  tok[i] = index(2 * i, 5) with i in 3
  all[i] = x[i32(tok[i]) + 2]
  scan t in 3, h = 0.0 {
    h = h + x[2*t + 1] - x[2*t]
    odd[t] = x[6 - 2*t]
  }
  plain = conv(x, w, 1, 1)
  z = x[0:6] * 1
  wide = conv(z, w, 2, 3)
  g = grad(sum(conv(z, w, 2, 3) ** 2), z)
  gw = grad(sum(same(m, w)[0, :] ** 2), w)
  e = zeros(0)
  (plain, wide, g, gw, same(m, w)[1, :], pool(m), neighbours(x), all, odd, h, pad[axis = 0](m[0:1, 0:2], 1, 0, -inf), pad(w, 0, 1, 7), conv(e, ones(1), 1, 1))
}
# ---
{"plain": [21, 32, 43, 54, 65, 76],
 "wide": [41, 63],
 "g": [82, 0, 126, 820, 0, 1260],
 "gw": [460, 640],
 "result5": [65, 76, 87, 98, 9],
 "result6": [[6, 8], [16, 18]],
 "result7": [221, 331, 442, 553, 664, 775, 176],
 "all": [3, 5, 7],
 "odd": [7, 5, 3],
 "h": 3,
 "result11": [["-inf", "-inf"], [0, 1]],
 "result12": [1, 10, 7],
 "result13": []}
