#!/usr/bin/env bash
# Every block of docs/*.md that is fenced as 'ordo' is a program that 'ordo check' accepts.
# usage: tests/docs.sh [FILE.md]...     ORDO names the command, default build/ordo
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
ordo=$(realpath "${ORDO:-$root/build/ordo}")
[ $# -gt 0 ] || set -- "$root"/docs/*.md "$root"/README.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for doc in "$@"; do
  [ -f "$doc" ] || continue
  awk -v prefix="$work/$(basename "$doc" .md)" '
    /^```ordo$/ { out = sprintf("%s_%03d.ordo", prefix, NR); printf "" > out; next }
    /^```/ { out = "" }
    out { print > out }' "$doc"
done
count=0 failed=0
for block in "$work"/*.ordo; do
  [ -f "$block" ] || continue
  count=$((count + 1))
  (cd "$work" && timeout 60 "$ordo" check "$(basename "$block")") >"$work/out" 2>&1 && continue
  failed=$((failed + 1))
  name=$(basename "$block" .ordo)
  echo "${name%_*}.md, block at line $((10#${name##*_})):"
  cat "$work/out"
done
echo "$count programs in the documentation, $failed refused"
[ "$failed" -eq 0 ]
