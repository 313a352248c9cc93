# args: check {}
# exit: 1
# Options of the library that are not what they may be.
import seq2seq
import transformer

layer Wrong() {
  position: Decoder(5, 4, 1, 2, position = "learnt")
  halves: Decoder(5, 6, 1, 2)
  begin: EncoderDecoder(5, 5, 4, 1, 2, bos = 5)
  end: Seq2Seq(5, 5, 4, end = 7)
  layers: Seq2Seq(5, 5, 4, layers = 3)
  smoothing: Seq2Seq(5, 5, 4, smoothing = 1.5)
  fn a(x: <5>[B, T], m: bool[B, T]) { position(x, m) }
  fn b(x: <5>[B, T], m: bool[B, T]) { halves(x, m) }
  fn c(x: <5>[B, T], m: bool[B, T]) { begin(x, m, x, m) }
  fn d(x: <5>[B, T], m: bool[B, T]) { end.answer(x, m) }
  fn e(x: <5>[B, T], m: bool[B, T]) { layers.answer(x, m) }
  fn f(x: <5>[B, T], m: bool[B, T]) { smoothing.loss(x, m, x, m) }
}
# ---
models/lib/seq2seq.ordo:67:12: error[E0222]: the decoder has 1 or 2 layers
   67 |     assert layers == 1 or layers == 2, "the decoder has 1 or 2 layers"
      |            ^^^^^^^^^^^^^^^^^^^^^^^^^^
models/lib/seq2seq.ordo:67:5: note: in 'Seq2Seq.encode'
   67 |     assert layers == 1 or layers == 2, "the decoder has 1 or 2 layers"
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
models/lib/seq2seq.ordo:178:17: note: in this call of 'Seq2Seq.encode'
  178 |     (m, h, c) = encode(src, src_mask)
      |                 ^^^^^^^^^^^^^^^^^^^^^
models/lib/decoding.ordo:59:17: note: in this call of 'Seq2Seq.start'
   59 |   (first, s0) = net.start(x, mask, T)
      |                 ^^^^^^^^^^^^^^^^^^^^^

models/lib/seq2seq.ordo:68:12: error[E0222]: bos and end are tokens of the target: below VT
   68 |     assert bos < VT and end < VT, "bos and end are tokens of the target: below VT"
      |            ^^^^^^^^^^^^^^^^^^^^^
models/lib/seq2seq.ordo:68:5: note: in 'Seq2Seq.encode'
   68 |     assert bos < VT and end < VT, "bos and end are tokens of the target: below VT"
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
models/lib/seq2seq.ordo:178:17: note: in this call of 'Seq2Seq.encode'
  178 |     (m, h, c) = encode(src, src_mask)
      |                 ^^^^^^^^^^^^^^^^^^^^^
models/lib/decoding.ordo:59:17: note: in this call of 'Seq2Seq.start'
   59 |   (first, s0) = net.start(x, mask, T)
      |                 ^^^^^^^^^^^^^^^^^^^^^

models/lib/seq2seq.ordo:69:12: error[E0222]: smoothing is from 0 to 1
   69 |     assert smoothing >= 0 and smoothing <= 1, "smoothing is from 0 to 1"
      |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
models/lib/seq2seq.ordo:69:5: note: in 'Seq2Seq.encode'
   69 |     assert smoothing >= 0 and smoothing <= 1, "smoothing is from 0 to 1"
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
models/lib/seq2seq.ordo:142:19: note: in this call of 'Seq2Seq.encode'
  142 |     (m, h0, c0) = encode(src, src_mask)
      |                   ^^^^^^^^^^^^^^^^^^^^^
models/lib/seq2seq.ordo:166:9: note: in this call of 'Seq2Seq.logits'
  166 |     z = logits(src, src_mask, tgt, tgt_mask)
      |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

models/lib/losses.ordo:39:10: error[E0222]: bos is a token: below V
   39 |   assert bos < V, "bos is a token: below V"
      |          ^^^^^^^
models/lib/losses.ordo:39:3: note: in 'shifted'
   39 |   assert bos < V, "bos is a token: below V"
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
models/lib/transformer.ordo:381:21: note: in this call of 'shifted'
  381 |     h = drop(target(shifted(tgt, bos), at))
      |                     ^^^^^^^^^^^^^^^^^
models/lib/transformer.ordo:371:5: note: in this call of 'EncoderDecoder.logits'
  371 |     logits(src, src_mask, tgt, tgt_mask)
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

models/lib/transformer.ordo:113:12: error[E0222]: rotary places turn halves of a head: K is even
  113 |     assert not rope or K % 2 == 0, "rotary places turn halves of a head: K is even"
      |            ^^^^^^^^^^^^^^^^^^^^^^
models/lib/transformer.ordo:113:5: note: in 'Attention.queries'
  113 |     assert not rope or K % 2 == 0, "rotary places turn halves of a head: K is even"
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
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

models/lib/transformer.ordo:214:12: error[E0222]: position is "rotary", "learned" or "none"
  214 |     assert position == "rotary" or position == "learned" or position == "none",
      |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
models/lib/transformer.ordo:214:5: note: in 'Decoder.hidden'
  214 |     assert position == "rotary" or position == "learned" or position == "none",
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  215 |         "position is \"rotary\", \"learned\" or \"none\""
      |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
models/lib/transformer.ordo:230:64: note: in this call of 'Decoder.hidden'
  230 |   fn (x: <V>[B, T], mask: mask[B, T]) -> f32[B, T, V] { scores(hidden(x, mask)) }
      |                                                                ^^^^^^^^^^^^^^^
E0222_options.ordo:12:39: note: in this call of 'Decoder.()'
   12 |   fn a(x: <5>[B, T], m: bool[B, T]) { position(x, m) }
      |                                       ^^^^^^^^^^^^^^

models/lib/transformer.ordo:253:12: error[E0222]: position is "rotary", "learned" or "none"
  253 |     assert position == "rotary" or position == "learned" or position == "none",
      |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
models/lib/transformer.ordo:253:5: note: in 'Decoder.start'
  253 |     assert position == "rotary" or position == "learned" or position == "none",
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  254 |         "position is \"rotary\", \"learned\" or \"none\""
      |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

models/lib/transformer.ordo:397:12: error[E0222]: bos is a token of the target: below VT
  397 |     assert bos < VT, "bos is a token of the target: below VT"
      |            ^^^^^^^^
models/lib/transformer.ordo:397:5: note: in 'EncoderDecoder.start'
  397 |     assert bos < VT, "bos is a token of the target: below VT"
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

9 errors
