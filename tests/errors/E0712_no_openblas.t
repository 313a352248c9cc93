# args: run {} f --products=openblas a=[[1]] b=[[2]]
# env: ORDO_OPENBLAS=/nonexistent/libopenblas.so.0
# exit: 1
fn f(a: f32[M, K], b: f32[K, N]) -> f32[M, N] { a @ b }
# ---
error[E0712]: there is no OpenBLAS to make products: /nonexistent/libopenblas.so.0: cannot open shared object file: No such file or directory

1 error
