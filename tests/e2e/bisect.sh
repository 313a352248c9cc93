#!/usr/bin/env bash
# A planted fault of a pass is found by --validate-each and by bisect, to its transformation; the file that bisect
# leaves shows it again in bisect, run and reduce. Right passes of every model are found right.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
plugin=$(dirname "$ordo")/tests/plugins/swap_operands.so
swap=(--plugin="$plugin")
cat >m.ordo <<'SPEC'
fn f(x: f32[N, M], y: f32[N]) -> f32[N] {
  a[n] = sum[m](x[n, m] * x[n, m])
  scan t in 3, h = y { h = h * a + y }
  tanh(h) + a * y
}
SPEC

expect 0 "right passes" "$ordo" bisect m.ordo f
says "nothing is wrong" "right passes"
says "and the compiled code agree, on arguments drawn with seed 1, N = 3, M = 5" "right passes"
expect 0 "a right plug-in" "$ordo" bisect m.ordo f "${swap[@]}" --insert=swap-operands@before:grad
expect 0 "--validate-each" "$ordo" opt m.ordo f --validate-each -o /dev/null
[ -s out ] && fail "--validate-each says something of right passes"

for wrong in 1 3 5; do
  insert="swap-operands{wrong=$wrong}@before:grad"
  expect 1 "wrong=$wrong" "$ordo" bisect m.ordo f "${swap[@]}" --insert="$insert" -o wrong.txt
  says "the pass 'swap-operands{wrong=$wrong}', step 4 of the pipeline, is wrong: result" "wrong=$wrong"
  says "its transformation $wrong of" "wrong=$wrong"
  says "= sub(" "wrong=$wrong"
  for option in passes=swap-operands{wrong=$wrong} fuel=$wrong seed=1 define=N=3 define=M=5; do
    grep -qxF "# option: --$option" wrong.txt || fail "wrong=$wrong: no '$option' in the file"
  done
  expect 1 "the file, wrong=$wrong" "$ordo" bisect wrong.txt "${swap[@]}"
  says "its transformation $wrong of $wrong" "the file, wrong=$wrong"
  expect 0 "the file run, wrong=$wrong" "$ordo" run wrong.txt "${swap[@]}" --digits=9
  mv out got
  expect 0 "the file interpreted, wrong=$wrong" "$ordo" run wrong.txt --interpret --digits=9
  cmp -s got out && fail "wrong=$wrong: run shows no fault"
  expect 1 "--validate-each, wrong=$wrong" "$ordo" run m.ordo f "[[1, 2]]" "[3]" "${swap[@]}" --insert="$insert" --validate-each
  says "error[E0608]: the pass 'swap-operands' made a wrong graph of 'f': result" "--validate-each, wrong=$wrong"
done
expect 0 "options of the command line go first" "$ordo" bisect wrong.txt "${swap[@]}" --passes="swap-operands{wrong=0}"
expect 0 "reduce" "$ordo" reduce wrong.txt "${swap[@]}" -o small.txt
says "are left, after" "reduce"
[ "$(grep -c '^  %' small.txt)" -lt "$(grep -c '^  %' wrong.txt)" ] || fail "reduce: nothing is gone"

# a right pass on the same graph
sed 's/passes=.*/passes=simplify/; /fuel/d' wrong.txt >simplify.txt
expect 0 "a pass that is right" "$ordo" bisect simplify.txt
says "nothing is wrong" "a pass that is right"

# what such a file may not say, and what is broken in it
sed '1i # option: --plugin=./evil.so' wrong.txt >evil.txt
expect 2 "a plug-in in a file" "$ordo" opt evil.txt
says "has an option that no such file can have: '--plugin=./evil.so'" "a plug-in in a file"
sed '1i # option: --output=/etc/passwd' wrong.txt >evil.txt
expect 2 "an output in a file" "$ordo" opt evil.txt
sed 's/^# option: --fuel=.*/# option: --fuel=many/' wrong.txt >evil.txt
expect 2 "a wrong number in a file" "$ordo" opt evil.txt
expect 2 "a wrong size" "$ordo" bisect wrong.txt "${swap[@]}" -D N=many
expect 1 "a broken contract" "$ordo" bisect m.ordo f --plugin="$(dirname "$plugin")/contract.so" --insert="break-contract{how=result-dtype}@after:grad"
says "expected the type f32[N], got f64[N]" "a broken contract"

# a training step of a shipped model, small
expect 0 "sort" "$ordo" bisect "$root/models/sort.ordo" sort.step -D B=2 -D N=3 -D H=4
says "nothing is wrong" "sort"
finish
