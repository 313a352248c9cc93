# args: prove
# Without an axis: all extents with a name, of all functions; nothing is asked for, so nothing is wrong.
fn running(x: f32[B, T]) -> f32[B, T] {
  scan t in T, h = zeros(B) {
    h = tanh(h + x[:, t])
    y[:, t] = h
  }
  y
}
fn before(x: f32[B, T]) -> f32[B, T] {
  y[b, t] = where(t > 0, x[b, max(t - 1, 0)], 0)
  y
}
fn decode(x: f32[B, T]) -> f32[B, T] {
  scan t in T, h = zeros(B) until all(h > 3) {
    h = h + x[:, t]
    y[:, t] = h
  }
  y
}
# ---
running, rows of B
  y                    f32[B, T]                row by row along axis 0  (prove_all.ordo:3:8)
  => y                 f32[B, T]                row by row along axis 0  (prove_all.ordo:3:8)

running, later places of B
  y                    f32[B, T]                causal along axis 0  (prove_all.ordo:3:8)
  => y                 f32[B, T]                causal along axis 0  (prove_all.ordo:3:8)

running, rows of T
  y                    f32[B, T]                depends on several rows: different places of T meet  (prove_all.ordo:4:14)
  => y                 f32[B, T]                depends on several rows: different places of T meet  (prove_all.ordo:4:14)

running, later places of T
  y                    f32[B, T]                causal along axis 1  (prove_all.ordo:3:8)
  => y                 f32[B, T]                causal along axis 1  (prove_all.ordo:3:8)

before, rows of B
  y                    f32[B, T]                row by row along axis 0  (prove_all.ordo:10:13)
  => y                 f32[B, T]                row by row along axis 0  (prove_all.ordo:10:13)

before, later places of B
  y                    f32[B, T]                causal along axis 0  (prove_all.ordo:10:13)
  => y                 f32[B, T]                causal along axis 0  (prove_all.ordo:10:13)

before, rows of T
  y                    f32[B, T]                depends on several rows: an index looks up places of T, and may point anywhere  (prove_all.ordo:10:26)
  => y                 f32[B, T]                depends on several rows: an index looks up places of T, and may point anywhere  (prove_all.ordo:10:26)

before, later places of T
  y                    f32[B, T]                causal along axis 1  (prove_all.ordo:10:13)
  => y                 f32[B, T]                causal along axis 1  (prove_all.ordo:10:13)

decode, rows of B
  y                    f32[B, T]                depends on several rows: all places of B are put together  (prove_all.ordo:14:35)
  => y                 f32[B, T]                depends on several rows: all places of B are put together  (prove_all.ordo:14:35)

decode, later places of B
  y                    f32[B, T]                depends on later places: all places of B are put together  (prove_all.ordo:14:35)
  => y                 f32[B, T]                depends on later places: all places of B are put together  (prove_all.ordo:14:35)

decode, rows of T
  y                    f32[B, T]                depends on several rows: different places of T meet  (prove_all.ordo:15:9)
  => y                 f32[B, T]                depends on several rows: different places of T meet  (prove_all.ordo:15:9)

decode, later places of T
  y                    f32[B, T]                causal along axis 1  (prove_all.ordo:14:8)
  => y                 f32[B, T]                causal along axis 1  (prove_all.ordo:14:8)

