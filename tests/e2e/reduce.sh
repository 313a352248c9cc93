#!/usr/bin/env bash
# ordo reduce on programs with loops, large extents and odd numbers, with plug-ins: what is left is small, and is a file
# that run, bisect and reduce take as it is.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
plugin=$(dirname "$ordo")/tests/plugins/swap_operands.so
cat >loop.ordo <<'SPEC'
fn f(x: f32[B, 256], w: f32[256, 512]) -> f32[B, 512] {
  h = tanh(x @ w) * 0.7312
  scan t in 40, a = h {
    a = sigmoid(a * 3.1415 + h) + 0.25
  }
  a * 2 + h
}
SPEC
expect 0 "reduce" "$ordo" reduce loop.ordo f --plugin="$plugin" --insert="swap-operands{wrong=2}@after:inline" -o small.txt
says " nodes of " "reduce"
grep -v '^#' small.txt | grep -qE '256|512|40|0\.7312|3\.1415' && fail "extents, turns and numbers that could be smaller are left"
grep -q scan small.txt && fail "a loop is left"
grep -qx '# option: --passes=swap-operands{wrong=2}' small.txt || fail "steps of the pipeline are left that the fault does not need"
[ "$(grep -c '^  %' small.txt)" -le 5 ] || fail "nodes are left"
expect 0 "what is left runs" "$ordo" run small.txt --plugin="$plugin"
cp out compiled
expect 0 "what is left is interpreted" "$ordo" run small.txt --plugin="$plugin" --interpret --passes=
cmp -s out compiled && fail "what is left is no fault"
expect 1 "bisect takes it" "$ordo" bisect small.txt --plugin="$plugin"
says "the pass 'swap-operands{wrong=2}', step 1 of the pipeline, is wrong" "bisect"

# a fault that needs two turns keeps a loop of two, or its turns written out
cat >turns.ordo <<'SPEC'
fn g(x: f32[N, 32]) -> (f32[32], f32[N, 32]) {
  scan n in N, s = zeros(32) {
    s = s * 0.5 + x[n, :]
    y[n, :] = s
  }
  (s, y)
}
SPEC
expect 0 "by a command" "$ordo" reduce turns.ordo g --test="grep -q 'dim\|scan' {}" -o two.txt
grep -oE '\[[^]]*\]' two.txt | grep -q 32 && fail "an extent that could be smaller is left"
"$ordo" opt two.txt --passes= >/dev/null || fail "what is left is no graph"
finish
