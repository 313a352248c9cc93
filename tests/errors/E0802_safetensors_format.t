# args: run {} Double "[1, 2]" --weights notes.safetensors
# exit: 1
layer Double() {
  w: f32 ~ ones
  fn (x: f32[N]) -> f32[N] { x * w }
}

init ones() -> f32[..] { 1 }
# +++ notes.safetensors
weights are elsewhere
# ---
error[E0802]: 'notes.safetensors' is no valid safetensors file: the header's length is 2338340623295800695 bytes

1 error
