# args: opt {} --passes=inline --verify-each
# exit: 0
# file: graph.ir
graph &0 "layer" {
  %0: f32[B, 4] = param(index=0) "x"
  %1: f32[4, 4] = param(index=1) "W"
  %2: f32[B, 4] = dot(%0, %1, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0]) in "lin"
  %3: f32[B, 4] = tanh(%2)
  %4: f32[B, 4] = exp(%3)
  return %3 "y", %4 "dead"
}
graph &1 "main" {
  %0: f32[B, 4] = param(index=0) "x"
  %1: f32[4, 4] = param(index=1) "W"
  %2: f32[T] = param(index=2) "t"
  %3: (f32[B, 4], f32[B, 4]) = call(&0, %0, %1) in "net"
  %4: f32[B, 4] = item(%3, index=0)
  %5: (f32[B, 4]) = scan(%4, %1, length=T, carries=1, slices=0) in "net" body "loop" {
    %0: <T> = param(index=0)
    %1: f32[B, 4] = param(index=1) "h"
    %2: f32[4, 4] = param(index=2) "W"
    %3: (f32[B, 4], f32[B, 4]) = call(&0, %1, %2) in "net.cell"
    %4: f32[B, 4] = item(%3, index=0)
    return %4
  }
  %6: f32[B, 4] = item(%5, index=0)
  return %6 "y"
}
# ---
graph &0 "main" {
  %0: f32[B, 4] = param(index=0) "x"
  %1: f32[4, 4] = param(index=1) "W"
  %2: f32[T] = param(index=2) "t"
  %3: f32[B, 4] = dot(%0, %1, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0]) in "net.lin"
  %4: f32[B, 4] = tanh(%3) in "net"
  %5: (f32[B, 4]) = scan(%4, %1, length=T, carries=1, slices=0) in "net" body "loop" {
    %0: <T> = param(index=0)
    %1: f32[B, 4] = param(index=1) "h"
    %2: f32[4, 4] = param(index=2) "W"
    %3: f32[B, 4] = dot(%1, %2, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0]) in "net.cell.lin"
    %4: f32[B, 4] = tanh(%3) in "net.cell"
    return %4
  }
  %6: f32[B, 4] = item(%5, index=0)
  return %6 "y"
}
