#!/usr/bin/env bash
# Pipes, devices, sockets and folders wherever a file is read: refused at once, by name. And messages show no lines of
# files that are no specs.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
mkfifo pipe pipe.ordo pipe.safetensors pipe.npy pipe.npz pipe.csv pipe.tsv pipe.jsonl pipe.json pipe.txt
mkdir folder folder.ordo folder.safetensors folder.npy folder.csv folder.tsv folder.json folder.txt
python3 - <<'PY'
import socket
for name in ("socket", "socket.ordo", "socket.safetensors", "socket.npy", "socket.tsv"):
    socket.socket(socket.AF_UNIX).bind(name)
PY
for suffix in ordo safetensors npy csv tsv json txt; do ln -s /dev/zero "zero.$suffix"; ln -s pipe "link.$suffix"; done
cat >m.ordo <<'SPEC'
fn f(x: f32[N]) -> f32 { sum(x) }
layer Line() {
  w: f32 ~ ones
  fn (x: f32[N]) -> f32[N] { w * x }
}
SPEC

# refused WHAT COMMAND...: at once, with the reason
refused() {
  local what=$1
  shift
  expect 1 "$what" timeout 20 "$@"
  grep -qE "it is a (pipe|folder|socket|device)|no model" "$work/out" || fail "$what: no reason in $(cat "$work/out")"
}
for kind in pipe folder socket zero link; do
  refused "$kind as a spec" "$ordo" check ./$kind.ordo
  refused "$kind to format" "$ordo" fmt $kind.ordo
  refused "$kind as graph text" "$ordo" opt ./$kind.ordo f
  printf 'import "%s.ordo"\nfn f(x: f32) -> f32 { x }\n' $kind >imports.ordo
  refused "$kind as an import" "$ordo" check imports.ordo
  refused "$kind as weights" "$ordo" run m.ordo Line "[1]" --weights ./$kind.safetensors
  refused "$kind as an array" "$ordo" run m.ordo f ./$kind.npy
  [ $kind = socket ] && continue
  refused "$kind as a table" "$ordo" run m.ordo f ./$kind.csv
  refused "$kind as text for a vocabulary" "$ordo" vocab ./$kind.txt -o tokens.json
  refused "$kind as a tokenizer" "$ordo" vocab --encode ./$kind.json m.ordo
  cat >data.ordo <<SPEC
data d = tsv("$kind.tsv") { a: chars }
SPEC
  refused "$kind as data" "$ordo" data data.ordo
  cat >vocab.ordo <<SPEC
data d = tsv("good.tsv") { a: vocab("$kind.json") }
SPEC
  echo word >good.tsv
  expect 1 "$kind as a vocabulary" timeout 20 "$ordo" data vocab.ordo
done
refused "an .npz that is a pipe" "$ordo" run m.ordo f ./pipe.npz
refused "lines that are a pipe" "$ordo" plot ./pipe.csv
printf '1\n2\n' | "$ordo" run m.ordo f - >out 2>&1 || fail "standard input: $(cat out)"
says 3 "standard input"

# What is no spec is not shown: none of its words is in the message, whatever command reads it.
printf 'root:x:SECRET:0\nuser:y:SECRET:1\n' >passwd
printf 'key = "SECRET"\n' >settings.ini
printf 'import os\nSECRET = 1\n' >script.py
printf 'const token = SECRET SECRET\n' >words.txt
printf '# notes\nSECRET notes\n' >notes
printf 'data\tSECRET\n' >table.tsv
printf '\x7fELF\x00SECRET\x01' >binary
ln -s passwd passwd.ordo
for file in passwd settings.ini script.py words.txt notes table.tsv binary passwd.ordo; do
  for command in "check ./$file" "run ./$file f 1" "train ./$file" "opt ./$file f" "fmt $file" "data ./$file" "show ./$file"; do
    expect 1 "$command" "$ordo" $command
    grep -q SECRET out && fail "$command: the message shows the file"
    says "$file' is no spec" "$command"
  done
  printf 'import "%s"\nfn f(x: f32) -> f32 { x }\n' $file >imports.ordo
  expect 1 "import of $file" "$ordo" check imports.ordo
  says "error[E0108]: '$file' is no spec" "import of $file"
  grep -q SECRET out && fail "import of $file: the message shows the file"
done
# A file that a spec takes for JSON and that is none is not shown either.
printf 'SECRET SECRET\n' >secret.json
printf 'data d = lines("good.tsv") { a: vocab("secret.json") }\n' >vocab.ordo
for command in "data vocab.ordo" "vocab --encode secret.json m.ordo"; do
  expect 1 "$command" "$ordo" $command
  says "secret.json" "$command"
  grep -q SECRET out && fail "$command: the message shows the file"
done
# A spec under another name is one when it can be read, and under its own name its mistakes are shown.
cp m.ordo spec.txt
expect 0 "a spec under another name" "$ordo" check ./spec.txt
cp words.txt words.ordo
expect 1 "a spec with a mistake" "$ordo" check words.ordo
says SECRET "a spec with a mistake"
finish
