#!/usr/bin/env bash
# The tutorial, as its reader does it: the program is written to its file, every command of it runs.
# usage: tests/tutorial.sh     ORDO names the command
. "$(dirname "$0")/e2e/common.sh"
mkdir "$work/bin"
ln -s "$ordo" "$work/bin/ordo"
PATH=$work/bin:$PATH
cd "$work" || exit 1
sed -n '/^```ordo$/,/^```$/p' "$root/docs/tutorial.md" | grep -v '^```' >circle.ordo
count=0
while read -r line; do
  count=$((count + 1))
  expect 0 "$line" bash -c "$line"
  case $line in *net.inside*) says "[1, 0]" "$line" ;; esac
done < <(sed -n '/^```sh tour/,/^```$/p' "$root/docs/tutorial.md" | grep '^ordo ')
[ $count -gt 5 ] || fail "only $count commands in the tutorial"
finish
