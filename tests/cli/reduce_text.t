# args: reduce {} --text --test='says() { $ORDO check $1 2>&1 | grep -q E0203; }; says'
# exit: 0
import linear

const H = 64  # hidden units

fn twice(x: f32[B, N], s: f32) -> f32[B, N] {
  y = 2 * x
  y * s
}

layer Net(H) {
  first: Linear(1, H)
  fn (x: f32[B, 1]) -> f32[B, H] { tanh(first(x)) }
}

fn wrong(x: f32[B, 12], y: f32[B, 8], k: size) -> f32[B, 12] {
  z = twice(x, 0.5)
  scan t in 10, h = zeros(B), c = ones(B) {
    h = tanh(h + c)
    out[:, t] = h
  }
  if H > 32 { u = z + y } else { u = z }
  u + mean(out)
}
# ---
5 lines of 23 are left, after 77 candidates
fn wrong(x: f32[0], y: f32[2]) {
  z = x

  u = z + y
}
