# args: check
# exit: 0
# inside scores of a binary grammar over spans [i, i + n]
fn inside(word: f32[T, N], rule: f32[N, N, N]) -> f32[N] {
  a[i, j, x] = where(i == j, word[i, x], -1e30) with i in T, j in T
  scan n in T - 1, c = a {
    w = i32(n) + 1
    best[i, j, x] = logsumexp[k, y, z](where(k >= i and k < j and j - i == w, rule[x, y, z] + c[i, k, y] + c[min(k + 1, T - 1), j, z], -1e30)) with k in T
    c[i, j, x] = where(j - i == w, best[i, j, x], c[i, j, x])
  }
  c[0, T - 1, :]
}
# ---
