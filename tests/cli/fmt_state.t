# args: fmt
# exit: 0
layer N(D) {
  W: f32[D]~ones
  state   mean:f32[D] ~zeros
  state: f32~ ones
  f:[ i in 3 ]N(i+1)
}
# ---
layer N(D) {
  W:          f32[D] ~ ones
  state mean: f32[D] ~ zeros
  state:      f32    ~ ones
  f:          [i in 3] N(i+1)
}
