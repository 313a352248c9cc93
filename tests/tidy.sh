#!/usr/bin/env bash
# clang-tidy (.clang-tidy) over the C files that changed since BASE: at most 30, the smallest first, so that a large move does
# not take CI an hour; what was left out is said.
# usage: tests/tidy.sh BUILD-FOLDER [BASE]     BASE: by default the commit before the last one; 'all' takes every file
set -euo pipefail
cd "$(dirname "$0")/.."
build=$1 base=${2:-HEAD~1}
if [ "$base" = all ]; then
  files=$(git ls-files '*.c')
else
  git rev-parse -q --verify "$base^{commit}" >/dev/null || { echo "tidy: there is no commit $base, nothing to compare with"; exit 0; }
  files=$(git diff --name-only --diff-filter=d "$base" -- '*.c')
fi
known=$(grep -o '"file": "[^"]*"' "$build/compile_commands.json" | cut -d'"' -f4)
chosen=()
for file in $files; do
  grep -qxF "$PWD/$file" <<<"$known" && chosen+=("$file")
done
[ ${#chosen[@]} -gt 0 ] || { echo "tidy: no C file changed"; exit 0; }
mapfile -t chosen < <(wc -c "${chosen[@]}" | sed '/ total$/d' | sort -n | awk '{ print $2 }')
if [ "$base" != all ] && [ ${#chosen[@]} -gt 30 ]; then
  echo "tidy: ${#chosen[@]} files changed; left out: ${chosen[*]:30}"
  chosen=("${chosen[@]:0:30}")
fi
printf '%s\n' "${chosen[@]}" | xargs -P "$(nproc)" -n 2 clang-tidy -p "$build" --quiet 2>/dev/null || { echo "tidy: see above"; exit 1; }
echo "tidy: ${#chosen[@]} files, fine"
