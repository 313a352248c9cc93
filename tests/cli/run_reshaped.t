# args: run {} main "[[3, 1, 2, 9], [0, 8, 7, 4], [5, 6, 2, 1]]"
# exit: 0
# Instructions of the library read an operand in the shape of the node, also where only a reshape has given it that.
fn main(x: f32[3, 4]) -> (f32[2, 6], f32[6, 2], i32[2, 6], f32[6, 2]) {
  y = reshape(x, [2, 6])
  z = reshape(x, [6, 2])
  s[a, b] = sort[b](z[a, b])
  c[a, b] = cumsum[b](y[a, b])
  o[a, b] = argsort[b](y[a, b])
  p[a, b] = cumsum[a](z[a, b])
  (c, s, i32(o), p)
}
# ---
c = 
[[3, 4, 6, 15, 15, 23],
 [7, 11, 16, 22, 24, 25]]
s = 
[[1, 3],
 [2, 9],
 [0, 8],
 [4, 7],
 [5, 6],
 [1, 2]]
result3 = 
[[4, 1, 2, 0, 5, 3],
 [5, 4, 1, 2, 3, 0]]
p = 
[[3, 1],
 [5, 10],
 [5, 18],
 [12, 22],
 [17, 28],
 [19, 29]]
