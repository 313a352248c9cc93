#!/usr/bin/env bash
# Runs every command of the README's tour, in order, in a copy of models/; and finds links of the documentation that
# lead nowhere. usage: tests/tour.sh     ORDO names the command
. "$(dirname "$0")/e2e/common.sh"
mkdir "$work/bin" "$work/tour"
ln -s "$(realpath "$ordo")" "$work/bin/ordo"
cp -r "$root/models" "$work/tour"
PATH=$work/bin:$PATH
cd "$work/tour" || exit 1
count=0
while read -r line; do
  count=$((count + 1))
  expect 0 "$line" bash -c "$line"
done < <(sed -n '/^```sh tour/,/^```$/p' "$root/README.md" | grep '^ordo ')
[ $count -gt 5 ] || fail "only $count commands in the README's tour"
for doc in "$root"/README.md "$root"/docs/*.md; do
  for link in $(sed '/^```/,/^```/d' "$doc" | grep -oE '\]\([A-Za-z0-9_./-]+\)' | tr -d '](),'); do
    [ -e "$(dirname "$doc")/$link" ] || fail "$doc: dead link $link"
  done
done
finish
