#!/usr/bin/env bash
# House rules that a script can check: which folder may include which, where memory is allocated, sizes of files,
# diagnostics that no code uses, names that do not belong in the tree.
# usage: tests/lint.sh [ROOT]
set -uo pipefail
cd "${1:-$(dirname "$0")/..}"
failed=0
complain() { echo "lint: $*"; failed=1; }

rooms="base exec ir io onnx frontend data passes codegen runtime app"
sources=$(find $rooms -name '*.[ch]' | sort)
command=$(find cli fuzz mpi python -name '*.[ch]' | sort)
tests=$(find tests -name '*.[ch]' | sort)

# tests/rooms.txt: which room may include which; one place for a tag.
python3 tests/rooms.py || failed=1
python3 tests/tags.py || failed=1

bad=$(awk 'length($0) > 100 && /^ *(\/\*|\*|\/\/)/ { print FILENAME ":" FNR }' $sources $command $tests)
[ -z "$bad" ] || complain "comments have at most 100 columns"$'\n'"$bad"

bad=$(grep -nE '\b(malloc|calloc|realloc|free)\(' $sources $command |
  grep -vE '^base/arena.c|//|/\*.*\b(malloc|free)\(.*\*/|allowed: ')
[ -z "$bad" ] || complain "memory comes from arenas or heap_alloc (base/arena.h)"$'\n'"$bad"

bad=$(grep -nE '\b(exit|abort|_exit)\(' $sources | grep -vE '^base/(arena|ctx).c')
[ -z "$bad" ] || complain "the library never exits"$'\n'"$bad"

for file in $sources $command $tests; do
  lines=$(wc -l <"$file")
  [ "$lines" -le 900 ] || complain "$file has $lines lines (at most 900)"
done

bad=$(awk 'FNR == 1 { start = 0 }
  /^[A-Za-z].*\(/ && !/;$/ { name = $0; start = FNR }
  /^}/ && start { if (FNR - start + 1 > 60) print FILENAME ": " FNR - start + 1 " lines: " name; start = 0 }' \
  $sources $command $tests)
[ -z "$bad" ] || complain "functions have at most 60 lines"$'\n'"$bad"

used=$(cat $sources $command $(find $rooms cli -name '*.def'))
for name in $(sed -nE 's/^DIAG\("[EW][0-9]+", ([a-z0-9_]+),.*/\1/p' base/diag.def); do
  grep -qE "\bE_$name\b" <<<"$used" || complain "diagnostic '$name' is used nowhere"
done
for code in $(sed -nE 's/^DIAG\("([EW][0-9]+)".*/\1/p' base/diag.def); do
  grep -rqs "\[$code\]" tests/errors || complain "diagnostic $code has no golden test in tests/errors"
done

bad=$(git grep -InE '(^|[^a-zA-Z])(TODO|FIXME|XXX|HACK)([^a-zA-Z]|$)' -- ':!tests/lint.sh' 2>/dev/null)
[ -z "$bad" ] || complain "open ends"$'\n'"$bad"

[ $failed -eq 0 ] && echo "lint: fine"
exit $failed
