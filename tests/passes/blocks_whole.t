# args: opt {} main '--passes=rewrite2,blocks{bytes=100000}' --remarks=blocks -o graph.txt
# exit: 0
# file: whole.ordo
fn main(x: f32[1024, 8], z: f32[B, T, 8], w: f32[1024, 1024]) ->
    (f32[1024, 1024], f32[1024, 8], f32[B, T, 8], f32[1024, 1024], f32[1024, 8]) {
  a = x @ transpose(x)                    # a result
  e = cos(x) @ transpose(x)
  b[i, j] = cumsum[i](e[i, j])            # puts rows together
  c[b, i, j] = exp(sum[d](z[b, i, d] * z[b, j, d]))
  y[b, i, d] = sum[j](c[b, i, j] * z[b, j, d])  # nobody knows how many rows
  d = w @ w                               # no larger than what it is made of
  f = (x @ transpose(sin(x))) ** 3        # only a later product reads it
  (a, b @ x, y, tanh(d @ w), exp(f) @ x)
}
# ---
whole.ordo:3:7: missed[blocks:whole]: in memory as a whole: dot is a result (dot:f32[1024, 1024] 'a') bytes=4194304 bytes in and out=4227072 bytes of sums=0
whole.ordo:4:7: applied[blocks:cut]: made 128 rows of 1024 at a time, in 1 loop (dot:f32[1024, 1024] 'e') bytes=4194304 bytes in and out=32768 bytes of sums=32768
whole.ordo:8:7: missed[blocks:whole]: in memory as a whole: tanh is a result (dot:f32[1024, 1024] 'd') bytes=4194304 bytes in and out=8388608 bytes of sums=0
whole.ordo:9:7: applied[blocks:cut]: made 128 rows of 1024 at a time, in 1 loop (dot:f32[1024, 1024]) bytes=4194304 bytes in and out=65536 bytes of sums=0
whole.ordo:10:22: missed[blocks:whole]: in memory as a whole: tanh is a result (dot:f32[1024, 1024]) bytes=4194304 bytes in and out=8388608 bytes of sums=0
whole.ordo:6:20: missed[blocks:whole]: in memory as a whole: how many rows it has is not known (with blocks{rows=..} it is made in blocks all the same) (dot:f32[B, T, T]) bytes=1048576 bytes in and out=262144 bytes of sums=0
whole.ordo:6:16: missed[blocks:whole]: in memory as a whole: how many rows it has is not known (with blocks{rows=..} it is made in blocks all the same) (exp:f32[B, T, T] 'c') bytes=1048576 bytes in and out=262144 bytes of sums=0
whole.ordo:7:16: missed[blocks:whole]: in memory as a whole: dot is a result (dot:f32[B, T, 8] 'y') bytes=131072 bytes in and out=262144 bytes of sums=0
