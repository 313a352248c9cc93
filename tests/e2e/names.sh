#!/usr/bin/env bash
# Weights of other programs: a file with the names and layout of LLaMA's is read by 'names llama', and the Decoder computes what
# the file's own model does; F16 and BF16 in several files with an index; what is wrong with a file is said.
. "$(dirname "$0")/common.sh"
cd "$work"

# A program whose weights are called as in public checkpoints and stored as [out, in]; its forward pass is written for that
# layout.
cat >llama.ordo <<'END'
import transformer
layer Map(I, O) {
  weight: f32[O, I] ~ normal(0.2)
  fn (x: f32[.., I]) -> f32[.., O] { x @ transpose(weight) }
}
layer Scale(D) {
  weight: f32[D] ~ uniform(0.5, 1.5)
  fn (x: f32[.., D]) -> f32[.., D] {
    p[..] = mean[d](x[.., d] ** 2)
    y[.., d] = x[.., d] * rsqrt(p[..] + 1e-5) * weight[d]
    y
  }
}
layer Self() {
  q_proj: Map(8, 8)
  k_proj: Map(8, 4)
  v_proj: Map(8, 4)
  o_proj: Map(8, 8)
  fn (x: f32[B, T, 8]) -> f32[B, T, 8] {
    at[b, t] = f32(t) with b in B, t in T
    qs = reshape(q_proj(x), [B, T, 2, 4])
    ks = reshape(k_proj(x), [B, T, 1, 4])
    vs = reshape(v_proj(x), [B, T, 1, 4])
    qt[b, g, t, i] = qs[b, t, g, i]
    kt[b, g, t, i] = ks[b, t, g, i]
    (qr, kr) = (rotary(qt, at, 2, 10000), rotary(kt, at, 2, 10000))
    e[b, g, t, s] = sum[i](qr[b, g, t, i] * kr[b, 0, s, i]) / 2
    a[b, g, t, s] = softmax[s](where(s <= t, e[b, g, t, s], -inf))
    r[b, t, g, i] = sum[s](a[b, g, t, s] * vs[b, s, 0, i])
    o_proj(reshape(r, [B, T, 8]))
  }
}
layer Gated() {
  gate_proj: Map(8, 12)
  up_proj:   Map(8, 12)
  down_proj: Map(12, 8)
  fn (x: f32[.., 8]) -> f32[.., 8] { down_proj(silu(gate_proj(x)) * up_proj(x)) }
}
layer One() {
  input_layernorm: Scale(8)
  self_attn: Self()
  post_attention_layernorm: Scale(8)
  mlp: Gated()
  fn (x: f32[B, T, 8]) -> f32[B, T, 8] {
    x = x + self_attn(input_layernorm(x))
    x + mlp(post_attention_layernorm(x))
  }
}
layer Table(V, D) { weight: f32[V, D] ~ normal(1) }
layer Inner() {
  embed_tokens: Table(11, 8)
  layers: [2] One()
  norm: Scale(8)
}
layer Public() {
  model: Inner()
  lm_head: Map(8, 11)
  fn (x: <11>[B, T]) -> f32[B, T, 11] {
    h = model.embed_tokens.weight[x, :]
    for f in model.layers { h = f(h) }
    lm_head(model.norm(h))
  }
}
train make {
  net = Public()
  steps = 0
  step { log nothing = 0.0 }
}
END
cat >load.ordo <<'END'
import transformer
import checkpoints
const FILE = "make/checkpoint.safetensors"
const L    = 2
train load {
  net = Decoder(11, 8, L, heads = 2, groups = 1, F = 12, norm = "rms", act = "swiglu", bias = false) from FILE at "net" names llama
  steps = 0
  step { log nothing = 0.0 }
}
END
expect 0 "making a file" "$ordo" train llama.ordo make --out make --quiet
expect 0 "reading it" "$ordo" train load.ordo load --out load --quiet
expect 0 "the file's model" "$ordo" run llama.ordo make.net "[[1, 5, 3, 9, 0]]" --weights make/checkpoint.safetensors
grep -o '[-0-9][-0-9.e]*' out >a.txt
expect 0 "the Decoder" "$ordo" run load.ordo load.net "[[1, 5, 3, 9, 0]]" "[[true, true, true, true, true]]" --weights load/checkpoint.safetensors
grep -o '[-0-9][-0-9.e]*' out >b.txt
[ "$(wc -l <a.txt)" -ge 55 ] || fail "no logits: $(cat a.txt)"
paste a.txt b.txt | awk '{ d = $1 - $2; if (d < 0) d = -d; if (d > 2e-3) exit 1 }' || fail "the logits differ: $(paste a.txt b.txt)"

expect 1 "too many layers" "$ordo" train load.ordo load --out bad --quiet -D L=3
says "no tensor for 'net.block.2.norm1.rms.g'" "too many layers"
says "'net.model.layers.2.input_layernorm.weight'" "too many layers"
expect 1 "too few layers" "$ordo" train load.ordo load --out bad --quiet -D L=1
says "names llama" "too few layers"
says "net.model.layers.1." "too few layers"
sed 's/F = 12/F = 13/' load.ordo >wide.ordo
expect 1 "another width" "$ordo" train wide.ordo load --out bad --quiet
says "does not fit" "another width"
says "transpose" "another width"

# Two files with an index: [[1, 2, 5, 6], [-0.5, 3, 7, 8]] in F16, [1.5, -2] in BF16.
shard() { # FILE HEADER DATA
  local n=${#2}
  { printf "\\x$(printf %02x "$n")\\0\\0\\0\\0\\0\\0\\0"; printf '%s' "$2"; printf "$3"; } >"$1"
}
shard one.safetensors '{"w.0":{"dtype":"F16","shape":[2,4],"data_offsets":[0,16]}}' '\0\x3c\0\x40\0\x45\0\x46\0\xb8\0\x42\0\x47\0\x48'
shard two.safetensors '{"b.0":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}' '\xc0\x3f\0\xc0'
echo '{"metadata": {}, "weight_map": {"w.0": "one.safetensors", "b.0": "two.safetensors"}}' >model.safetensors.index.json
cat >small.ordo <<'END'
names small {
  "part.{k}.W" = "w.{k}" part 1 of 2
  "part.{k}.T" = "w.{k}" transpose
  "part.{k}.b" = "b.{k}" times 2 plus 1
}
layer Part() {
  W: f32[2, 2] ~ zeros
  T: f32[4, 2] ~ zeros
  b: f32[2]    ~ zeros
}
layer Net() {
  part: [1] Part()
  fn all() -> (f32[2, 2], f32[4, 2], f32[2]) { (part[0].W, part[0].T, part[0].b) }
}
train t {
  net   = Net() from "model.safetensors.index.json" names small
  steps = 0
  step { log nothing = 0.0 }
}
END
expect 0 "an index" "$ordo" train small.ordo --out small --quiet
expect 0 "its numbers" "$ordo" run small.ordo net.all --weights small/checkpoint.safetensors
tr -d ' \n' <out >flat
grep -qF '[[5,6],[7,8]]' flat || fail "part: $(cat out)"
grep -qF '[[1,-0.5],[2,3],[5,7],[6,8]]' flat || fail "transpose: $(cat out)"
grep -qF '[4,-3]' flat || fail "times, plus: $(cat out)"
echo '{"weight_map": []}' >model.safetensors.index.json
expect 1 "a bad index" "$ordo" train small.ordo --out bad --quiet
says "no index" "a bad index"
finish
