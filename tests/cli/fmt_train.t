# args: fmt
# exit: 0
train t {
  coef:f32~full( 0.2 )
  step {
    repeat   k in 3,a=0.0   until a>2 { a=a+1;y[k]=a }
    repeat 2 { coef = coef+a }
    move  fast to net with copy   through
    minimize a over fast with sgd(lr=0.1) every  2 through
    minimize a over matrices( fast ),fast.b with sgd when step%2==0   through
    move fast to net with copy when  a>0
    log "objective/kl"=coef,a
  }
  teacher=copy  of net.trunk   frozen
}
# ---
train t {
  coef: f32 ~ full(0.2)
  step {
    repeat k in 3, a = 0.0 until a > 2 { a = a+1; y[k] = a }
    repeat 2 { coef = coef+a }
    move fast to net with copy through
    minimize a over fast with sgd(lr = 0.1) every 2 through
    minimize a over matrices(fast), fast.b with sgd when step % 2 == 0 through
    move fast to net with copy when a > 0
    log "objective/kl" = coef, a
  }
  teacher = copy of net.trunk frozen
}
