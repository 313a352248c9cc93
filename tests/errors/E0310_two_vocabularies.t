# args: check
# exit: 1
data p = tsv("p.tsv") { src: chars[S]  tgt: chars[T] }
layer Net(VS, VT) {
  e: f32[VS, 4] ~ zeros
  d: f32[VT, 4] ~ zeros
  fn (src: <VS>[B, S], tgt: <VT>[B, T]) -> f32 { sum(e[src, :]) + sum(d[tgt, :]) }
}
train t {
  net = Net(p.src, p.tgt)
  step {
    b = p.batch(4)
    log a = net(b.tgt, b.src)
  }
}
# ---
E0310_two_vocabularies.ordo:11:17: error[E0207]: the argument 'src' points into an axis of p.tgt, not of p.src
  11 |     log a = net(b.tgt, b.src)
     |                 ^^^^^
     = expected  <p.src>
     = got       <p.tgt>[4, T'2]
E0310_two_vocabularies.ordo:5:12: note: declared here
   5 |   fn (src: <VS>[B, S], tgt: <VT>[B, T]) -> f32 { sum(e[src, :]) + sum(d[tgt, :]) }
     |            ^^^^^^^^^^

E0310_two_vocabularies.ordo:11:24: error[E0207]: the argument 'tgt' points into an axis of p.src, not of p.tgt
  11 |     log a = net(b.tgt, b.src)
     |                        ^^^^^
     = expected  <p.tgt>
     = got       <p.src>[4, S'1]
E0310_two_vocabularies.ordo:5:29: note: declared here
   5 |   fn (src: <VS>[B, S], tgt: <VT>[B, T]) -> f32 { sum(e[src, :]) + sum(d[tgt, :]) }
     |                             ^^^^^^^^^^

2 errors
