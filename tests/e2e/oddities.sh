#!/usr/bin/env bash
# What each oddity of a file of data gives (docs/data.md): bytes that are no UTF-8, empty lines, long lines, other line ends,
# marks, empty files, and tokens that a vocabulary lacks; in lines, tsv, jsonl and running text.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

# data FORMAT COLUMNS: declares the file 'f' and shows what was read, as JSON on one line in $work/out
data() {
  echo "data d = $1(\"f\"${3:-}) { $2 }" >d.ordo
  expect "${4:-0}" "$1 $2" "$ordo" data --json d.ordo
  tr -d ' \n' <out >flat && mv flat out
}

# Bytes that are no UTF-8: the line is skipped, unless its column is bytes; one character in a running text.
printf 'good\nb\xffd\nfine\n' >f
data lines 'c: chars[S]'
says '"skipped":1' "invalid UTF-8 in lines"
says '"why":"isnotUTF-8","lines":1,"first_line":2' "invalid UTF-8 in lines"
data lines 'c: bytes[S]'
says '"skipped":0' "bytes take every byte"
data text 'c: chars'
says '"skipped":1' "invalid UTF-8 in a running text"
says '"train":14' "each byte that is no character is one token"
data lines 'c: chars[S]' ', on_error = "stop"' 1
says 'E0811' "stop at invalid UTF-8"
says 'f:2' "the line is named"

# Empty lines are counted and are no examples.
printf '\na\n\n\nb\n\n' >f
data lines 'c: chars[S]'
says '"empty":4' "empty lines"
says '"train":2' "empty lines"

# \r\n, a mark, no end of the last line: the same records, the same vocabulary.
printf 'ab\tx\ncd\ty\n' >f
data tsv 'a: chars[S]  b: words'
cp out plain
for variant in 'ab\tx\r\ncd\ty\r\n' '\xef\xbb\xbfab\tx\ncd\ty\n' 'ab\tx\ncd\ty' '\xef\xbb\xbfab\tx\r\ncd\ty'; do
  printf "$variant" >f
  data tsv 'a: chars[S]  b: words'
  [ "$(sed 's/"bytes":[0-9]*/"bytes":_/' out)" = "$(sed 's/"bytes":[0-9]*/"bytes":_/' plain)" ] || fail "tsv: $variant"
done
printf '\xef\xbb\xbfab\r\ncd' >f
data text 'c: chars'
says '"train":5' "marks and \\r\\n in a running text"
data text 'c: bytes'
says '"train":9' "bytes are taken as they are"
printf '\xef\xbb\xbfa\tb\r\n1\t2\r\n' >f
data tsv 'b: i32  a: i32' ', header = true'
says '"train":1' "a header behind a mark, with \\r\\n"

# An empty file, one of a mark, one of a header: no examples, and an error when a split is asked for.
for content in '' '\xef\xbb\xbf' '\n\n'; do
  printf "$content" >f
  data lines 'c: chars[S]'
  says '"train":0' "no examples"
  data text 'c: chars'
done
printf '' >f
cat >m.ordo <<'END'
import optimizers
data d = lines("f") { c: chars[S] }
layer Net(V) {
  W: f32[V] ~ zeros
  fn loss(c: <V>[B, S]) -> f32 {
    x[b, s] = W[c[b, s]]
    mean(x)
  }
}
train model {
  net = Net(d.c)
  steps = 2
  step {
    b = d.batch(2)
    loss = net.loss(b.c)
    minimize loss over net with adam(lr = 1e-2)
  }
}
END
expect 1 "training on an empty file" "$ordo" train m.ordo --out run
says "E0813" "training on an empty file"

