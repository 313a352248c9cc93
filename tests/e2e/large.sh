#!/usr/bin/env bash
# Large specs: what is checked grows with the text and no faster. The bounds are far above what it takes and far below what a
# square of it would take (60 s of a processor, 1.6 GB); a machine that is busy with other things changes neither.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
memory=$((1600 << 10)) # KiB
if [ -n "${LSAN_OPTIONS:-}" ]; then
  echo "left out: the sanitizers take ten times the time and memory"
  exit 0
fi

# repeat N TEMPLATE: the text N times, with its number for @ and the number before it for ^
repeat() {
  python3 -c 'import sys
for i in range(1, int(sys.argv[1]) + 1): print(sys.argv[2].replace("@", str(i)).replace("^", str(i - 1)))' "$1" "$2"
}
# check CODE WHAT: checks the spec of standard input
check() {
  cat >large.ordo
  expect "$1" "$2" bash -c "ulimit -t 60 -v $memory; exec $ordo check large.ordo"
}

repeat 100000 'fn f@(x: f32[N]) -> f32[N] { x + @ }' | check 0 'functions'
{ echo 'fn f0(x: f32[N]) -> f32[N] { x }'; repeat 20000 'fn f@(x: f32[N]) -> f32[N] { f^(x) + 1 }'; } | check 0 'a chain of calls'
repeat 50000 'const C@ = @ + 1' | check 0 'constants'
repeat 10000 'layer L@(D) { w: f32[D] ~ zeros
  fn (x: f32[D]) -> f32[D] { x * w }
}' | sed 's/{ w/{\n  w/' | check 0 'layers'
{ echo 'fn f(x: f32) -> f32 {'; repeat 200000 '  x = x + @'; echo '  x'; echo '}'; } | check 0 'statements'
{ echo 'fn f(x: f32) -> f32 {'; repeat 100000 '  y@ = x + @'; echo '  x'; echo '}'; } | check 0 'names'
{ echo 'fn f(x: f32[{N}]) -> f32 {'; repeat 10000 '  y@[n] = x[n] * @'; echo '  sum(y1)'; echo '}'; } | check 0 'values of a set'
{ echo 'fn f(x: f32) -> f32 {'; repeat 100000 '  y@ = z@ + x'; echo '  x'; echo '}'; } | check 1 'mistakes'
says '100000 errors; 99980 more' 'mistakes'

# Proofs about sizes branch at each bound, and stop.
{ echo 'fn f(x: f32[n], count: i32) -> f32[n] {'; printf '  assert count == max(n, 1)'; printf ' * max(n - %d, 1)' $(seq 11); echo; echo '  x'; echo '}'; } | check 0 'a product of bounds'

# Repeated layers: their array is made once, each claim is proved in memory of its own.
expect 0 'a thousand layers' bash -c "ulimit -t 60 -v $memory; exec $ordo check '$root/models/charlm.ordo' -D L=1000"
expect 0 'layers beyond 65,535 weights' bash -c "ulimit -t 60 -v unlimited; exec $ordo check '$root/models/charlm.ordo' -D L=2000 -D MODEL='\"lstm\"'"

# Products of sums of sizes, and functions that double at each level: refused at their place, before they are written out.
{ printf 'fn f('
  repeat 24 'x@: f32[A@, B@],' | tr -d '\n'
  printf ') -> f32 {\n  y = zeros(1'
  repeat 24 ' * (A@ + B@)' | tr -d '\n'
  printf ')\n  sum(y)\n}\n'
} | check 1 'a size of 2^24 terms'
says 'error[E0213]' 'a size of 2^24 terms'
{ echo 'fn f0(x: f32[{N}]) -> f32[{N}] { x + 1 }'; repeat 40 'fn f@(x: f32[{N}]) -> f32[{N}] { f^(f^(x)) }'; } | check 1 '2^40 calls'
says 'error[E0606]' '2^40 calls'
finish
