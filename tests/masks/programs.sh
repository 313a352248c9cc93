#!/bin/sh
# Programs against the proofs: functions of specs as graphs, each attacked with other padding and other orders (masks, permute
# --file), and proved again behind 'simplify'. Functions are those of which 'ordo check --sets' has something to say.
# usage: ORDO=path TESTS=folder of masks and permute  programs.sh [SPEC]...
set -eu
cd "$(dirname "$0")/../.."
: "${ORDO:=build/ordo}" "${TESTS:=build/tests}" "${COUNT:=20}"
[ $# -gt 0 ] || set -- tests/masks/loops.ordo models/lib/sets.ordo models/lib/pointer.ordo models/lib/matching.ordo
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
attacked=0
for spec; do
  "$ORDO" check --sets "$spec" >"$work/table" 2>/dev/null || true
  "$ORDO" check "$spec" >/dev/null 2>"$work/said" || true
  sed -n 's/^fn \([a-z_0-9]*\)(.*/\1/p' "$spec" >"$work/names"
  sed -n 's/^\([A-Za-z][A-Za-z0-9_.()]*\), \(padding of\|set\) .*/\1/p' "$work/table" >>"$work/names"
  for name in $(sort -u "$work/names"); do
    "$ORDO" opt "$spec" "$name" --passes=inline,grad -o "$work/graph" 2>/dev/null || continue
    for test in masks permute; do
      "$TESTS/$test" --file "$work/graph" --count "$COUNT" >"$work/out" 2>&1 && continue
      grep -q 'is not\|violated' "$work/out" || continue
      if grep -q ' 0 violated' "$work/out"; then continue; fi
      echo "$spec: $name: $test"
      tail -n 12 "$work/out"
      exit 1
    done
    for test in masks permute; do # what is proved is proved of what simplify makes of it, too
      "$TESTS/$test" --file "$work/graph" --count 1 --passes >"$work/out" 2>&1 || true
      grep '^simplify: [1-9]' "$work/out" || continue
      echo "$spec: $name: $test"
      exit 1
    done
    attacked=$((attacked + 1))
  done
done
echo "$attacked functions, none fooled the proofs"
[ "$attacked" -gt 10 ]
