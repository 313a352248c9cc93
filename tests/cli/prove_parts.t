# args: prove {}
# An axis that rows were merged into is none of rows: each of its places is one of a part of it.
fn flat(x: f32[B, T]) -> f32[B * T] {
  reshape(x * 2, [B * T])
}
# ---
flat, rows of B
  => result 0          f32[B*T]                 depends on several rows: places of B are regrouped  (prove_parts.ordo:3:3)

flat, later places of B
  => result 0          f32[B*T]                 depends on later places: places of B are regrouped  (prove_parts.ordo:3:3)

flat, rows of T
  => result 0          f32[B*T]                 depends on several rows: places of T are regrouped  (prove_parts.ordo:3:3)

flat, later places of T
  => result 0          f32[B*T]                 depends on later places: places of T are regrouped  (prove_parts.ordo:3:3)

