# args: run {} moved x="[[6,7,8,0],[9,0,0,0],[6,7,8,9],[0,0,0,0]]"
# exit: 0
import rl

fn moved(x: <12>[B, P]) -> (<12>[B, P], bool[B, P]) {
  real[b, p] = i32(x[b, p]) != 0
  pad_left(x, real)
}
# ---
result1 = 
[[6, 6, 7, 8],
 [9, 9, 9, 9],
 [6, 7, 8, 9],
 [0, 0, 0, 0]]
result2 = 
[[false, true, true, true],
 [false, false, false, true],
 [true, true, true, true],
 [false, false, false, false]]
