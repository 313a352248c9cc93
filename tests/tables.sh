#!/usr/bin/env bash
# docs/ops.md, functions.md, passes.md, rules.md and errors.md are what the command prints from its tables, library.md is what
# tests/library_page.py makes of models/lib, and so are the lines between
# "<!-- made by ..." and "<!-- end -->" of other pages; so are the grammars in editors/. This test finds stale ones.
# usage: tests/tables.sh [--update]     ORDO names the command
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
ordo=$(realpath "${ORDO:-$root/build/ordo}")
[ -x "$ordo" ] || { echo "there is no command $ordo: build it, or set ORDO" >&2; exit 1; }
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# page FILE SUBCOMMAND TITLE INTRODUCTION
page() {
  { printf '# %s\n\n%s\n\n' "$3" "$4"
    "$ordo" "$2" --markdown; } >"$work/$1"
  [ $update = no ] || { cp "$work/$1" "$root/docs/$1"; return; }
  diff -u --label "docs/$1" --label "ordo $2 --markdown" "$root/docs/$1" "$work/$1" && return
  echo "docs/$1 is stale: tests/tables.sh --update"
  failed=1
}

# block FILE SUBCOMMAND SECTION: the table below "## SECTION" of what the command prints stands in the page
block() {
  local mark="<!-- made by ordo $2 --markdown: $3 -->"
  "$ordo" "$2" --markdown | awk -v head="## $3" '$0 == head { on = 1; next } /^## / { on = 0 } on && /^\|/' >"$work/table"
  awk -v mark="$mark" -v table="$work/table" '
    $0 == mark { print; while ((getline line < table) > 0) print line; skip = 1; found = 1; next }
    $0 == "<!-- end -->" { skip = 0 }
    !skip
    END { exit !found }' "$root/docs/$1" >"$work/$1" || { echo "docs/$1 has no line '$mark'"; failed=1; return; }
  [ $update = no ] || { cp "$work/$1" "$root/docs/$1"; return; }
  diff -u --label "docs/$1" --label "ordo $2 --markdown" "$root/docs/$1" "$work/$1" && return
  echo "docs/$1 is stale: tests/tables.sh --update"
  failed=1
}

update=no
[ "${1:-}" != --update ] || update=yes
page ops.md ops "Ops" "Every node of a graph is one of these; the table is [ir/ops.def](../ir/ops.def). Operands are \`a b c\`, the \
result is \`y\`, its gradient \`g\`. Made by \`ordo ops --markdown\`."
page functions.md functions "Functions" "What needs no import. Index functions are rows of \
[frontend/syntax/index_functions.def](../frontend/syntax/index_functions.def), builtin functions of \
[frontend/check/builtins.def](../frontend/check/builtins.def) or elementwise ops with \`.builtin\` in [ir/ops.def](../ir/ops.def); [language.md](language.md) says how they are used. Made by \`ordo functions --markdown\`."
block language.md functions "Index functions"
page passes.md passes "Passes" "In the order of [passes/passes.def](../passes/passes.def), with the pipelines of the levels. Made by \
\`ordo passes --markdown\`."
page rules.md rules "Rewrite rules" "What \`simplify\` applies, from [passes/rules/rules.def](../passes/rules/rules.def). An *exact* rule keeps every \
bit for all inputs; with \`--strict\` only these are used. One that *rounds* may round differently, give a zero another sign and add up a sum in another \
order, but what is NaN, infinite (with its sign), zero or finite stays so, wherever operands are NaN, infinities, zeros or between 1e-15 and 1e15 in size (f64: \
1e-100 and 1e100); what nearly cancels in a sum, or lies within a rounding of the largest or smallest number, may still be either. A *fast* rule keeps the \
real number for finite values without overflow, and needs \`--fast\`. A condition is often a fact that the compiler proves about the numbers of a value: bounds, and that it is never \
NaN (\`a * 0\` is 0 where \`a\` is surely finite). Tests try every rule on all tuples of special and extreme values. Made by \`ordo rules --markdown\`."
page errors.md explain "Diagnostics" "Every message has a code; this is what \`ordo explain CODE\` prints. Each has a golden test in \
[tests/errors](../tests/errors). Made by \`ordo explain --markdown\`."
# The grammars of editors, and that token.def knows every word that the parser asks for.
grammars() {
  command -v python3 >/dev/null || { echo "[SKIP] editors: there is no python3"; return; }
  if [ $update = yes ]; then ORDO=$ordo python3 "$root/editors/make.py" "$root/editors"; return; fi
  ORDO=$ordo python3 "$root/editors/make.py" "$work/editors" || { failed=1; return; }
  for file in vim/syntax/ordo.vim textmate/ordo.tmLanguage.json; do
    diff -u --label "editors/$file" --label "editors/make.py" "$root/editors/$file" "$work/editors/$file" && continue
    echo "editors/$file is stale: tests/tables.sh --update"
    failed=1
  done
}
grammars
for word in $(grep -hoE 'parse_(at|accept)_word\(p, "[a-z]+"' "$root"/frontend/syntax/*.c | grep -oE '"[a-z]+"' | tr -d '"' | sort -u); do
  grep -qE "^(WORD|KEYWORD)\($word\)" "$root/frontend/syntax/token.def" && continue
  [ "$word" = elif ] && continue # of other languages
  echo "the parser asks for '$word', which is no WORD of frontend/syntax/token.def"
  failed=1
done
python3 "$root/tests/library_page.py" >"$work/library.md" || failed=1
if [ $update = yes ]; then
  cp "$work/library.md" "$root/docs/library.md"
elif ! diff -u --label docs/library.md --label tests/library_page.py "$root/docs/library.md" "$work/library.md"; then
  echo "docs/library.md is stale: tests/tables.sh --update"
  failed=1
fi
exit $failed
