#!/usr/bin/env bash
# The pictures of docs/pictures are those that 'ordo show' draws: the same boxes, arrows and texts. Where Graphviz puts them
# is not compared, that differs from version to version. The page names the commands: every line 'ordo show ... -o
# pictures/NAME.svg' of docs/pictures.md is run from the root of the tree.
# usage: tests/pictures.sh [--update]     ORDO names the command
. "$(dirname "$0")/e2e/common.sh"
cd "$root" || exit 1
page=docs/pictures.md

# What a picture says, whatever its coordinates: titles of boxes and arrows, and texts.
content() { grep -oE '<(title|text)[^>]*>[^<]*' "$1" | sed -E 's/<(title|text)[^>]*>/\1 /' | sort; }

count=0
while read -r command; do
  picture=docs/pictures/${command##*/}
  drawn=$work/${command##*/}
  line=${command%% -o *}
  count=$((count + 1))
  [ "${1:-}" != --update ] || drawn=$picture
  expect 0 "$command" bash -c "'$ordo' ${line#ordo } -o '$drawn'"
  grep -qF "(pictures/${picture##*/})" $page || fail "$page does not show $picture"
  content "$picture" >"$work/want" 2>&1
  content "$drawn" >"$work/got"
  [ "$(wc -l <"$work/got")" -gt 20 ] || fail "$command: the picture says nothing"
  diff "$work/want" "$work/got" >"$work/diff" || { fail "$picture is stale: tests/pictures.sh --update"; head -20 "$work/diff"; }
done < <(grep -E '^ordo show .* -o docs/pictures/[a-z_]+\.svg$' $page)
[ $count -ge 4 ] || fail "only $count commands in $page"
for picture in docs/pictures/*.svg; do
  grep -q -- "-o $picture\$" $page || fail "no command of $page makes $picture"
done
finish
