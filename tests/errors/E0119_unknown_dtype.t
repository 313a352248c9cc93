# args: check
# exit: 1
fn f(x: float, y: Tensor[B], z: int64[N], w: f3[B]) -> float32[B] { x }
layer L(I) {
  W: half[I] ~ zeros
}
# ---
E0119_unknown_dtype.ordo:1:9: error[E0119]: 'float' is not a type
  1 | fn f(x: float, y: Tensor[B], z: int64[N], w: f3[B]) -> float32[B] { x }
    |         ^^^^^
    = expected  f32, f64, bf16, i32, bool, <N>, size or layer
    = help: write f32

E0119_unknown_dtype.ordo:1:19: error[E0119]: 'Tensor' is not a type
  1 | fn f(x: float, y: Tensor[B], z: int64[N], w: f3[B]) -> float32[B] { x }
    |                   ^^^^^^
    = expected  f32, f64, bf16, i32, bool, <N>, size or layer
    = help: write the element type and the extents: f32[B, N]

E0119_unknown_dtype.ordo:1:33: error[E0119]: 'int64' is not a type
  1 | fn f(x: float, y: Tensor[B], z: int64[N], w: f3[B]) -> float32[B] { x }
    |                                 ^^^^^
    = expected  f32, f64, bf16, i32, bool, <N>, size or layer
    = help: write i32; an index into an axis of extent N is <N>

E0119_unknown_dtype.ordo:1:46: error[E0119]: 'f3' is not a type
  1 | fn f(x: float, y: Tensor[B], z: int64[N], w: f3[B]) -> float32[B] { x }
    |                                              ^^
    = expected  f32, f64, bf16, i32, bool, <N>, size or layer

E0119_unknown_dtype.ordo:1:56: error[E0119]: 'float32' is not a type
  1 | fn f(x: float, y: Tensor[B], z: int64[N], w: f3[B]) -> float32[B] { x }
    |                                                        ^^^^^^^
    = expected  f32, f64, bf16, i32, bool, <N>, size or layer
    = help: write f32

E0119_unknown_dtype.ordo:3:6: error[E0119]: 'half' is not a type
  3 |   W: half[I] ~ zeros
    |      ^^^^
    = expected  f32, f64, bf16, i32, bool, <N>, size or layer
    = help: write bf16; there is no f16

6 errors
