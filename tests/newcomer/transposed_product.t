# args: check
# exit: 1
fn f(x: f32[B, 3], W: f32[5, 3]) -> f32[B, 5] { x @ W }
# ---
transposed_product.ordo:1:49: error[E0225]: '@': the last axis on the left is 3, on the right the axis to sum over is 5
  1 | fn f(x: f32[B, 3], W: f32[5, 3]) -> f32[B, 5] { x @ W }
    |                                                 ^^^^^
    = expected  [.., K] @ [K, N], [B.., M, K] @ [B.., K, N] or [.., K] @ [K]
    = got       f32[B, 3] @ f32[5, 3]
transposed_product.ordo:1:6: note: the left side is declared here
  1 | fn f(x: f32[B, 3], W: f32[5, 3]) -> f32[B, 5] { x @ W }
    |      ^
transposed_product.ordo:1:20: note: the right side is declared here
  1 | fn f(x: f32[B, 3], W: f32[5, 3]) -> f32[B, 5] { x @ W }
    |                    ^
    = help: the right side fits when it is turned: a @ transpose(b)

1 error
