#!/usr/bin/env bash
# Faults of the compiler put back, one at a time: does 'programs' notice, and at which text? See docs/results/programs.md.
#
# tests/programs/faults/NAME.patch undoes one mend in the code of today. Above the diff stands what it puts back, and perhaps a line
# 'run: OPTIONS' for 'programs'. A patch that does not fit any more is an error: make the same change by hand and write the diff
# again, with the words above it kept.
#
# usage: tests/programs/put_back.sh --check            whether all patches fit the tree; nothing is built
#        tests/programs/put_back.sh [--count N] [--seed S] [NAME]...
#                                   in a copy of the tree in build/put_back; exit code 1 when neither a text nor a case notices
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
faults=$root/tests/programs/faults
copy=$root/build/put_back
count=20000 seed=1 only_check=0 names=()
while [ $# -gt 0 ]; do
  case $1 in
  --check) only_check=1 ;;
  --count) count=$2; shift ;;
  --seed) seed=$2; shift ;;
  *) names+=("$1") ;;
  esac
  shift
done
[ ${#names[@]} -gt 0 ] || mapfile -t names < <(basename -s .patch -a "$faults"/*.patch)

# Without fuzz: code around it that has changed may make it another fault.
fits() { patch -d "$1" -p1 -F0 -s -f --dry-run <"$faults/$2.patch" 2>&1; }

command -v patch >/dev/null || { echo "put_back: there is no command 'patch'"; exit 2; }
failed=0
for name in "${names[@]}"; do
  [ -f "$faults/$name.patch" ] || { echo "put_back: there is no fault '$name'"; exit 2; }
  said=$(fits "$root" "$name") && continue
  echo "put_back: tests/programs/faults/$name.patch does not fit the tree any more: write it again"
  echo "$said"
  failed=1
done
[ $failed -eq 0 ] || exit 1
if [ $only_check = 1 ]; then
  echo "put_back: ${#names[@]} patches fit"
  exit 0
fi

build() { cmake --build "$copy/build" --target programs >"$copy/log" 2>&1 || { tail -20 "$copy/log"; return 1; }; }

# The tree as it is, without what is built; files that are as they were keep their times, so that little is built again.
mkdir -p "$copy/tree"
(cd "$root" && find . -path ./build -prune -o -path './.git*' -prune -o -type f -print) | while read -r file; do
  cmp -s "$root/$file" "$copy/tree/$file" && continue
  mkdir -p "$copy/tree/${file%/*}" && cp "$root/$file" "$copy/tree/$file"
done
(cd "$copy/tree" && find . -type f) | while read -r file; do [ -f "$root/$file" ] || rm "$copy/tree/$file"; done
cmake -S "$copy/tree" -B "$copy/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DORDO_DEV=ON ${PUT_BACK_CMAKE:-} >/dev/null || exit 2
build || exit 2
cd "$copy/tree" || exit 2

"$copy/build/tests/programs" --cases tests/programs/cases >"$copy/log" || { cat "$copy/log"; exit 2; }
printf '| fault | noticed at | cases that notice |\n|---|---|---|\n'
for name in "${names[@]}"; do
  patch="$faults/$name.patch"
  options=$(sed -n 's/^run: //p' "$patch")
  patch -p1 -F0 -s <"$patch" || exit 2
  noticed="**not in $count texts**" cases=""
  if build; then
    # shellcheck disable=SC2086
    "$copy/build/tests/programs" --seed "$seed" --count "$count" --compiled 0 --first $options >"$copy/$name.txt" 2>&1
    at=$(sed -n 's/^seed \([0-9]*\): .*/\1/p' "$copy/$name.txt" | head -1)
    [ -z "$at" ] || noticed="text $((at - seed + 1))"
    "$copy/build/tests/programs" --cases tests/programs/cases >"$copy/$name.cases" 2>&1
    crashed=$?
    cases=$(sed -n 's|.*--file tests/programs/cases/\([a-z_0-9]*\)\.ordo .*|\1|p' "$copy/$name.cases" | sort -u | paste -sd ' ')
    [ $crashed -le 1 ] || cases="$cases (crashed)"
    [ -z "$cases" ] || case $noticed in \**) noticed="not in $count texts" ;; esac
  else
    noticed="**does not compile**"
  fi
  [ "${noticed#\*}" = "$noticed" ] || failed=1
  printf '| `%s` | %s | %s |\n' "$name" "$noticed" "$cases"
  patch -p1 -F0 -s -R <"$patch" || exit 2
done
exit $failed
