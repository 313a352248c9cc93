#!/usr/bin/env bash
# Everything below the graph can be seen: LLVM IR and assembly of each kernel, as text or in files named by source line.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
export ORDO_CACHE=off
cat >m.ordo <<'SPEC'
fn f(x: f32[N, M], w: f32[M, K]) -> f32[N, K] {
  tanh(x @ w)
}
SPEC
expect 0 "llvm" "$ordo" opt m.ordo f --stop-after=llvm
says "kernel of tanh, first at m.ordo.2" "llvm"
says "define void @k_" "llvm"
says "; step" "llvm"
says "; product" "llvm"
expect 0 "asm" "$ordo" opt m.ordo f --stop-after=asm -o f.s
for what in "kernel of tanh, first at m.ordo.2" "# step" "# product" ".globl"; do
  grep -qF "$what" f.s || fail "asm: no '$what'"
done
expect 0 "to files" "$ordo" run m.ordo f "[[1]]" "[[0]]" --dump-after=llvm,asm,fuse --dump-dir=dumps
[ "$(cat out)" = "[[0]]" ] || fail "the run with dumps prints something else"
for file in dumps/f.01-m.ordo.2-k_*.ll dumps/f.01-m.ordo.2-k_*.s dumps/f.02-ordo_step_*.ll dumps/f.*-fuse.txt; do
  [ -s "$file" ] || fail "no file $file"
done
# the text assembles: it is all of the code
for file in dumps/*.s; do as -o a.o "$file" || fail "$file does not assemble"; done
expect 0 "a training step" "$ordo" train "$root/models/sort.ordo" --stop-after=llvm -D B=2 -D N=3 -D H=4
says "; kernel of random" "a training step"
expect 1 "no such stage" "$ordo" opt m.ordo f --dump-after=lvm
says "error[E0601]" "no such stage"
finish
