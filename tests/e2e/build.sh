#!/usr/bin/env bash
# ordo build: functions as a library for C and C++, with the bits of 'ordo run', on threads or not, in memory of the caller.
. "$(dirname "$0")/common.sh"
parts="$root/tests/build"
read -r -a cc <<<"${CC:-cc} ${ORDO_TEST_FLAGS:-}"
read -r -a cxx <<<"${CXX:-c++} ${ORDO_TEST_FLAGS:-}"

# A program of parts.c with the library in $1.
link() {
  "${cc[@]}" -O1 -Wall -Wextra -Werror "$parts/parts.c" -I"$1" -L"$1" -lparts -lordort -lm -lpthread \
    -Wl,--wrap=malloc -Wl,--wrap=aligned_alloc -o "$1/parts" || fail "linking with $1"
}

# Weights of Net: those of a checkpoint, which a training program of one step writes.
cat >"$work/net.ordo" <<TEXT
import parts
import optimizers
train net {
  steps = 1
  Net = Net()
  step {
    x = normal(0, 1, [3, 7, 4])
    minimize mean(Net(x) ** 2) over Net with sgd(0.1)
  }
}
TEXT
cp "$parts/parts.ordo" "$work"
expect 0 "a checkpoint" "$ordo" train "$work/net.ordo" --out "$work/run"
python3 "$parts/arrays.py" make "$work"
cd "$work" || exit 1
weights=$work/run/checkpoint.safetensors
expect 0 "run sorts" "$ordo" run parts.ordo sorts x.npy k.npy 0.5 --out sorts.npz
expect 0 "run spreads" "$ordo" run parts.ordo spreads x.npy m.npy y.npy --out spreads.npz
expect 0 "run draws" "$ordo" run parts.ordo draws x.npy --seed 7 --out draws.npz
expect 0 "run best" "$ordo" run parts.ordo best x.npy --out best.npz
expect 0 "run Net" "$ordo" run parts.ordo Net n.npy --weights "$weights" --out Net.npz

