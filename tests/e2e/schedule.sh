#!/usr/bin/env bash
# Schedules: what they say is done, changes no more than the order of sums, is warned of when it cannot be kept; ordo tune finds one that is
# replayed.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
cat >m.ordo <<'SPEC'
fn f(x: f32[N, M], y: f32[N, M]) -> (f32[N, M], f32[N]) {
  h = tanh(x) * 2
  k = sigmoid(h + y)
  r[n] = sum[m](k[n, m] * h[n, m])
  (k * 3, r)
}
SPEC
# rows longer than a vector, and no multiple of one
rows() { awk -v s="$1" 'BEGIN { for (n = 0; n < 2; n++) { printf n ? ", [" : "[["; for (m = 0; m < 67; m++) printf "%s%.4f", m ? ", " : "", sin(s * (m + 1) + n); printf "]" } print "]" }'; }
arguments=("$(rows 0.7)" "$(rows 0.3)")
kernels() { "$ordo" opt m.ordo f --schedule="$1" -O2 --without=plan | grep -c ' = kernel('; }
run() { "$ordo" run m.ordo f "${arguments[@]}" --json "$@"; }
: >empty
run >plain || fail "without a schedule"
run --schedule=empty >out && same plain out "an empty schedule"
one=$(kernels empty)
# near WHAT: what is no sum has the same bits, sums those of another order at most
near() {
  same <(grep result1 plain) <(grep result1 out) "$1"
  paste <(tr -d '[],' <plain | grep '"r"' | tr ' ' '\n') <(tr -d '[],' <out | grep '"r"' | tr ' ' '\n') |
    awk '$1 + 0 { n++; d = ($1 - $2) / $1; if (d * d > 1e-12) exit 1 } END { if (n != 2) exit 1 }' || fail "$1: other sums"
}

# apart: another kernel, the same bits
echo 'apart h   # comment' >apart
run --schedule=apart >out && same plain out "apart"
[ "$(kernels apart)" -gt "$one" ] || fail "apart makes no kernel more"

# options of passes, in each of their steps; the command line goes first
echo 'set fuse.max 1' >single
[ "$(kernels single)" -gt "$one" ] || fail "set fuse.max 1 makes no kernel more"
run --schedule=single >out && near "set"
for max in 32 64; do # 64 is the default: it is given all the same
  expect 0 "fuse{max=$max}" "$ordo" opt m.ordo f --schedule=single --passes="inline,contract,fuse{max=$max}"
  [ "$(grep -c ' = kernel(' "$work/out")" = "$one" ] || fail "the command line goes first: fuse{max=$max}"
  says "warning[E0609]: no step of the pipeline takes 'fuse.max'" "fuse{max=$max}"
done
printf 'set fuse.max 1\nset fuse.max 64\n' >twice
[ "$(kernels twice)" = "$one" ] || fail "the last line about an option counts"
[ "$("$ordo" opt m.ordo f --schedule=single --passes=inline,contract,plan --insert=fuse@before:plan --stop-after=fuse | grep -c ' = kernel(')" = "$(kernels single)" ] ||
  fail "a step that --insert brings"

# computed again by each reader
echo 'apart k' >apart
printf 'apart k\nrecompute h\n' >again
run --schedule=again >out 2>err && near "recompute"
[ -s err ] && { fail "recompute is warned of"; cat err; }
times_h() { "$ordo" opt m.ordo f --schedule="$1" --without=plan | grep -c ' = mul(.*"h"'; }
[ "$(times_h apart) $(times_h again)" = "1 2" ] || fail "recompute: h is not computed by both kernels that read it"

# together: of a chain that goes into kernels by twos
cat >chain.ordo <<'SPEC'
fn g(x: f32[N]) -> f32[N] {
  a = tanh(x)
  b = sigmoid(a)
  c = exp(b)
  cos(c)
}
SPEC
echo 'set fuse.max 2' >twos
printf 'set fuse.max 2\ntogether b, c\n' >middle
pairs() { "$ordo" opt chain.ordo g --schedule="$1" --without=plan | sed -nE '/ = kernel\(/s/.*/|/p; s/.* = (tanh|sigmoid|exp|cos)\(.*/\1/p' | tr '\n' ' '; }
[ "$(pairs twos)" = "| tanh sigmoid | exp cos " ] || fail "kernels of two: $(pairs twos)"
[ "$(pairs middle)" = "| tanh | sigmoid exp | cos " ] || fail "together: $(pairs middle)"
for s in twos middle; do
  same <("$ordo" run chain.ordo g "[0.1, 2, -3, 4, 5]" --json) <("$ordo" run chain.ordo g "[0.1, 2, -3, 4, 5]" --json --schedule=$s) "together"
done

# what is not kept is said, and the run goes on
echo 'recompute r' >broken
run --schedule=broken >out 2>err && same plain out "a line that is not kept"
grep -q "warning\[E0609\]: in 'f': only elementwise values" err || fail "no warning of a line that is not kept"
grep -q "broken:1:1" err || fail "the warning has no place"
echo 'apart nosuch' >broken
expect 0 "an unknown value" "$ordo" run m.ordo f "${arguments[@]}" --schedule=broken
says "warning[E0609]: 'f' has no value 'nosuch'" "an unknown value"
echo 'recompute r' >broken
expect 0 "a remark" "$ordo" opt m.ordo f --schedule=broken --remarks=schedule -o /dev/null
says "'r' is not kept: only elementwise values" "a remark"

# mistakes
wrong() { printf '%s\n' "$1" >bad; expect 1 "$1" "$ordo" opt m.ordo f --schedule=bad -o /dev/null; says "$2" "$1"; }
wrong 'apart' "expected the name of a value"
wrong 'split h' "expected apart, recompute, together or set"
wrong 'together h' "expected two names"
wrong 'apart h k' "expected the end of the line"
wrong 'set fuse 3' "expected PASS.OPTION VALUE"
wrong 'set fuse.max no' "bad:1:1: error[E0602]: option 'max' of pass 'fuse' cannot be 'no'"
wrong 'set nosuch.max 3' "bad:1:1: error[E0601]: there is no pass 'nosuch'"
wrong 'set saturate.nosuch 3' "bad:1:1: error[E0602]: pass 'saturate' has no option 'nosuch'"
wrong 'set precision.products bf16' "a schedule sets no options of 'precision': it rounds by design"
echo 'set saturate.nodes 3' >broken
expect 0 "a pass that is not in the pipeline" "$ordo" opt m.ordo f --schedule=broken -o /dev/null
says "broken:1:1: warning[E0609]: no step of the pipeline takes 'saturate.nodes'" "a pass that is not in the pipeline"

# tune: what it writes is replayed, with the same bits
expect 0 "tune" "$ordo" tune m.ordo f --sizes=N=40,M=67 --seconds=4 -o found
grep -q "^# 'f', for N = 40, M = 67: .* us a run before, .* after; [0-9]* tried, [0-9]* kept" found || fail "no account of the search"
grep -q "^# apart h: " found || fail "named values are not tried"
run --schedule=found >out 2>err && same plain out "what tune found"
[ -s err ] && fail "a line that tune found is not kept"
[ "$(grep -c '^# .*: kept' found)" = "$(grep -vc '^#' found)" ] || fail "decisions and lines differ"
finish
