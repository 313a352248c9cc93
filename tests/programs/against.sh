#!/usr/bin/env bash
# The fuzzer of this tree against the library of another commit: which of its faults are found. See docs/results/programs.md.
# usage: tests/programs/against.sh COMMIT     makes build/against/programs
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
old=$root/build/against/tree
mkdir -p "$root/build/against"
[ -d "$old" ] || git -C "$root" worktree add --detach "$old" "$1"
cmake -S "$old" -B "$old/build" -G Ninja -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build "$old/build" --target ordo
rm -rf "$old/tests/programs"
cp -r "$root/tests/programs" "$old/tests/"
cd "$old"
# where headers stood before they got rooms; statements that the language did not have
sed -i 's|"app/|"runtime/|; s|"frontend/syntax/|"frontend/|' tests/programs/*.[ch]
sed -i 's/s->\(minimize\|move\)\.through/false/g' tests/programs/*.c
libs=$(sed -n '/build tests\/programs:/,/^$/s/.*LINK_LIBRARIES = //p' "$root/build/dev/build.ninja" |
  sed 's|tests/libtest_support.a||; s|libordo.a||g')
# shellcheck disable=SC2086
clang -std=c17 -D_GNU_SOURCE -O2 -w -rdynamic -I. -Iinclude -I"$(llvm-config-19 --includedir)" \
  tests/programs/*.c build/libordo.a $libs -lm -o "$root/build/against/programs"
ln -sfn "$old/models" "$root/build/against/models"
echo "build/against/programs is ready"
