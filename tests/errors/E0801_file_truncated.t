# args: run {} rows cut.npy
# exit: 1
fn rows(x: f32[B, N]) -> f32[B] {
  s[b] = sum[n](x[b, n])
  s
}
# +++ cut.npy
“NUMPY   {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
# ---
error[E0801]: 'cut.npy' ends early
    = expected  8234 bytes
    = got       70 bytes

1 error
