# args: run {} counts "[1, 1]" "[1, 1, 1]" "[0, 1, 1, 2, 1, 0, 1, 1, 1, 1]" --digits 0
# exit: 0
# Many rows that are added to one: bf16 alone would stop at 256, one accumulator in f32 lose the tens.
fn counts(w: bf16[V], v: f32[M], at: <M>[N]) -> (bf16[V], f32[M]) {
  places[j, k] = index(i32(at[k]) * 0, V) with j in 100
  many[j, k] = at[k] with j in 100000
  (grad(sum(f32(w[places])), w), grad(sum(0.1 * v[many]), v))
}
# ---
result1 = [1000, 0]
result2 = [20000, 70000, 10000]
