#!/usr/bin/env bash
# Weights of public models: files with the names and layouts of GPT-2, LLaMA and Gemma are read by 'names', and the Decoder gives
# the logits that Hugging Face's transformers computed from them (bench/public_models.py), in one pass and token by token with
# caches.
. "$(dirname "$0")/common.sh"
cd "$work"

# check NAME NAMES CONSTANTS: tests/e2e/public/NAME.safetensors read by 'names NAMES' against NAME.txt
check() {
  cat >"$1.ordo" <<END
import transformer
import checkpoints

# How far the logits of 'next', which is fed one token after another, are from those of a whole pass.
fn apart(net: layer, x: <V>[B, T]) -> f32 {
  all[b, t] = true with b in B, t in T
  (first, state) = net.start(x[:, :1], all[:, :1], size(T))
  scan t in T, s = state {
    (l, s) = net.next(x[:, t], s)
    step[:, t, :] = l
  }
  max(abs(net.logits(x, all) - step))
}

train load {
  net   = Decoder(11, 16, 2, $3) from "$root/tests/e2e/public/$1.safetensors" names $2
  steps = 1
  step {
    x[b, t] = index((3 * i32(b) + 5 * i32(t) + i32(t) * i32(t)) % 11, 11) with b in 2, t in 8
    log cache = apart(net, x)
  }
}
END
  expect 0 "$1: reading" "$ordo" train "$1.ordo" --out "$1" --quiet
  awk -F, 'END { exit !(NR == 2 && $2 >= 0 && $2 < 1e-5) }' "$1/train.csv" || fail "$1: the cache changes logits: $(cat "$1/train.csv")"
  expect 0 "$1: running" "$ordo" run "$1.ordo" load.net \
    "[[0, 6, 3, 2, 3, 6, 0, 7], [3, 9, 6, 5, 6, 9, 3, 10]]" \
    "[[true,true,true,true,true,true,true,true], [true,true,true,true,true,true,true,true]]" \
    --weights "$1/checkpoint.safetensors" --digits 7
  tr -d ' []' <out | tr ',' '\n' | grep . >logits.txt
  [ "$(wc -l <logits.txt)" = 176 ] || fail "$1: not 2 x 8 x 11 logits: $(cat out)"
  paste logits.txt "$root/tests/e2e/public/$1.txt" |
    awk '{ d = $1 - $2; if (d < 0) d = -d; if (d > most) most = d } END { exit !(NR == 176 && most < 2e-5) }' ||
    fail "$1: other logits: $(paste logits.txt "$root/tests/e2e/public/$1.txt" | head -20)"
}

check gpt2 gpt2 'act = "gelu_tanh", position = "learned", places = 12, tied = true'
check llama llama 'groups = 2, F = 20, norm = "rms", act = "swiglu", bias = false, base = 500'
check llama_tied llama 'groups = 2, F = 20, norm = "rms", act = "swiglu", bias = false, base = 500'
check gemma gemma \
  'heads = 2, groups = 1, F = 20, norm = "rms", act = "geglu", bias = false, tied = true, K = 12, eps = 1e-6, scale = 4'
finish