functions=(sorts spreads draws best Net)
expect 0 "build" "$ordo" build parts.ordo "${functions[@]}" --weights "$weights" -o lib
link lib
for way in plain pool hook fixed; do
  rm -f ./*.out
  expect 0 "the program, $way" lib/parts "$work" $way
  expect 0 "the bits of 'ordo run', $way" python3 "$parts/arrays.py" same "$work"
done
if command -v valgrind >/dev/null && [ -z "${ORDO_TEST_FLAGS:-}" ]; then
  expect 0 "build for valgrind" "$ordo" build parts.ordo "${functions[@]}" --weights "$weights" --target avx2,sse2 -o grind
  link grind
  expect 0 "the program under valgrind" valgrind -q --error-exitcode=9 --leak-check=full grind/parts "$work" plain
fi
for target in avx2 sse2; do # other orders of sums: near, not the same
  expect 0 "build for $target" "$ordo" build parts.ordo "${functions[@]}" --weights "$weights" --target $target -o $target
  link $target
  rm -f ./*.out
  expect 0 "the program for $target" $target/parts "$work" plain
  expect 0 "near 'ordo run' on $target" python3 "$parts/arrays.py" same "$work" 1e-5
done

# A C++ program with two libraries, one without its weights, and a shared one.
expect 0 "build without weights" "$ordo" build parts.ordo Net --prefix bare --shared -o lib
cat >two.cpp <<'TEXT'
#include <cstdio>
#include "bare.h"
#include "parts.h"
int main() {
  static float w[20], b[5], v[20], a[4], n[28], out[28] = {1}, again[28];
  const void *weights[] = {w, b, v, a};
  ordort_context c = {}, d = {};
  if (bare_Net(1, 7, n, out, &c) != ORDORT_WEIGHTS) return 1;
  c.weights = weights;
  if (bare_Net(1, 7, n, out, &c) || out[0] != 0 || parts_Net(1, 7, n, again, &d)) return 2;
  ordort_release(&c);
  ordort_release(&d);
  return ordort_describe(&bare_Net_function)->n_weights == 4 ? 0 : 3;
}
TEXT
if command -v "${cxx[0]}" >/dev/null; then
  "${cxx[@]}" -Wall -Wextra two.cpp -Ilib -Llib -lbare -lparts -lordort -lm -lpthread -o two -Wl,-rpath,"$work/lib" || fail "linking C++"
  expect 0 "two libraries in C++" ./two
else
  echo "left out: there is no C++ compiler '${cxx[0]}'"
fi
[ -f lib/libbare.so ] || fail "no shared library"
nm lib/libparts.a 2>/dev/null | grep -E ' [TDRB] ' | grep -vE ' (parts_|ordort_)' && fail "symbols without the prefix"
python3 -c 'import json; m = json.load(open("lib/parts.json")); assert [f["name"] for f in m["functions"]] == ["sorts", "spreads", "draws", "best", "Net.()"] and m["weights"][0]["inside"] and m["functions"][1]["arguments"][1]["below"] == "M"' ||
  fail "the manifest"

# A product in bf16: for every kind of processor, and run here, the same bits.
cat >gram.ordo <<'TEXT'
fn gram(x: f32[B, N]) -> f32[B, B] {
  g[i, j] = sum[n](x[i, n] * x[j, n])
  g
}
TEXT
cat >gram.c <<'TEXT'
#include <stdio.h>
#include "gram.h"
int main(void) {
  static float x[37 * 53], g[37 * 37];
  ordort_context c = {0};
  if (fread(x, sizeof *x, 37 * 53, stdin) != 37 * 53) return 1;
  if (gram_gram(37, 53, x, g, &c)) return 2;
  ordort_release(&c);
  return fwrite(g, sizeof *g, 37 * 37, stdout) != 37 * 37;
}
TEXT
expect 0 "run gram in bf16" "$ordo" run gram.ordo gram x.npy --precision bf16 --out gram_bf16.npy
expect 0 "interpret gram in bf16" "$ordo" run gram.ordo gram x.npy --precision bf16 --interpret --out gram_interpreted.npy
same gram_bf16.npy gram_interpreted.npy "bf16, compiled and interpreted"
expect 0 "run gram in f32" "$ordo" run gram.ordo gram x.npy --out gram_f32.npy
cmp -s gram_bf16.npy gram_f32.npy && fail "bf16 computes what f32 does"
for target in avx512,avx2,sse2 avx2 sse2; do
  expect 0 "build gram for $target" "$ordo" build gram.ordo gram --precision bf16 --target $target -o gram_$target
  "${cc[@]}" -O1 -Wall -Wextra gram.c -Igram_$target -Lgram_$target -lgram -lordort -lm -lpthread -o gram_$target/gram || fail "linking gram for $target"
  gram_$target/gram <x.bin >gram.out || fail "gram for $target"
  tail -c $((37 * 37 * 4)) gram_bf16.npy | cmp -s - gram.out || fail "bf16 on $target: other bits"
done

# Training programs: after five steps the bits of 'ordo train', nothing allocated in a step.
cp "$parts/steps.ordo" .
python3 "$parts/state.py" rows .
expect 0 "train drawn" "$ordo" train steps.ordo drawn --out drawn
expect 0 "train given" "$ordo" train steps.ordo given --seed 11 --out given
expect 0 "build steps" "$ordo" build steps.ordo drawn given -o steps
"${cc[@]}" -O1 -Wall -Wextra -Werror "$parts/steps.c" -Isteps -Lsteps -lsteps -lordort -lm -lpthread \
  -Wl,--wrap=malloc -Wl,--wrap=aligned_alloc -o steps/main || fail "linking steps"
for way in plain pool fixed; do
  rm -f ./*.state
  expect 0 "steps, $way" steps/main "$work" $way
  for program in drawn given; do
    expect 0 "the state of 'ordo train' for $program, $way" python3 "$parts/state.py" same $program.state $program/checkpoint.safetensors
  done
done
sed 's/  net = Two()/  net = Two() from "drawn\/checkpoint.safetensors"/' steps.ordo >begun.ordo
expect 0 "build of a program that begins with a file" "$ordo" build begun.ordo drawn -o steps
grep -q begun_drawn_init steps/begun.h && fail "init draws what 'ordo train' reads"
grep -q begun_drawn_step steps/begun.h || fail "no step of a program that begins with a file"

# Weights in files: hostile ones are refused with a text, mapped ones give the bits of those inside.
expect 0 "build drawn beside parts" "$ordo" build steps.ordo drawn Two -o lib
"${cc[@]}" -O1 -Wall -Wextra -Werror "$parts/weights.c" -Ilib -Llib -lparts -lsteps -lordort -lm -lpthread -o files || fail "linking weights.c"
mkdir hostile half
python3 "$parts/files.py" make "$weights" hostile
expect 0 "hostile files" ./files open hostile/*
python3 "$parts/files.py" check "$weights" <out || fail "what is said of hostile files"
expect 0 "a pipe and a folder" ./files open /dev/null hostile nowhere.safetensors
says "nowhere.safetensors: 8: 'nowhere.safetensors': No such file" "no file"
says "hostile: 8: 'hostile': it is a folder" "a folder"
expect 0 "mapped weights" ./files map "$weights"
for file in unaligned odd_header escaped many_axes; do expect 0 "mapped weights, $file" ./files map hostile/$file; done
expect 0 "a model of another name" ./files map hostile/renamed net
expect 0 "a model without a name" ./files map hostile/bare ""
expect 1 "mapped weights of a model of another name" ./files map hostile/renamed
expect 0 "damaged files" ./files flip drawn/checkpoint.safetensors copy.safetensors
if command -v valgrind >/dev/null && [ -z "${ORDO_TEST_FLAGS:-}" ]; then
  expect 0 "hostile files under valgrind" valgrind -q --error-exitcode=9 --leak-check=full ./files open hostile/*
fi

# Weights that are indices: in a file, and in memory of the caller, they may lie outside of their axis.
cat >pick.ordo <<'TEXT'
layer Pick(N = 3) {
  k: <5>[N] ~ zeros
  fn (x: f32[5]) -> f32[N] {
    y[n] = x[k[n]]
    y
  }
}
TEXT
cat >pick.c <<'TEXT'
#include <stdio.h>
#include "pick.h"
int main(int argc, char **argv) {
  float x[5] = {10, 11, 12, 13, 14}, y[3];
  ordort_weights w = {0};
  if (argc < 2 || ordort_weights_open(&pick_Pick_function, argv[1], &w)) return 9;
  ordort_context c = {.weights = w.weights};
  int code = pick_Pick(x, y, &c);
  if (code) puts(c.message);
  else printf("%g %g %g\n", y[0], y[1], y[2]);
  ordort_release(&c);
  ordort_weights_close(&w);
  return code;
}
TEXT
expect 0 "build pick" "$ordo" build pick.ordo Pick -o pick
"${cc[@]}" -O1 pick.c -Ipick -Lpick -lpick -lordort -lm -lpthread -o pick/main || fail "linking pick"
for last in 0 5 1000000000 -1; do
  python3 "$parts/files.py" indices $last.safetensors Pick.k 4 2 $last
done
expect 0 "indices" pick/main 0.safetensors
says "14 12 10" "indices"
for last in 5 1000000000 -1; do
  expect 3 "an index outside" pick/main ./$last.safetensors
  says "weight 'Pick.k': index $last (element 2) is not below 5" "an index outside"
done

# State in files: between steps here and in 'ordo train', to and fro, and for 'ordo run'.
alike() { expect 0 "$3" python3 "$parts/files.py" same "$1" "$2"; }
expect 0 "three steps" "$ordo" train steps.ordo drawn --steps 3 --out three
expect 0 "state that is saved" ./files train half
alike half/checkpoint.safetensors three/checkpoint.safetensors "the state of 'ordo train' after three steps"
alike half/five.safetensors drawn/checkpoint.safetensors "the state of 'ordo train' after five steps"
alike half/again.safetensors half/five.safetensors "three steps and two"
expect 0 "a checkpoint of 'ordo train' goes on" ./files resume three/checkpoint.safetensors resumed.safetensors
alike resumed.safetensors drawn/checkpoint.safetensors "three steps there and two here"
expect 0 "a disk without room" ./files full half/again.safetensors
alike half/again.safetensors half/five.safetensors "the old file when there is no room"
compgen -G "half/*.tmp.*" && fail "a temporary file is left"
for file in half/five drawn/checkpoint; do
  expect 0 "run with $file" "$ordo" run steps.ordo Two rows4.npy --weights $file.safetensors --out "${file%/*}/ran.npy"
done
same half/ran.npy drawn/ran.npy "'ordo run' with state that was saved"
expect 0 "a saved state goes on" "$ordo" train steps.ordo drawn --resume --out half
alike half/checkpoint.safetensors drawn/checkpoint.safetensors "three steps here and two there"
expect 1 "a state of another program" "$ordo" train steps.ordo given --resume --out half
says "it is of another program" "a state of another program"

# The sorter's step as docs/deploy.md shows it, and its weights from a file.
small=(-D H=16 -D B=8)
example() { # SECTION
  awk -v part="## $1" '$0 == part { in_part = 1 } in_part && /^```$/ { exit } in_code { print } in_part && /^```c$/ { in_code = 1 }' "$root/docs/deploy.md"
}
example Training >sorter.c
expect 0 "build the sorter's step" "$ordo" build sort sort "${small[@]}" -o sorter
"${cc[@]}" -O1 sorter.c -Isorter -Lsorter -lsort -lordort -lm -lpthread -o sorter/main || fail "linking the sorter"
expect 0 "train the sorter" "$ordo" train sort "${small[@]}" --steps 100 --seed 1 --out sorted
loss=$(python3 -c 'import json; print("%g" % [r["loss"] for r in map(json.loads, open("sorted/metrics.jsonl")) if "loss" in r][-1])')
[ "$(sorter/main)" = "good: loss $loss after 100 steps" ] || fail "the sorter's loss is not $loss: $(sorter/main)"
alike sort.safetensors sorted/checkpoint.safetensors "the sorter's state"
mkdir -p runs/sort
cp sorted/checkpoint.safetensors runs/sort
example "Weights from a file" >mapped.c
expect 0 "build the sorter without weights" "$ordo" build sort net.sorted "${small[@]}" -o mapped
"${cc[@]}" -O1 mapped.c -Imapped -Lmapped -lsort -lordort -lm -lpthread -o mapped/main || fail "linking the mapped sorter"
expect 0 "run the sorter" "$ordo" run sort net.sorted "[[0.3, 0.1, 0.7]]" "${small[@]}" --weights sort.safetensors --out mapped.npy
[ "$(mapped/main)" = "$(python3 -c 'import struct; print("%.9g %.9g %.9g" % struct.unpack("3f", open("mapped.npy", "rb").read()[-12:]))')" ] ||
  fail "the mapped sorter gives $(mapped/main)"

# What cannot be built.
expect 1 "an unknown target" "$ordo" build parts.ordo sorts --target avx1024 -o none
says "there is no target 'avx1024'" "an unknown target"
expect 1 "a prefix that C refuses" "$ordo" build parts.ordo sorts --prefix 7up -o none
says "'7up' is no name for C" "a prefix"
echo 'extern fn cube(x: f32[B]) -> f32[B] from "./libcube.so"
fn f(x: f32[B]) -> f32[B] { cube(x) }' >foreign.ordo
expect 1 "a C function" "$ordo" build foreign.ordo f -o none
says "foreign.ordo:2:29" "a C function"
expect 2 "several functions and none named" "$ordo" build parts.ordo -o none
expect 1 "a folder that cannot be made" "$ordo" build parts.ordo sorts -o /dev/null/x
[ ! -e none ] || fail "a build that failed left files"
finish
