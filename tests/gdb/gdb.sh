#!/usr/bin/env bash
# ir/gdb.py shows a graph, a node and a type of a program that stands in a breakpoint. usage: gdb.sh PROGRAM
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
out=$(gdb -nx -batch -ex "source $root/ir/gdb.py" -ex 'break stop_here' -ex run -ex 'graph g' -ex 'node g 1' -ex 'node g 7' -ex 'print *sum' \
  -ex 'print g->results.data[0]' "$1" 2>&1)
for wanted in '%0: f32[3, N] = param()' '%1: f32[3] = sum(%0) with attributes "s"' 'return %1' 'there is no node 7' '= sum(%0) with attributes' '= %1'; do
  grep -qF -- "$wanted" <<<"$out" || { echo "FAILED: no '$wanted' in"; echo "$out"; exit 1; }
done
echo passed
