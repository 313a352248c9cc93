# args: opt {} main --passes=inline,grad,simplify,fuse
# exit: 0
# file: graph.ir
# Roles are read, kept by passes and printed; an argument has none.
graph &0 "main" {
  %0: f32[N] = param(index=0, role="weight") "net.w"
  %1: f32 = param(index=1, role="step") "step"
  %2: key = param(index=2, role="key") "key"
  %3: f32[N] = param(index=3, role="feed") "pairs.x"
  %4: f32[N] = param(index=4) "x"
  %5: f32[N] = mul(%0, %3)
  %6: f32[N] = sub(%5, %4)
  return %6 "y"
}
# ---
graph &0 "main" {
  %0: f32[N] = param(index=0, role="weight") "net.w"
  %1: f32 = param(index=1, role="step") "step"
  %2: key = param(index=2, role="key") "key"
  %3: f32[N] = param(index=3, role="feed") "pairs.x"
  %4: f32[N] = param(index=4) "x"
  %5: (f32[N]) = kernel(%0, %3, %4) body {
    %0: f32[N] = param(index=0) "net.w"
    %1: f32[N] = param(index=1) "pairs.x"
    %2: f32[N] = param(index=2) "x"
    %3: f32[N] = mul(%0, %1)
    %4: f32[N] = sub(%3, %2)
    return %4
  }
  %6: f32[N] = item(%5, index=0)
  return %6 "y"
}
