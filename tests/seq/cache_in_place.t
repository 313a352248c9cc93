# args: opt {} Models.write --remarks=plan -o /dev/null
# exit: 0
# Decoding updates the caches of keys and values where they stand, for greedy decoding and sampling. A beam search takes
# rows of them in each step anyway; that its updates copy them once more is said.
import transformer
import decoding

layer Models {
  lm:    Decoder(11, 16, 1)
  trans: EncoderDecoder(11, 13, 16, 1)
  fn write(x: <11>[B, P], m: bool[B, P]) {
    (a, real_a) = greedy(lm, x, m, 20, 2)
    (b, real_b, logp) = sample(trans, x, m, 20, 2)
    (c, real_c, score) = beam(trans, x, m, 20, 2)
    (a, b, c)
  }
}
# ---
models/lib/transformer.ordo:275:12: applied[plan:in-place]: updated where it stands, in each step of the loop (update:bool[B, P + 20] 'see') in greedy.net
models/lib/linear.ordo:22:9: applied[plan:joined]: the kernel behind this product runs on its rows as they are made (dot:f32[B, 16]) in greedy.net.block.0.attn.k (8 times)
models/lib/transformer.ordo:170:14: applied[plan:in-place]: updated where it stands, in each step of the loop (update:f32[B, 4, P + 20, 4] 'ks') in greedy.net.block.0
models/lib/transformer.ordo:171:14: applied[plan:in-place]: updated where it stands, in each step of the loop (update:f32[B, 4, P + 20, 4] 'vs') in greedy.net.block.0
models/lib/linear.ordo:22:9: applied[plan:joined]: the kernel behind this product runs on its rows as they are made (dot:f32[B, 64]) in greedy.net.block.0.mlp.up (2 times)
models/lib/linear.ordo:22:9: applied[plan:joined]: the kernel behind this product runs on its rows as they are made (dot:f32[B*P, 16]) in sample.net.encoder.0.attn.v (2 times)
models/lib/transformer.ordo:130:24: applied[plan:joined]: the kernel behind this product runs on its rows as they are made (dot:f32[4*B, P, P]) in sample.net.encoder.0.attn
models/lib/linear.ordo:22:9: applied[plan:joined]: the kernel behind this product runs on its rows as they are made (dot:f32[B*P, 64]) in sample.net.encoder.0.mlp.up
models/lib/transformer.ordo:330:14: applied[plan:in-place]: updated where it stands, in each step of the loop (update:f32[B, 4, 20, 4] 'ks') in sample.net.decoder.0
models/lib/transformer.ordo:331:14: applied[plan:in-place]: updated where it stands, in each step of the loop (update:f32[B, 4, 20, 4] 'vs') in sample.net.decoder.0
models/lib/linear.ordo:22:9: applied[plan:joined]: the kernel behind this product runs on its rows as they are made (dot:f32[4*B, 16]) in beam.net.decoder.0.attn.k (4 times)
models/lib/transformer.ordo:330:14: missed[plan:copied]: copied in each step of the loop before the update: its old value is read later, is the caller's, or is not changed by updates alone (update:f32[4*B, 4, 20, 4] 'ks') in beam.net.decoder.0
models/lib/transformer.ordo:331:14: missed[plan:copied]: copied in each step of the loop before the update: its old value is read later, is the caller's, or is not changed by updates alone (update:f32[4*B, 4, 20, 4] 'vs') in beam.net.decoder.0
models/lib/linear.ordo:22:9: applied[plan:joined]: the kernel behind this product runs on its rows as they are made (dot:f32[4*B, 64]) in beam.net.decoder.0.mlp.up
models/lib/decoding.ordo:182:13: missed[plan:copied]: copied in each step of the loop before the update: its old value is read later, is the caller's, or is not changed by updates alone (update:<13>[4*B, 20] 'kept') in beam
