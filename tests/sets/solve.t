# args: check --sets {}
# exit: 0
# Equations and unknowns of 'solve' in another order: solved are the same ones. Columns of the right side are each solved
# for themselves.
fn graph_filter(a: f32[B, {N}, {N}], x: f32[B, {N}, D]) -> f32[B, {N}, D] {
  l[b, i, j] = where(i == j, 1.0, 0.0) + 0.1 * a[b, i, j]
  solve(l, x)
}

fn kernel_mean(x: f32[{N}, D], y: f32[{N}]) -> f32 {
  k[i, j] = exp(-sum[d]((x[i, d] - x[j, d]) ** 2)) + where(i == j, 0.1, 0.0)
  sum(solve(k, y) * y)
}

fn each(a: f32[K, K], x: f32[{N}, K]) -> f32[K, {N}] { solve(a, transpose(x)) }
# ---
graph_filter, set {N}
value     type          fact                      place
a         f32[B, N, N]  equivariant in axis 1, 2  solve.ordo:3:17
x         f32[B, N, D]  equivariant in axis 1     solve.ordo:3:38
l         f32[B, N, N]  equivariant in axis 1, 2  solve.ordo:4:16
result 0  f32[B, N, D]  equivariant in axis 1     solve.ordo:5:3

kernel_mean, set {N}
value     type       fact                      place
x         f32[N, D]  equivariant in axis 0     solve.ordo:8:16
y         f32[N]     equivariant in axis 0     solve.ordo:8:32
k         f32[N, N]  equivariant in axis 0, 1  solve.ordo:9:13
result 0  f32        invariant                 solve.ordo:10:3

each, set {N}
value     type       fact                   place
a         f32[K, K]  invariant              solve.ordo:13:9
x         f32[N, K]  equivariant in axis 0  solve.ordo:13:23
result 0  f32[K, N]  equivariant in axis 1  solve.ordo:13:56

