#!/usr/bin/env bash
# House rules that a script can check: which folder may include which, where memory is allocated, sizes of files,
# diagnostics that no code uses, names that do not belong in the tree.
# usage: tests/lint.sh [ROOT]
set -uo pipefail
cd "${1:-$(dirname "$0")/..}"
failed=0
complain() { echo "lint: $*"; failed=1; }

# allowed FOLDER "FOLDERS/ AND FILES IT MAY INCLUDE"
allowed() {
  local folder=$1 pattern
  pattern="$folder/"
  for place in $2; do pattern+="|$place"; done
  local bad
  bad=$(grep -nE '^#include "[a-z]+/' "$folder"/*.[ch] 2>/dev/null | grep -vE "#include \"($pattern)")
  [ -z "$bad" ] || complain "$folder/ may include only: $folder $2"$'\n'"$bad"
}
allowed base ""
allowed ir "base/"
allowed frontend "base/ ir/"
allowed data "base/ ir/ frontend/ runtime/file.h runtime/tensors.h runtime/safetensors.h runtime/numtext.h" # files are opened, and numbers read, one way
allowed passes "base/ ir/"
allowed codegen "base/ ir/ passes/ runtime/pool.h" # the pool is what compiled code calls
allowed runtime "base/ ir/ frontend/ data/ passes/ codegen/"
allowed cli "base/ ir/ frontend/ data/ passes/ codegen/ runtime/"

bad=$(grep -nE '\b(malloc|calloc|realloc|free)\(' base/*.c ir/*.c frontend/*.c data/*.c passes/*.c codegen/*.c runtime/*.c cli/*.c |
  grep -vE '^base/arena.c|//|/\*.*\b(malloc|free)\(.*\*/|allowed: ')
[ -z "$bad" ] || complain "memory comes from arenas or heap_alloc (base/arena.h)"$'\n'"$bad"

bad=$(grep -nE '\b(exit|abort|_exit)\(' base/*.c ir/*.c frontend/*.c data/*.c passes/*.c codegen/*.c runtime/*.c |
  grep -vE '^base/(arena|ctx).c')
[ -z "$bad" ] || complain "the library never exits"$'\n'"$bad"

for file in $(ls */*.c */*.h tests/*/*.c 2>/dev/null); do
  lines=$(wc -l <"$file")
  [ "$lines" -le 900 ] || complain "$file has $lines lines (at most 900)"
done

bad=$(awk 'FNR == 1 { start = 0 }
  /^[A-Za-z].*\(/ && !/;$/ { name = $0; start = FNR }
  /^}/ && start { if (FNR - start + 1 > 60) print FILENAME ": " FNR - start + 1 " lines: " name; start = 0 }' \
  */*.c tests/*/*.c)
[ -z "$bad" ] || complain "functions have at most 60 lines"$'\n'"$bad"

used=$(cat base/*.[ch] ir/*.[ch] frontend/*.[ch] frontend/*.def data/*.[ch] passes/*.[ch] passes/*.def codegen/*.[ch] runtime/*.[ch] cli/*.[ch])
for name in $(sed -nE 's/^DIAG\("[EW][0-9]+", ([a-z0-9_]+),.*/\1/p' base/diag.def); do
  grep -qE "\bE_$name\b" <<<"$used" || complain "diagnostic '$name' is used nowhere"
done
for code in $(sed -nE 's/^DIAG\("([EW][0-9]+)".*/\1/p' base/diag.def); do
  grep -rqs "\[$code\]" tests/errors || complain "diagnostic $code has no golden test in tests/errors"
done

bad=$(git grep -nE '(^|[^a-zA-Z])(TODO|FIXME|XXX|HACK)([^a-zA-Z]|$)' -- ':!tests/lint.sh' 2>/dev/null)
[ -z "$bad" ] || complain "open ends"$'\n'"$bad"

[ $failed -eq 0 ] && echo "lint: fine"
exit $failed
