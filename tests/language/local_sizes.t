# args: run {} main --json
# exit: 0
# Local sizes, and what proofs take from assertions: places behind the asserted length, an axis cut into chunks, and their derivatives.
fn third(x: f32[H]) -> f32[2] {
  assert H >= 4
  y[i] = x[i + 2] with i in 2
  y
}

fn sums(x: f32[B, T], C: size) -> f32[B, T / C] {
  assert T % C == 0, "whole chunks"
  size M = T / C
  y = reshape(x, [B, M, C])
  s[b, m] = sum[c](y[b, m, c])
  s
}

fn there_and_back(x: f32[T], C: size) -> f32[T] {
  assert C > 0 and T % C == 0
  size M = T / C
  y = reshape(x, [M, C])
  z[m, c] = y[m, c] * f32(m + 1)
  reshape(z, [T])
}

fn halves(x: f32[T]) -> (f32, f32) {
  size H = (T + 1) / 2
  (sum(x[:H]), size(H) * 1.0)
}

fn main() {
  x[t] = f32(t) with t in 6
  m[b, t] = f32(10 * b + t) with b in 2, t in 6
  (third(x), grad(sum(third(x) ** 2), x), sums(m, 3), grad(sum(sums(m, 3) ** 2), m), there_and_back(x, 2), halves(x[:5]))
}
# ---
{"result1": [2, 3],
 "result2": [0, 0, 4, 6, 0, 0],
 "result3": [[3, 12], [33, 42]],
 "result4": [[6, 6, 6, 24, 24, 24], [66, 66, 66, 84, 84, 84]],
 "result5": [0, 1, 4, 6, 12, 15],
 "result6": 3,
 "result7": 3}
