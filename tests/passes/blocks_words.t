# args: opt {} slopes '--passes=rewrite2,blocks{bytes=100000,rows=128}' --verify-each --validate-each --remarks=blocks
# exit: 0
# file: words.ordo
import losses

fn slopes(x: f32[512, 8], w: f32[8, V], y: <V>[512]) -> (f32, f32[512, 8], f32[8, V]) {
  l = cross_entropy(x @ w, y)
  (l, grad(l, x), grad(l, w))
}
# ---
words.ordo:4:21: applied[blocks:cut]: made 128 rows of 512 at a time, in 1 loop (dot:f32[512, V]) bytes=131072 bytes in and out=43008 bytes of sums=2048
graph &0 "slopes" {
  %0: f32[512, 8] = param(index=0) "x"
  %1: f32[8, V] = param(index=1) "w"
  %2: <V>[512] = param(index=2) "y"
  %3: f32 = const(value=0.001953125) in "cross_entropy"
  %4: i32[512] = cast(%2) in "cross_entropy"
  %5: f32[8, V] = const(value=0)
  %6: f32[4, 128, 8] = reshape(%0)
  %7: <V>[4, 128] = reshape(%2)
  %8: i32[4, 128] = reshape(%4)
  %9: (f32[8, V], f32[4, 128], f32[4, 128], f32[4, 128], f32[4, 128, 8]) = scan(%5, %6, %7, %8, %1, length=4, carries=1, slices=3) body "block" {
    %0: i32 = param(index=0)
    %1: f32[8, V] = param(index=1)
    %2: f32[128, 8] = param(index=2) "x"
    %3: <V>[128] = param(index=3) "y"
    %4: i32[128] = param(index=4)
    %5: f32[8, V] = param(index=5) "w"
    %6: f32[128, V] = dot(%2, %5, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0])
    %7: f32[128] = max_over(%6, axes=[1]) in "cross_entropy"
    %8: f32[128, V] = broadcast(%7, axes=[0]) in "cross_entropy"
    %9: f32[128, V] = sub(%6, %8) in "cross_entropy"
    %10: f32[128, V] = exp(%9) in "cross_entropy"
    %11: f32[128] = sum(%10, axes=[1]) in "cross_entropy"
    %12: f32[128] = gather(%6, %3, axis=1, batch=1) in "cross_entropy"
    %13: i32[128, V] = iota(axis=1) in "cross_entropy"
    %14: i32[128, V] = broadcast(%4, axes=[0]) in "cross_entropy"
    %15: bool[128, V] = eq(%13, %14) in "cross_entropy"
    %16: f32[128, V] = const(value=-0.001953125) in "cross_entropy"
    %17: f32[128, V] = const(value=0) in "cross_entropy"
    %18: f32[128, V] = where(%15, %16, %17) in "cross_entropy"
    %19: f32[128] = const(value=0.001953125) in "cross_entropy"
    %20: f32[128] = div(%19, %11) in "cross_entropy"
    %21: f32[128, V] = broadcast(%20, axes=[0]) in "cross_entropy"
    %22: f32[128, V] = mul(%10, %21) in "cross_entropy"
    %23: f32[128, V] = add(%18, %22) in "cross_entropy"
    %24: f32[128, 8] = dot(%23, %5, batch_a=[], batch_b=[], contract_a=[1], contract_b=[1])
    %25: f32[8, V] = dot(%2, %23, batch_a=[], batch_b=[], contract_a=[0], contract_b=[0])
    %26: f32[8, V] = add(%1, %25)
    return %26, %7, %11, %12, %24
  }
  %10: f32[8, V] = item(%9, index=0)
  %11: f32[4, 128] = item(%9, index=1)
  %12: f32[512] = reshape(%11) in "cross_entropy"
  %13: f32[4, 128] = item(%9, index=2) in "cross_entropy"
  %14: f32[512] = reshape(%13) in "cross_entropy"
  %15: f32[4, 128] = item(%9, index=3) in "cross_entropy"
  %16: f32[512] = reshape(%15) in "cross_entropy"
  %17: f32[4, 128, 8] = item(%9, index=4) in "cross_entropy"
  %18: f32[512, 8] = reshape(%17)
  %19: f32[512] = log(%14) in "cross_entropy"
  %20: f32[512] = sub(%16, %12) in "cross_entropy"
  %21: f32[512] = sub(%19, %20) "nll" in "cross_entropy"
  %22: f32 = sum(%21, axes=[0]) in "cross_entropy"
  %23: f32 = mul(%22, %3) in "cross_entropy"
  return %23 "l", %18, %10
}
