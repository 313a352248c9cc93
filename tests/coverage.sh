#!/usr/bin/env bash
# Lines that tests reached, by room and for the least covered files, from a build with the preset 'coverage' whose tests have run.
# usage: tests/coverage.sh [BUILD-FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
build=$(realpath "${1:-build/coverage}")
objects=$build/CMakeFiles/ordo_objects.dir
[ -n "$(find "$objects" -name '*.gcda' -print -quit)" ] || { echo "coverage: no test has run in $build (cmake --preset coverage, build, ctest)" >&2; exit 1; }
find "$objects" -name '*.gcda' | sed "s#^$objects/##; s#\.gcda\$##" | sort | while read -r source; do
  gcov -n -o "$objects/$source.gcda" "$source" 2>/dev/null |
    awk -v file="$source" '/^File / { mine = index($0, file) } mine && /^Lines executed/ { gsub(/[:%]/, " "); print file, $3, $5; exit }'
done | awk '
  { room = $1; sub(/\/[^\/]*$/, "", room); lines[room] += $3; hit[room] += $2 * $3 / 100; all += $3; reached += $2 * $3 / 100; printf "%5.1f %% of %4d  %s\n", $2, $3, $1 > "/dev/stderr" }
  END { for (r in lines) printf "%5.1f %% of %5d lines  %s\n", 100 * hit[r] / lines[r], lines[r], r; printf "%5.1f %% of %5d lines  all\n", 100 * reached / all, all }' 2> >(sort -n | head -15) | sort -k5
