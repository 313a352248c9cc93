# args: opt {} --passes=grad,simplify --verify-each
# exit: 0
# file: graph.ir
graph &0 "loss" {
  %0: f32[B, H] = param(index=0) "x"
  %1: f32[H, N] = param(index=1) "W"
  %2: f32[B, N] = dot(%0, %1, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0], precision="bf16")
  %3: f32[B, N] = mul(%2, %2)
  %4: f32 = sum(%3, axes=[0, 1])
  %5: (f32[B, H], f32[H, N]) = grad(%4, %0, %1)
  %6: f32[B, H] = item(%5, index=0)
  %7: f32[H, N] = item(%5, index=1)
  return %6 "dx", %7 "dW"
}
# ---
graph &0 "loss" {
  %0: f32[B, H] = param(index=0) "x"
  %1: f32[H, N] = param(index=1) "W"
  %2: f32[B, N] = dot(%0, %1, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0], precision="bf16")
  %3: f32[B, N] = add(%2, %2)
  %4: f32[B, H] = dot(%3, %1, batch_a=[], batch_b=[], contract_a=[1], contract_b=[1], precision="bf16")
  %5: f32[H, N] = dot(%0, %3, batch_a=[], batch_b=[], contract_a=[0], contract_b=[0], precision="bf16")
  return %4 "dx", %5 "dW"
}
