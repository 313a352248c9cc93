# args: check
# exit: 1
# Heads that do not divide the width: smaller ones are not made in silence.
import transformer

train t {
  net   = Decoder(50, 10, 1, heads = 3)
  wide  = Decoder(50, 10, 1, heads = 3, K = 4)
  steps = 1

  step {
    x = randint(50, [2, 4])
    there[b, t] = true with b in 2, t in 4
    log a = net.loss(x, there), b = wide.loss(x, there)
  }
}
# ---
models/lib/transformer.ordo:112:12: error[E0222]: D is a multiple of heads, or K is given
  112 |     assert K != floor(D / heads) or heads * K == D, "D is a multiple of heads, or K is given"
      |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
models/lib/transformer.ordo:112:5: note: in 'Attention.queries'
  112 |     assert K != floor(D / heads) or heads * K == D, "D is a multiple of heads, or K is given"
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
models/lib/transformer.ordo:139:10: note: in this call of 'Attention.queries'
  139 |     read(queries(x, at), ks, vs, see)
      |          ^^^^^^^^^^^^^^
models/lib/transformer.ordo:156:18: note: in this call of 'Attention.()'
  156 |     x = x + drop(attn(y, at, y, at, see))
      |                  ^^^^^^^^^^^^^^^^^^^^^^^

models/lib/transformer.ordo:119:12: error[E0222]: rotary places turn halves of a head: K is even
  119 |     assert not rope or K % 2 == 0, "rotary places turn halves of a head: K is even"
      |            ^^^^^^^^^^^^^^^^^^^^^^
models/lib/transformer.ordo:119:5: note: in 'Attention.memory'
  119 |     assert not rope or K % 2 == 0, "rotary places turn halves of a head: K is even"
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
models/lib/transformer.ordo:138:16: note: in this call of 'Attention.memory'
  138 |     (ks, vs) = memory(m, from)
      |                ^^^^^^^^^^^^^^^
models/lib/transformer.ordo:156:18: note: in this call of 'Attention.()'
  156 |     x = x + drop(attn(y, at, y, at, see))
      |                  ^^^^^^^^^^^^^^^^^^^^^^^

2 errors
