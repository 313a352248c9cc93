# args: run --digits 5 --seed 1 {} Ends.places "[[0,1,2],[0,1,2]]" "[[true,true,true],[true,true,false]]"
# exit: 0
# Learned places for two tokens: a row of three is not a number, one with padding is.
import transformer

layer Ends() {
  learned: Tokens(5, 4, true, 2, 1)
  fn places(x: <5>[B, T], m: mask[B, T]) {
    h = learned(x, positions(m))
    row[b] = sum[t, d](where(m[b, t], h[b, t, d] * 0, 0))
    row
  }
}
# ---
[nan, 0]
