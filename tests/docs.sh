#!/usr/bin/env bash
# What stands in docs/*.md is run. By the fence of a block:
#
#   ```ordo         a program that 'ordo check' accepts
#   ```graph        a graph that 'ordo opt' reads, that the verifier accepts, and that is printed as it stands
#   ```graph free   the same for one that is not written as it is printed: what is printed reads back as itself
#
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
    /^```(ordo|graph|graph free)$/ { out = sprintf("%s_%03d.%s", prefix, NR, substr($0, 4)); sub(" ", "_", out); printf "" > out; next }
    /^```/ { out = "" }
    out { print > out }' "$doc"
done

# Reads the graph, verifies it, prints it.
reprint() { timeout 60 "$ordo" opt "$1" --passes= --verify-each; }

run_block() { # FILE KIND
  case $2 in
  ordo) timeout 60 "$ordo" check "$1" ;;
  graph) reprint "$1" >"$1.printed" && diff -u --label "as it stands" --label "as printed" "$1" "$1.printed" ;;
  graph_free) reprint "$1" >"$1.printed" && reprint "$1.printed" | diff -u "$1.printed" - ;;
  esac
}

cd "$work" || exit 1
count=0 failed=0
for block in *.ordo *.graph *.graph_free; do
  [ -f "$block" ] || continue
  count=$((count + 1))
  run_block "$block" "${block##*.}" >out 2>&1 && continue
  failed=$((failed + 1))
  name=${block%.*}
  echo "${name%_*}.md, block at line $((10#${name##*_})):"
  cat out
done
echo "$count programs and graphs in the documentation, $failed refused"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]
