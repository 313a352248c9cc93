# args: train --stop-after=simplify {}
# exit: 0
# Without a limit no norm is in the graph of the step.
import optimizers

layer Two {
  a: f32[2] ~ ones
  b: f32[3] ~ ones
  fn (x: f32, y: f32) -> f32 { sum(a ** 2) * x + sum(b ** 2) * y }
}

train plain {
  net = Two()
  steps = 1
  step { minimize net(1, 2) over net with momentum(lr = 0.5) }
}
# ---
graph &0 "plain.step" {
  %0: f32[2] = param(index=0, role="weight") "net.a"
  %1: f32[3] = param(index=1, role="weight") "net.b"
  %2: f32 = param(index=2, role="state") "net.momentum.step"
  %3: f32[2] = param(index=3, role="state") "net.a.momentum.v"
  %4: f32[3] = param(index=4, role="state") "net.b.momentum.v"
  %5: f32 = param(index=5, role="step") "step"
  %6: key = param(index=6, role="key") "key"
  %7: f32 = const(value=1)
  %8: f32[3] = const(value=2) in "net"
  %9: f32[3] = mul(%1, %8) in "net"
  %10: f32[3] = add(%9, %9)
  %11: f32[2] = add(%0, %0)
  %12: f32 = add(%2, %7) in "momentum over net"
  %13: f32[2] = const(value=0.9) in "momentum over net.a"
  %14: f32[2] = mul(%3, %13) in "momentum over net.a"
  %15: f32[2] = add(%11, %14) "v" in "momentum over net.a"
  %16: f32[2] = const(value=0.5) in "momentum over net.a"
  %17: f32[2] = mul(%15, %16) in "momentum over net.a"
  %18: f32[2] = sub(%0, %17) in "momentum over net.a"
  %19: f32[3] = const(value=0.9) in "momentum over net.b"
  %20: f32[3] = mul(%4, %19) in "momentum over net.b"
  %21: f32[3] = add(%10, %20) "v" in "momentum over net.b"
  %22: f32[3] = const(value=0.5) in "momentum over net.b"
  %23: f32[3] = mul(%21, %22) in "momentum over net.b"
  %24: f32[3] = sub(%1, %23) in "momentum over net.b"
  return %18 "net.a", %24 "net.b", %12 "net.momentum.step", %15 "net.a.momentum.v", %21 "net.b.momentum.v"
}
