# args: run {} f --products=openblas --remarks=row-bits a=[[1,2,3],[4,5,6]] b=[[1,0],[0,1],[1,1]]
# exit: 0
# Products by OpenBLAS; a remark says what is given up.
fn f(a: f32[M, K], b: f32[K, N]) -> (f32[M, N], f32[N, N]) {
  y = a @ b
  (y, transpose(y) @ y)
}
# ---
run_openblas.ordo:3:7: missed[plan:row-bits]: OpenBLAS may make this product: the bits of a row depend on how many others there are (dot:f32[M, N] 'y')
run_openblas.ordo:4:7: missed[plan:row-bits]: OpenBLAS may make this product: the bits of a row depend on how many others there are (dot:f32[N, M])
run_openblas.ordo:4:7: missed[plan:row-bits]: OpenBLAS may make this product: the bits of a row depend on how many others there are (dot:f32[N, N])
y = 
[[4, 5],
 [10, 11]]
result2 = 
[[116, 130],
 [130, 146]]
