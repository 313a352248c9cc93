# args: $(printf 'GGUF\3\0\0\0' >"$work/in/cut.gguf") run {} Scale "[1, 2]" --weights cut.gguf
# exit: 1
layer Scale() {
  w: f32[2] ~ ones
  fn (x: f32[2]) -> f32[2] { x * w }
}
# ---
error[E0818]: 'cut.gguf' cannot be read: it ends early

1 error
