# args: check
# exit: 1
fn f(x: f32[B, K], w: f32[N, K]) { x @ w }
fn g(x: f32, w: f32[N, K]) { x @ w }
fn h(x: f32[B, M, K], w: f32[C, K, N]) { x @ w }
fn i(x: f32[B, K], w: i32[K, N]) { x @ w }
# ---
E0225_matmul_mismatch.ordo:1:36: error[E0225]: '@': the last axis on the left is K, on the right the axis to sum over is N
  1 | fn f(x: f32[B, K], w: f32[N, K]) { x @ w }
    |                                    ^^^^^
    = expected  [.., K] @ [K, N], [B.., M, K] @ [B.., K, N] or [.., K] @ [K]
    = got       f32[B, K] @ f32[N, K]
E0225_matmul_mismatch.ordo:1:6: note: the left side is declared here
  1 | fn f(x: f32[B, K], w: f32[N, K]) { x @ w }
    |      ^
E0225_matmul_mismatch.ordo:1:20: note: the right side is declared here
  1 | fn f(x: f32[B, K], w: f32[N, K]) { x @ w }
    |                    ^
    = help: the right side fits when it is turned: a @ transpose(b)

E0225_matmul_mismatch.ordo:2:30: error[E0225]: '@': a scalar has no axis to sum over
  2 | fn g(x: f32, w: f32[N, K]) { x @ w }
    |                              ^^^^^
    = expected  [.., K] @ [K, N], [B.., M, K] @ [B.., K, N] or [.., K] @ [K]
    = got       f32 @ f32[N, K]
E0225_matmul_mismatch.ordo:2:6: note: the left side is declared here
  2 | fn g(x: f32, w: f32[N, K]) { x @ w }
    |      ^
E0225_matmul_mismatch.ordo:2:14: note: the right side is declared here
  2 | fn g(x: f32, w: f32[N, K]) { x @ w }
    |              ^

E0225_matmul_mismatch.ordo:3:42: error[E0225]: '@': axis 0 is B on the left and C on the right
  3 | fn h(x: f32[B, M, K], w: f32[C, K, N]) { x @ w }
    |                                          ^^^^^
    = expected  [.., K] @ [K, N], [B.., M, K] @ [B.., K, N] or [.., K] @ [K]
    = got       f32[B, M, K] @ f32[C, K, N]
E0225_matmul_mismatch.ordo:3:6: note: the left side is declared here
  3 | fn h(x: f32[B, M, K], w: f32[C, K, N]) { x @ w }
    |      ^
E0225_matmul_mismatch.ordo:3:23: note: the right side is declared here
  3 | fn h(x: f32[B, M, K], w: f32[C, K, N]) { x @ w }
    |                       ^

E0225_matmul_mismatch.ordo:4:36: error[E0225]: '@': the element types differ or are no numbers
  4 | fn i(x: f32[B, K], w: i32[K, N]) { x @ w }
    |                                    ^^^^^
    = expected  [.., K] @ [K, N], [B.., M, K] @ [B.., K, N] or [.., K] @ [K]
    = got       f32[B, K] @ i32[K, N]
E0225_matmul_mismatch.ordo:4:6: note: the left side is declared here
  4 | fn i(x: f32[B, K], w: i32[K, N]) { x @ w }
    |      ^
E0225_matmul_mismatch.ordo:4:20: note: the right side is declared here
  4 | fn i(x: f32[B, K], w: i32[K, N]) { x @ w }
    |                    ^

4 errors
