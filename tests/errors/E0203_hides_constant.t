# args: check
# exit: 1
const W = 3
fn f(x: f32[H, W]) -> f32[H] { x + full(1, 4) }
fn g(x: f32[B, W]) -> f32[B] {
  y[b] = sum[w](x[b, w]) with w in 3
  z[b] = sum[i](x[b, i] * ones(3)[i])
  y + z
}
# ---
E0203_hides_constant.ordo:2:32: error[E0203]: the shapes do not fit: an axis of W meets one of 4
  2 | fn f(x: f32[H, W]) -> f32[H] { x + full(1, 4) }
    |                                ^^^^^^^^^^^^^^
    = expected  f32[H, W]
    = got       f32[4]
E0203_hides_constant.ordo:2:6: note: f32[H, W] is declared here
  2 | fn f(x: f32[H, W]) -> f32[H] { x + full(1, 4) }
    |      ^
E0203_hides_constant.ordo:1:7: note: the W of the signature is a size of its own, not this 3
  1 | const W = 3
    |       ^

E0203_hides_constant.ordo:4:22: error[E0204]: the index 'w' is used on axes of two sizes, 3 and W
  4 |   y[b] = sum[w](x[b, w]) with w in 3
    |                      ^
    = expected  3
    = got       W
E0203_hides_constant.ordo:4:31: note: 'w' has the extent 3 from here
  4 |   y[b] = sum[w](x[b, w]) with w in 3
    |                               ^
E0203_hides_constant.ordo:1:7: note: the W of the signature is a size of its own, not this 3
  1 | const W = 3
    |       ^

E0203_hides_constant.ordo:5:35: error[E0204]: the index 'i' is used on axes of two sizes, W and 3
  5 |   z[b] = sum[i](x[b, i] * ones(3)[i])
    |                                   ^
    = expected  W
    = got       3
E0203_hides_constant.ordo:5:22: note: 'i' has the extent W from here
  5 |   z[b] = sum[i](x[b, i] * ones(3)[i])
    |                      ^
E0203_hides_constant.ordo:1:7: note: the W of the signature is a size of its own, not this 3
  1 | const W = 3
    |       ^

3 errors
