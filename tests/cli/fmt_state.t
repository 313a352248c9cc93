# args: fmt
# exit: 0
layer N(D) {
  W: f32[D]~ones
  state   mean:f32[D] ~zeros
  state: f32~ ones
}
# ---
layer N(D) {
  W:          f32[D] ~ ones
  state mean: f32[D] ~ zeros
  state:      f32    ~ ones
}
