#!/usr/bin/env bash
# Schedules: what they say is done, never changes a bit, is warned of when it cannot be kept; ordo tune finds one that is
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
arguments=("[[0.1, 0.2, -0.5], [1, 2, 3]]" "[[1, 0.5, 0.25], [3, 2, 1]]")
kernels() { "$ordo" opt m.ordo f --schedule="$1" -O2 --without=plan | grep -c ' = kernel('; }
run() { "$ordo" run m.ordo f "${arguments[@]}" --json "$@"; }
: >empty
run >plain || fail "without a schedule"
run --schedule=empty >out && same plain out "an empty schedule"
one=$(kernels empty)

# apart: another kernel, the same bits
echo 'apart h   # comment' >apart
run --schedule=apart >out && same plain out "apart"
[ "$(kernels apart)" -gt "$one" ] || fail "apart makes no kernel more"
"$ordo" opt m.ordo f --schedule=apart --without=plan | sed 's/ body .*//' | grep -q 'kernel' || fail "apart"

# options of passes, in each of their steps; the command line goes first
echo 'set fuse.max 1' >single
[ "$(kernels single)" -gt "$one" ] || fail "set fuse.max 1 makes no kernel more"
run --schedule=single >out && same plain out "set"
[ "$("$ordo" opt m.ordo f --schedule=single --passes='inline,contract,fuse{max=32}' | grep -c ' = kernel(')" -le "$(kernels single)" ] || fail "the command line goes first"

# computed again by each reader
printf 'apart k\nrecompute h\n' >again
run --schedule=again >out 2>err && same plain out "recompute"
[ -s err ] && { fail "recompute is warned of"; cat err; }

# what is not kept is said, and the run goes on
echo 'recompute r' >broken
run --schedule=broken >out 2>err && same plain out "a line that is not kept"
grep -q "warning\[E0609\]: in 'f': only elementwise values" err || fail "no warning of a line that is not kept"
grep -q "broken:1:1" err || fail "the warning has no place"
echo 'apart nosuch' >broken
expect 0 "an unknown value" "$ordo" run m.ordo f "${arguments[@]}" --schedule=broken
says "warning[E0609]: 'f' has no value 'nosuch'" "an unknown value"
expect 0 "a remark" "$ordo" opt m.ordo f --schedule=broken --remarks=schedule -o /dev/null

# mistakes
wrong() { printf '%s\n' "$1" >bad; expect 1 "$1" "$ordo" opt m.ordo f --schedule=bad -o /dev/null; says "$2" "$1"; }
wrong 'apart' "expected the name of a value"
wrong 'split h' "expected apart, recompute, together or set"
wrong 'together h' "expected two names"
wrong 'apart h k' "expected the end of the line"
wrong 'set fuse 3' "expected PASS.OPTION VALUE"
wrong 'set fuse.max no' "option 'max' of pass 'fuse' cannot be 'no'"
wrong 'set nosuch.max 3' "there is no pass 'nosuch'"
wrong 'set precision.products bf16' "a schedule never changes values: 'precision' rounds by design"

# tune: what it writes is replayed, with the same bits
expect 0 "tune" "$ordo" tune m.ordo f --sizes=N=40,M=50 --seconds=4 -o found
grep -q "^# 'f', for N = 40, M = 50: .* us a run before, .* after; [0-9]* tried, [0-9]* kept" found || fail "no account of the search"
grep -q "^# apart h: " found || fail "named values are not tried"
run --schedule=found >out 2>err && same plain out "what tune found"
[ -s err ] && fail "a line that tune found is not kept"
[ "$(grep -c '^# .*: kept' found)" = "$(grep -vc '^#' found)" ] || fail "decisions and lines differ"
finish
