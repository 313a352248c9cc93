# args: export {} f -o m.onnx
fn f(x: f32[B, T], x_mask: mask[B, T]) -> f32[B] {
  assert T <= 8, "the extent of a padded axis may be asserted"
  y[b] = sum[t](where(x_mask[b, t], x[b, t], 0))
  y
}
# ---
