# args: run {} t -D ORDER=three "[[11,12,13,14,2,0],[11,12,13,2,0,0],[11,12,13,14,15,2]]"
# exit: 0
# "This is a sentence ." of the paper is "a is This <pad> . sentence".
import "word_order.ordo"
fn t(a: i32[B, S]) -> (i32[B, S + 2], bool[B, S + 2]) {
  x[i, s] = index(a[i, s], 30)
  (y, mask) = reorder(x, a > 0)
  (i32(y), mask)
}
# ---
result1 = 
[[13, 12, 11, 0, 0, 14, 2, 0],
 [13, 12, 11, 2, 0, 0, 0, 0],
 [13, 12, 11, 0, 15, 14, 2, 0]]
mask = 
[[true, true, true, true, true, true, true, false],
 [true, true, true, true, false, false, false, false],
 [true, true, true, true, true, true, true, false]]
