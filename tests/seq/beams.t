# args: run {} Tests.checks --seed 3
# exit: 0
# A beam that is wide enough for all sequences finds the best one under the length penalty, as a search through all of them does;
# narrow ones find none that is better; scores fall; penalties of 0 and 2 prefer sequences of different lengths. The next token
# depends on the last one by a random table.
import decoding

const V = 4
const T = 3
const N = V * V * V

layer Markov {
  table: f32[V, V] ~ normal(1.5)
  fn start(x: <V>[B, P], mask: bool[B, P], T: size) { (x[:, 0], (x[:, 0], mask[:, 0])) }
  fn next(y: <V>[B], state: (<V>[B], bool[B])) { (table[y, :], state) }
}

layer Tests {
  net: Markov()

  # Every sequence, its score under the penalty and its length: what stands behind the end 2 is 0 and does not count.
  fn all_of(x: <V>[B], alpha: f32) -> (<V>[B, N, T], f32[B, N], f32[B, N]) {
    lp[u, v] = log_softmax[v](net.table[u, v])
    i[n] = index(i32(n) / (V * V), V) with n in N
    j[n] = index(i32(n) / V % V, V) with n in N
    k[n] = index(i32(n) % V, V) with n in N
    second = i32(i) != 2
    third = second and i32(j) != 2
    total[b, n] = lp[x[b], i[n]] + where(second[n], lp[i[n], j[n]], 0) + where(third[n], lp[j[n], k[n]], 0)
    length[b, n] = 1 + f32(second[n]) + f32(third[n]) with b in B
    y[b, n, t] = where(t == 0, i[n], where(t == 1, where(second[n], j[n], index(0, V)), where(third[n], k[n], index(0, V)))) with b in B, t in T
    (y, total / ((5 + length) / 6) ** alpha, length)
  }

  fn agree(x: <V>[B], alpha: f32) -> (bool, bool, bool, f32[B]) {
    m[b, p] = true with b in B, p in 1
    (y, score, length) = all_of(x, alpha)
    best[b] = argmax[n](score[b, n])
    best_y[b, t] = y[b, best[b], t]
    best_score[b] = max[n](score[b, n])
    (w, real, found) = beam(net, x[:, new], m, T, 2, W = N, alpha = alpha)
    n[b] = sum[t](f32(real[b, 0, t]))
    best_n[b] = length[b, best[b]]
    (z, z_real, narrow) = beam(net, x[:, new], m, T, 2, W = 2, alpha = alpha)
    fall[b, k] = found[b, k] >= found[b, k + 1] with k in N - 1
    (all(w[:, 0, :] == best_y) and all(n == best_n) and max(abs(found[:, 0] - best_score)) < 1e-5,
     max(narrow[:, 0] - best_score) < 1e-5, all(fall), n)
  }

  fn checks() {
    x = iota(V)
    (a1, b1, c1, n1) = agree(x, 0)
    (a2, b2, c2, n2) = agree(x, 0.6)
    (a3, b3, c3, n3) = agree(x, 2)
    (a1 and a2 and a3, b1 and b2 and b3, c1 and c2 and c3, any(n1 != n3), n1, n3)
  }
}
# ---
result1 = true
result2 = true
result3 = true
result4 = true
n1 = [1, 1, 3, 1]
n3 = [1, 2, 3, 3]
