#!/usr/bin/env bash
# Tokenizers: encodings of five kinds of tokenizer.json as Hugging Face's library gives them (tests/tokens/make.py),
# the same file learned from the same text, a model that trains on its tokens, checkpoints that keep them.
. "$(dirname "$0")/common.sh"
tokens=$root/tests/tokens

for name in ordo gpt2 llama bert t5; do
  "$ordo" vocab --encode "$tokens/$name.json" --json "$tokens/texts.jsonl" | sed 's/,"unknown":[0-9]*}$/}/' >"$work/$name"
  same "$work/$name" "$tokens/$name.expected" "encodings of $name.json"
done
expect 0 "learning" "$ordo" vocab "$tokens/small.txt" --size 400 -o "$work/tokenizer.json"
same "$work/tokenizer.json" "$tokens/ordo.json" "what is learned"
says "400 tokens from 6026 bytes" "learning"
head -c 3000 "$tokens/small.txt" >"$work/a.txt"
printf 'a \xff b\n' >"$work/bad.txt"
expect 0 "two files, one with a bad byte" "$ordo" vocab "$work/a.txt" "$work/bad.txt" --size 300 -o "$work/two.json"
says "1 bytes of" "a bad byte"
expect 2 "too small" "$ordo" vocab "$work/a.txt" --size 100
expect 1 "no such file" "$ordo" vocab "$work/none.txt" -o "$work/none.json"
[ ! -e "$work/none.json" ] || fail "a file was written in spite of an error"

cat >"$work/model.ordo" <<'END'
import linear
import optimizers
data lines = lines("small.txt", valid = 0.2) { line: vocab("tokenizer.json")[S] }
layer Net(V, H = 16) {
  e: Embedding(V, H)
  o: Linear(H, V)
  fn loss(line: <V>[B, S], mask: bool[B, S]) -> f32 {
    y = o(e(line))
    lp[b, s, v] = log_softmax[v](y[b, s, v])
    nll[b, s] = where(mask[b, s], -lp[b, s, line[b, s]], 0.0)
    sum(nll) / sum(f32(mask))
  }
  fn copy(line: <V>[B, S]) -> <V>[B, S] {
    y = o(e(line))
    best[b, s] = argmax[v](y[b, s, v])
    best
  }
}
train model {
  net   = Net(lines.line)
  steps = 300
  step {
    b = lines.batch(8)
    loss = net.loss(b.line, b.line_mask)
    minimize loss over net with adam(lr = 5e-2)
    log loss
  }
}
END
cp "$tokens/small.txt" "$work/small.txt"
run=$work/run
expect 0 "training" "$ordo" train "$work/model.ordo" --threads 1 --out "$run"
mv "$work/tokenizer.json" "$work/away.json"
expect 0 "text in and out, without the file" "$ordo" run "$work/model.ordo" net.copy "First Citizen: the café" \
  --weights "$run/checkpoint.safetensors"
says "First Citizen: the café" "a model that learned to copy"
cp "$tokens/gpt2.json" "$work/tokenizer.json"
expect 1 "another tokenizer" "$ordo" train "$work/model.ordo" --threads 1 --out "$run" --resume --steps 400
says "E0814" "another tokenizer"
finish
