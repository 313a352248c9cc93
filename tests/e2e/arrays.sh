#!/usr/bin/env bash
# ordo run on files: .npy (also of other programs), .npz, .csv, .tsv in; .npy, .npz, .csv, .json out; pictures in every format.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
cat >m.ordo <<'SPEC'
fn double(x: f32[B, N]) -> f32[B, N] { x + x }
fn pick(x: f32[B, N], k: <N>[B]) -> (f32[B], i32[B]) {
  p[b] = x[b, k[b]]
  (p, i32(k))
}
SPEC
want='[[0, 2, 4],
 [6, 8, 10]]'
gives() { # WHAT COMMAND...
  expect 0 "$@"
  [ "$(cat "$work/out")" = "$want" ] || { fail "$1: expected $want, got"; cat "$work/out"; }
}

# npy NAME DESCR FORTRAN BYTES: a matrix of 2 x 3, as NumPy writes it
npy() {
  local header
  header=$(printf "%-117s" "{'descr': '$2', 'fortran_order': $3, 'shape': (2, 3), }")
  printf "\x93NUMPY\x01\x00\x76\x00%s\n$4" "$header" >"$1"
}
npy f4.npy '<f4' False '\0\0\0\0\0\0\x80\x3f\0\0\0\x40\0\0\x40\x40\0\0\x80\x40\0\0\xa0\x40'
npy big.npy '>f4' False '\0\0\0\0\x3f\x80\0\0\x40\0\0\0\x40\x40\0\0\x40\x80\0\0\x40\xa0\0\0'
npy columns.npy '<f4' True '\0\0\0\0\0\0\x40\x40\0\0\x80\x3f\0\0\x80\x40\0\0\0\x40\0\0\xa0\x40'
npy i1.npy '|i1' False '\0\x01\x02\x03\x04\x05'
npy f2.npy '<f2' False '\0\0\0\x3c\0\x40\0\x42\0\x44\0\x45'
printf '0,1,2\n3,4,5\n' >x.csv
printf 'a,b,c\n0,1,2\n3,4,5\n' >head.csv
printf '0\t1\t2\n3\t4\t5\n' >x.tsv
for file in f4.npy big.npy columns.npy i1.npy f2.npy x.csv head.csv x.tsv; do
  gives "run on $file" "$ordo" run m.ordo double $file
done
gives "run on standard input" bash -c "cat x.csv | '$ordo' run m.ordo double -"

# out and in again; a .npy of ours is the one that NumPy would write
"$ordo" run m.ordo double f4.npy --out y.npy || fail "writing y.npy"
npy want.npy '<f4' False '\0\0\0\0\0\0\0\x40\0\0\x80\x40\0\0\xc0\x40\0\0\0\x41\0\0\x20\x41'
same want.npy y.npy "run --out y.npy"
"$ordo" run m.ordo double f4.npy --out y.csv || fail "writing y.csv"
printf '0,2,4\n6,8,10\n' >want.csv
same want.csv y.csv "run --out y.csv"
"$ordo" run m.ordo pick f4.npy "[0, 2]" --out y.json || fail "writing y.json"
printf '{"p": [0, 5],\n "result2": [0, 2]}\n' >want.json
same want.json y.json "run --out y.json"

# an .npz gives every parameter that it names
cat >store.ordo <<'SPEC'
fn store(x: f32[B, N], k: i32[B]) -> (f32[B, N], i32[B]) {
  y = x + 0
  z = k + 0
  (y, z)
}
fn both(y: f32[B, N], z: <N>[B]) -> f32[B] {
  p[b] = y[b, z[b]]
  p
}
SPEC
"$ordo" run store.ordo store f4.npy "[0, 2]" --out both.npz || fail "writing both.npz"
want='[0, 5]'
gives "run on an .npz" "$ordo" run store.ordo both both.npz
gives "run on parameters by name" "$ordo" run store.ordo both z="[0, 2]" y=x.csv

# the example of 'ordo run --help'
echo 'fn twice(x: f32[N]) -> f32[N] { x + x }' >twice.ordo
"$ordo" run twice.ordo "[1, 2]" --out target.npy || fail "writing target.npy"
want=2.5
gives "a function of the library" "$ordo" run losses squared_error x="[1, 2]" y=target.npy

# what is wrong is said
head -c 140 f4.npy >short.npy
expect 1 "a short file" "$ordo" run m.ordo double short.npy
says "E0801" "a short file"
npy o.npy '|O' False '\0'
expect 1 "objects" "$ordo" run m.ordo double o.npy
says "E0807" "objects"
expect 1 "an index out of range" "$ordo" run m.ordo pick f4.npy "[0, 3]"
says "index 3 (element 1) is outside its axis" "an index out of range"
expect 1 "two results in one .npy" "$ordo" run m.ordo pick f4.npy "[0, 2]" --out p.npy
expect 1 "a folder that is not there" "$ordo" run m.ordo double f4.npy --out none/y.npy

# pictures: by the file's name and by --format; to a file and to standard output
declare -A magic=([svg]='<?xml' [png]=$'\x89PNG' [pdf]='%PDF-' [dot]='digraph')
for format in svg png pdf dot; do
  expect 0 "show -o g.$format" "$ordo" show m.ordo double -o "g.$format"
  [ "$(head -c "${#magic[$format]}" "g.$format" | LC_ALL=C tr -d '\0')" = "${magic[$format]}" ] ||
    LC_ALL=C grep -qa "^${magic[$format]}" <(head -c 16 "g.$format") || fail "g.$format is no $format"
  "$ordo" show m.ordo double --format $format >piped || fail "show --format $format"
  [ $format = pdf ] || same "g.$format" piped "show --format $format" # a PDF holds the time it was made
  [ "$(stat -c %s "g.$format")" -gt 200 ] || fail "g.$format is empty"
done
grep -q '</svg>' g.svg || fail "g.svg is cut short"
tail -c 12 g.png | grep -a IEND >/dev/null || fail "g.png is cut short"
grep -qa '%%EOF' g.pdf || fail "g.pdf is cut short"
expect 2 "a format that is none" "$ordo" show m.ordo double -o g.jpg
expect 1 "a full disk" "$ordo" show m.ordo double --format svg -o /dev/full
finish
