# args: run {} Line.main --json x=[1,2]
# exit: 0
# A layer with other weights: a tuple of them, those of another layer, and what derivatives made of them. By hand: the loss is
# sum((w x + b)^2), with slopes 26 and 16 at w = 2, b = 1; one step of 0.1 gives -0.6 and -0.6, where it is 4.68; the derivative of
# that by the first weights is 3.6 and 2.16. A state stays that of the layer.
layer Line {
  w: f32 ~ full(2)
  state n: f32 ~ full(5)
  b: f32 ~ full(1)
  fn (x: f32[N]) -> f32[N] { w * x + b + 0 * n }
  fn loss(x: f32[N]) -> f32 { sum(self(x) ** 2) }
  fn after(x: f32[N], steps: size) -> f32 {
    scan k in steps, v = weights(self) {
      v = v - 0.1 * grad(loss(x) with v, v)
    }
    loss(x) with v
  }
  fn main(x: f32[N]) {
    v = weights(self)
    g = grad(loss(x) with v, v)
    u = v - 0.1 * g
    once = loss(x) with u
    other = pass_on(self with (3.0, 0.5), x)
    same = loss(x) with self
    (v, g, self(x) with (3.0, b / 2), other, once, grad(once, self), after(x, 1), after(x, 2), grad(after(x, 1), self), same, -(v, 4.0) * 2)
  }
}

fn pass_on(f: layer, x: f32[N]) -> f32[N] { f(x) }
# ---
{"result1": 2,
 "result2": 1,
 "result3": 26,
 "result4": 16,
 "result5": [3.5, 6.5],
 "other": [3.5, 6.5],
 "once": 4.6800017,
 "result8": 3.6000013,
 "result9": 2.1600008,
 "result10": 4.6800017,
 "result11": 0.6480002,
 "result12": 3.6000013,
 "result13": 2.1600008,
 "same": 34,
 "result15": -4,
 "result16": -2,
 "result17": -8}
