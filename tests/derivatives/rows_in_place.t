# args: opt {} tree --remarks=plan -o /dev/null
# exit: 0
# The derivative of loops that write rows and read others of them changes single rows of its adjoints, where they stand: no step walks over all rows.
# Two carried values, two children each.
fn tree(x: f32[N, H], w: f32[H], left: <N>[N], right: <N>[N]) -> (f32[N, H], f32[H]) {
  scan i in N, h = zeros(N, H), c = zeros(N, H) {
    cell = tanh(x[i, :] * (h[left[i], :] + h[right[i], :])) + c[left[i], :] * sigmoid(w) + c[right[i], :]
    c[i, :] = cell
    h[i, :] = sigmoid(x[i, :]) * tanh(cell)
  }
  grad(sum(h * x), (x, w))
}
# ---
rows_in_place.ordo:6:7: applied[plan:in-place]: updated where it stands, in each step of the loop (update:f32[N, H] 'c')
rows_in_place.ordo:7:7: applied[plan:in-place]: updated where it stands, in each step of the loop (update:f32[N, H] 'h')
rows_in_place.ordo:7:7: applied[plan:in-place]: updated where it stands, in each step of the loop (update:bool[N, H])
rows_in_place.ordo:7:7: applied[plan:in-place]: updated where it stands, in each step of the loop (update:f32[N, H])
rows_in_place.ordo:6:7: applied[plan:in-place]: updated where it stands, in each step of the loop (update:bool[N, H])
rows_in_place.ordo:6:7: applied[plan:in-place]: updated where it stands, in each step of the loop (update:f32[N, H])
applied[plan:in-place]: updated where it stands, in each step of the loop (update:f32[N, H]) (4 times)
applied[plan:in-place]: updated where it stands, in each step of the loop (update:bool[N, H]) (4 times)