# A line of 10 MB is read, and skipped for max_len unless that allows it; one of more than 16 MB is passed over.
{ echo short; head -c 10000000 /dev/zero | tr '\0' x; echo; echo end; } >f
data lines 'c: chars[S]'
says '"why":"islongerthanmax_len","lines":1,"first_line":2' "a line of 10 MB"
says '"train":2' "a line of 10 MB"
data lines 'c: chars[S]' ', max_len = 20000000'
says '"longest":10000001' "a line of 10 MB that is allowed"
data text 'c: words'
says '"skipped":0' "a word of 10 MB is cut into pieces"
cp "$root/tests/tokens/ordo.json" tok.json
data lines 'c: vocab("tok.json")[S]'
says '"why":"islongerthanmax_len","lines":1,"first_line":2' "a line of 10 MB for a tokenizer"
{ echo short; head -c 16777217 /dev/zero | tr '\0' x; echo; echo end; } >f
data lines 'c: chars[S]'
says '"why":"itislongerthan16MB","lines":1,"first_line":2' "a line of 17 MB"
printf '{"c": "ab"}\nno json\n{"d": 1}\n{"c": "\xff"}\n{"c": {"x": 1}}\n' >f
data jsonl 'c: chars[S]'
says '"train":1' "jsonl"
says '"why":"itisnoJSONobject","lines":1,"first_line":2' "no JSON"
says '"why":"isnotUTF-8","lines":1,"first_line":4,"column":"c"' "invalid UTF-8 in JSON"
says '"why":"ismissing","lines":1,"first_line":3,"column":"c"' "a missing key"
data jsonl 'c: bytes[S]'
says '"train":2' "bytes take every byte of a text in JSON"

# A member that nobody reads may hold anything; 16 MB of brackets are no deep recursion.
{ printf '{"c": "ab", "x": '; head -c 2000000 /dev/zero | tr '\0' '['; head -c 2000000 /dev/zero | tr '\0' ']'; echo '}'
  printf '{"c": "ab", "x": '; head -c 2000000 /dev/zero | tr '\0' '['; echo '}'; } >f
data jsonl 'c: chars[S]'
says '"train":1' "deep nesting"
says '"why":"itisnoJSON:avalueismissing","lines":1,"first_line":2' "deep nesting that does not end"

# A token that the vocabulary lacks is <unk>: in data with a given vocabulary, and on the command line.
printf 'a\nb\n' >v.txt
printf 'a b\nc\n' >f
echo 'data d = lines("f") { c: vocab("v.txt")[S] }' >d.ordo
expect 0 "unknown tokens" "$ordo" data d.ordo
says "c = <unk>|<eos>" "unknown tokens"
echo 'fn same(c: <d.c>[B, S]) -> <d.c>[B, S] { c }' >>d.ordo
expect 0 "an unknown token" "$ordo" run d.ordo same "a zebra"
says "W0817" "an unknown token"
says "'zebra'" "an unknown token"

# Words that read as special tokens are text: in a record, in a running text, through a checkpoint, and out again.
printf 'stop the <eos> sign\nmark <pad> and <bos> and <unk>\n' >f
cat >s.ordo <<'END'
import optimizers
data d = lines("f") { c: words[S] }
data r = text("f") { c: words }
layer Net(V) {
  W: f32[V] ~ ones
  fn loss(c: <V>[B, S]) -> f32 {
    x[b, s] = W[c[b, s]]
    mean(x)
  }
  fn echo(c: <V>[B, S], mask: bool[B, S]) -> (<V>[B, S], f32) { (c, sum(f32(mask))) }
}
train model {
  net = Net(d.c)
  steps = 2
  step {
    b = d.batch(2)
    w = r.windows(1, 8)
    loss = net.loss(b.c) + sum(f32(w.c_mask))
    minimize loss over net with sgd(lr = 1e-2)
    log loss
  }
}
END
expect 0 "special words" "$ordo" data s.ordo
says 'c = stop|the|\<eos>|sign|<eos>' "special words"
says '10 in all' "special words in a running text"
expect 0 "training on special words" "$ordo" train s.ordo --out special --log-every 1
mv f away
expect 0 "special words from a checkpoint" "$ordo" run s.ordo net.echo "stop <eos> <pad> <bos> <unk> sign" \
  --weights special/checkpoint.safetensors
says 'stop <eos> <pad> <bos> <unk> sign' "special words from a checkpoint"
says '= 7' "special words from a checkpoint: their mask"
expect 0 "special words, unknown ones too" "$ordo" run s.ordo net.echo "zebra <unk>" --weights special/checkpoint.safetensors
says "$(printf '\xef\xbf\xbd <unk>')" "what is unknown where <unk> is a word"
mv away f
expect 0 "resuming on special words" "$ordo" train s.ordo --out special --log-every 1 --resume --steps 4
printf '{"c": "zero\\u0000byte"}\n{"c": "b"}\n' >f
sed -i 's/^data d = .*/data d = jsonl("f") { c: chars[S] }/; /^data r/d; /r.windows/d; s/ + sum(f32(w.c_mask))//' s.ordo
expect 0 "training on a zero byte" "$ordo" train s.ordo --out zero
expect 0 "a zero byte through a checkpoint" "$ordo" train s.ordo --out zero --resume --steps 4
finish
