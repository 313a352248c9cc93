# args: opt {} slopes '--passes=rewrite2,blocks{bytes=1000000,rows=4}' --verify-each --validate-each --remarks=blocks
# exit: 0
# file: attention.ordo
fn attend(q: f32[B, T, 8], k: f32[B, S, 8], v: f32[B, S, 8], see: bool[B, S]) -> f32[B, T, 8] {
  e[b, t, s] = sum[d](q[b, t, d] * k[b, s, d])
  a[b, t, s] = softmax[s](where(see[b, s] and s <= t, e[b, t, s], -1e30))
  r[b, t, d] = sum[s](a[b, t, s] * v[b, s, d])
  r
}

fn loss(x: f32[B, T, 8], w: f32[8, 8], see: bool[B, T]) -> f32 {
  y = attend(x, x, x, see) @ w
  mean(y ** 2)
}

fn slopes(x: f32[B, T, 8], w: f32[8, 8], see: bool[B, T]) -> (f32, f32[B, T, 8], f32[8, 8]) {
  l = loss(x, w, see)
  (l, grad(l, x), grad(l, w))
}
# ---
attention.ordo:2:16: applied[blocks:cut]: made 4 rows of T at a time, in 2 loops (dot:f32[B, T, T] 'e') in loss.attend bytes=1048576 bytes in and out=720896 bytes of sums=262144
graph &0 "slopes" {
  %0: f32[B, T, 8] = param(index=0) "x"
  %1: f32[8, 8] = param(index=1) "w"
  %2: bool[B, T] = param(index=2) "see"
  %3: i32[T] = iota(axis=0) in "loss.attend"
  %4: f32 = size(size=8*B*T) in "loss"
  %5: f32 = const(value=1)
  %6: f32 = div(%5, %4) in "loss"
  %7: f32[B*T, 8] = broadcast(%6, axes=[]) in "loss"
  %8: f32[B, 4*floor((T + 3)/4), 8] = pad(%0, value=0, lo=[0, 0, 0]) in "loss.attend"
  %9: f32[B, floor((T + 3)/4), 4, 8] = reshape(%8) in "loss.attend"
  %10: f32[floor((T + 3)/4), B, 4, 8] = transpose(%9, perm=[1, 0, 2, 3]) in "loss.attend"
  %11: i32[4*floor((T + 3)/4)] = pad(%3, value=0, lo=[0]) in "loss.attend"
  %12: i32[floor((T + 3)/4), 4] = reshape(%11) in "loss.attend"
  %13: (f32[floor((T + 3)/4), B, 4], f32[floor((T + 3)/4), B, 4], f32[floor((T + 3)/4), B, 4, 8]) = scan(%10, %12, %0, %3, %2, length=floor((T + 3)/4), carries=0, slices=2) in "loss.attend" body "block" {
    %0: i32 = param(index=0)
    %1: f32[B, 4, 8] = param(index=1) "x"
    %2: i32[4] = param(index=2)
    %3: f32[B, T, 8] = param(index=3) "x"
    %4: i32[T] = param(index=4)
    %5: bool[B, T] = param(index=5) "see"
    %6: f32[B, 4, T] = dot(%1, %3, batch_a=[0], batch_b=[0], contract_a=[2], contract_b=[2]) "e" in "loss.attend"
    %7: i32[4, T] = broadcast(%4, axes=[1]) in "loss.attend"
    %8: i32[4, T] = broadcast(%2, axes=[0]) in "loss.attend"
    %9: bool[4, T] = le(%7, %8) in "loss.attend"
    %10: bool[B, 4, T] = broadcast(%5, axes=[0, 2]) in "loss.attend"
    %11: bool[B, 4, T] = broadcast(%9, axes=[1, 2]) in "loss.attend"
    %12: bool[B, 4, T] = and(%10, %11) in "loss.attend"
    %13: f32[B, 4, T] = const(value=-1e+30) in "loss.attend"
    %14: f32[B, 4, T] = where(%12, %6, %13) in "loss.attend"
    %15: f32[B, 4] = max_over(%14, axes=[2]) in "loss.attend"
    %16: f32[B, 4, T] = broadcast(%15, axes=[0, 1]) in "loss.attend"
    %17: f32[B, 4, T] = sub(%14, %16) in "loss.attend"
    %18: f32[B, 4, T] = exp(%17) in "loss.attend"
    %19: f32[B, 4] = sum(%18, axes=[2]) in "loss.attend"
    %20: f32[B, 4, T] = broadcast(%19, axes=[0, 1]) in "loss.attend"
    %21: f32[B, 4, T] = div(%18, %20) "a" in "loss.attend"
    %22: f32[B, 4, 8] = dot(%21, %3, batch_a=[0], batch_b=[0], contract_a=[2], contract_b=[1]) "r" in "loss.attend"
    return %15, %19, %22 "r"
  }
  %14: f32[floor((T + 3)/4), B, 4] = item(%13, index=0) in "loss.attend"
  %15: f32[B, floor((T + 3)/4), 4] = transpose(%14, perm=[1, 0, 2]) in "loss.attend"
  %16: f32[B, 4*floor((T + 3)/4)] = reshape(%15) in "loss.attend"
  %17: f32[B, T] = slice(%16, starts=[0, 0]) in "loss.attend"
  %18: f32[floor((T + 3)/4), B, 4] = item(%13, index=1) in "loss.attend"
  %19: f32[B, floor((T + 3)/4), 4] = transpose(%18, perm=[1, 0, 2]) in "loss.attend"
  %20: f32[B, 4*floor((T + 3)/4)] = reshape(%19) in "loss.attend"
  %21: f32[B, T] = slice(%20, starts=[0, 0]) in "loss.attend"
  %22: f32[floor((T + 3)/4), B, 4, 8] = item(%13, index=2) in "loss.attend"
  %23: f32[B, floor((T + 3)/4), 4, 8] = transpose(%22, perm=[1, 0, 2, 3]) in "loss.attend"
  %24: f32[B, 4*floor((T + 3)/4), 8] = reshape(%23) in "loss.attend"
  %25: f32[B, T, 8] = slice(%24, starts=[0, 0, 0]) in "loss.attend"
  %26: f32[B*T, 8] = reshape(%25) in "loss"
  %27: f32[B*T, 8] = dot(%26, %1, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0]) in "loss"
  %28: f32[B*T, 8] = mul(%27, %27) in "loss"
  %29: f32[B, T, 8] = reshape(%28) in "loss"
  %30: f32 = sum(%29, axes=[0, 1, 2]) in "loss"
  %31: f32 = div(%30, %4) in "loss"
  %32: f32[B*T, 8] = mul(%7, %27) in "loss"
  %33: f32[B*T, 8] = add(%32, %32) in "loss"
  %34: f32[B*T, 8] = dot(%33, %1, batch_a=[], batch_b=[], contract_a=[1], contract_b=[1]) in "loss"
  %35: f32[B, T, 8] = reshape(%34) in "loss"
  %36: f32[8, 8] = dot(%26, %33, batch_a=[], batch_b=[], contract_a=[0], contract_b=[0]) in "loss"
  %37: bool[T] = const(value=1) in "loss.attend"
  %38: f32[B, T, 8] = const(value=0) in "loss.attend"
  %39: f32[B, 4*floor((T + 3)/4)] = pad(%17, value=0, lo=[0, 0]) in "loss.attend"
  %40: f32[B, floor((T + 3)/4), 4] = reshape(%39) in "loss.attend"
  %41: f32[floor((T + 3)/4), B, 4] = transpose(%40, perm=[1, 0, 2]) in "loss.attend"
  %42: f32[B, 4*floor((T + 3)/4)] = pad(%21, value=0, lo=[0, 0]) in "loss.attend"
  %43: f32[B, floor((T + 3)/4), 4] = reshape(%42) in "loss.attend"
  %44: f32[floor((T + 3)/4), B, 4] = transpose(%43, perm=[1, 0, 2]) in "loss.attend"
  %45: f32[B, 4*floor((T + 3)/4), 8] = pad(%35, value=0, lo=[0, 0, 0]) in "loss.attend"
  %46: f32[B, floor((T + 3)/4), 4, 8] = reshape(%45) in "loss.attend"
  %47: f32[floor((T + 3)/4), B, 4, 8] = transpose(%46, perm=[1, 0, 2, 3]) in "loss.attend"
  %48: bool[4*floor((T + 3)/4)] = pad(%37, value=0, lo=[0]) in "loss.attend"
  %49: bool[floor((T + 3)/4), 4] = reshape(%48) in "loss.attend"
  %50: (f32[B, T, 8], f32[B, T, 8], f32[floor((T + 3)/4), B, 4, 8]) = scan(%38, %38, %10, %12, %41, %44, %47, %49, %0, %3, %2, length=floor((T + 3)/4), carries=2, slices=6) in "loss.attend" body "block" {
    %0: i32 = param(index=0)
    %1: f32[B, T, 8] = param(index=1)
    %2: f32[B, T, 8] = param(index=2)
    %3: f32[B, 4, 8] = param(index=3) "x"
    %4: i32[4] = param(index=4)
    %5: f32[B, 4] = param(index=5)
    %6: f32[B, 4] = param(index=6)
    %7: f32[B, 4, 8] = param(index=7)
    %8: bool[4] = param(index=8)
    %9: f32[B, T, 8] = param(index=9) "x"
    %10: i32[T] = param(index=10)
    %11: bool[B, T] = param(index=11) "see"
    %12: f32[B, 4, T] = dot(%3, %9, batch_a=[0], batch_b=[0], contract_a=[2], contract_b=[2]) "e" in "loss.attend"
    %13: i32[4, T] = broadcast(%10, axes=[1]) in "loss.attend"
    %14: i32[4, T] = broadcast(%4, axes=[0]) in "loss.attend"
    %15: bool[4, T] = le(%13, %14) in "loss.attend"
    %16: bool[B, 4, T] = broadcast(%11, axes=[0, 2]) in "loss.attend"
    %17: bool[B, 4, T] = broadcast(%15, axes=[1, 2]) in "loss.attend"
    %18: bool[B, 4, T] = and(%16, %17) in "loss.attend"
    %19: f32[B, 4, T] = const(value=-1e+30) in "loss.attend"
    %20: f32[B, 4, T] = where(%18, %12, %19) in "loss.attend"
    %21: f32[B, 4, T] = broadcast(%5, axes=[0, 1]) in "loss.attend"
    %22: f32[B, 4, T] = sub(%20, %21) in "loss.attend"
    %23: f32[B, 4, T] = exp(%22) in "loss.attend"
    %24: f32[B, 4, T] = broadcast(%6, axes=[0, 1]) in "loss.attend"
    %25: f32[B, 4, T] = div(%23, %24) "a" in "loss.attend"
    %26: bool[B, 4, T] = broadcast(%8, axes=[1]) in "loss.attend"
    %27: f32[B, 4, T] = const(value=0) in "loss.attend"
    %28: f32[B, 4, T] = where(%26, %25, %27) in "loss.attend"
    %29: bool[B, 4, 8] = broadcast(%8, axes=[1]) in "loss.attend"
    %30: f32[B, 4, 8] = const(value=0) in "loss.attend"
    %31: f32[B, 4, 8] = where(%29, %7, %30) in "loss.attend"
    %32: f32[B, T, 8] = dot(%28, %31, batch_a=[0], batch_b=[0], contract_a=[1], contract_b=[1]) in "loss.attend"
    %33: f32[B, 4, T] = dot(%7, %9, batch_a=[0], batch_b=[0], contract_a=[2], contract_b=[2]) in "loss.attend"
    %34: f32[B, 4, T] = div(%33, %24) in "loss.attend"
    %35: f32[B, 4, T] = neg(%33) in "loss.attend"
    %36: f32[B, 4, T] = mul(%25, %35) in "loss.attend"
    %37: f32[B, 4, T] = div(%36, %24) in "loss.attend"
    %38: f32[B, 4] = sum(%37, axes=[2]) in "loss.attend"
    %39: f32[B, 4, T] = broadcast(%38, axes=[0, 1]) in "loss.attend"
    %40: f32[B, 4, T] = add(%34, %39) in "loss.attend"
    %41: f32[B, 4, T] = mul(%23, %40) in "loss.attend"
    %42: f32[B, 4, T] = where(%18, %41, %27) in "loss.attend"
    %43: f32[B, 4, T] = where(%26, %42, %27) in "loss.attend"
    %44: f32[B, 4, 8] = where(%29, %3, %30) in "loss.attend"
    %45: f32[B, T, 8] = dot(%43, %44, batch_a=[0], batch_b=[0], contract_a=[1], contract_b=[1]) in "loss.attend"
    %46: f32[B, 4, 8] = dot(%42, %9, batch_a=[0], batch_b=[0], contract_a=[2], contract_b=[1]) in "loss.attend"
    %47: f32[B, T, 8] = add(%1, %32) in "loss.attend"
    %48: f32[B, T, 8] = add(%2, %45) in "loss.attend"
    return %47, %48, %46
  }
  %51: f32[B, T, 8] = item(%50, index=0) in "loss.attend"
  %52: f32[B, T, 8] = item(%50, index=1) in "loss.attend"
  %53: f32[floor((T + 3)/4), B, 4, 8] = item(%50, index=2) in "loss.attend"
  %54: f32[B, floor((T + 3)/4), 4, 8] = transpose(%53, perm=[1, 0, 2, 3]) in "loss.attend"
  %55: f32[B, 4*floor((T + 3)/4), 8] = reshape(%54) in "loss.attend"
  %56: f32[B, T, 8] = slice(%55, starts=[0, 0, 0]) in "loss.attend"
  %57: f32[B, T, 8] = add(%51, %52)
  %58: f32[B, T, 8] = add(%56, %57)
  return %31 "l", %58, %36
}
