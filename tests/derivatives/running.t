# args: run {} all "[3, 2, 5]" "[3, 0, 5]" "[0, 2, 0]" "[0, 0, 0]"
# exit: 0
# Running products, largest and smallest values so far: derivatives at none, one, two and three zeros, at ties and at infinities. The numbers
# are those of the sums of products, worked out by hand.
fn first(x: f32[N]) -> f32[N] {
  y[n] = cumprod[n](x[n])
  grad(sum[n](y[n] * (1 + f32(n))), x)      # of a + 2 a b + 3 a b c
}

fn second(x: f32[N]) -> f32[N] {
  g = first(x)
  grad(sum[n](g[n] * (1 + f32(n))), x)      # rows of the Hessian, 1, 2 and 3 times
}

fn highest(x: f32[N]) -> f32[N] {
  y[n] = cummax[n](x[n])
  grad(sum[n](y[n] * (1 + f32(n))), x)
}

fn lowest(x: f32[N]) -> f32[N] {
  y[n] = cummin[n](x[n])
  grad(sum[n](y[n] * (1 + f32(n))), x)
}

fn all(a: f32[N], b: f32[N], c: f32[N], d: f32[N]) {
  low = full(-inf, N)
  (first(a), first(b), first(c), first(d), second(a), second(b), second(c), second(d),
   highest(a), highest(d), highest(low), lowest(b), lowest(-low))
}
# ---
result1 = [35, 51, 18]
result2 = [1, 51, 0]
result3 = [5, 0, 0]
result4 = [1, 0, 0]
result5 = [52, 44, 24]
result6 = [34, 44, 18]
result7 = [22, 2, 6]
result8 = [4, 2, 0]
result9 = [3, 0, 3]
result10 = [2.75, 1.75, 1.5]
result11 = [2.75, 1.75, 1.5]
result12 = [1, 5, 0]
result13 = [2.75, 1.75, 1.5]
