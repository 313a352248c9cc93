#!/usr/bin/env bash
# 'ordo check -D NAME=ODD' on every constant of every shipped model, those of the files that it imports by path included: it
# is right or an error with its place, never an internal error, a crash, more than 10 seconds of processor time or more than 4 GB.
#
#   odd_constants.sh         every 101st, so that all odd values occur: what ctest runs
#   odd_constants.sh --all   all
. "$(dirname "$0")/common.sh"
cd "$root" || exit 1
limit=10 memory=4000000 share=101
[ "${1:-}" = --all ] && share=1
(ulimit -v $memory; exec "$ordo" --version) >/dev/null 2>&1 || memory=unlimited # a sanitizer takes more
odd=(0 1 -1 2 3 7 2147483647 1099511627776 -9223372036854775808 '"abc"' 1e9 0.5 nan)

# one MODEL NAME=ODD: prints what went wrong
one() {
  local code=0 out=$work/$$
  (ulimit -v $memory -t $limit; exec timeout 300 "$ordo" check "$1" -D "$2") >"$out" 2>&1 || code=$?
  [ $code -le 1 ] || echo "check $1 -D $2: exit code $code: $(head -c 300 "$out")"
  [ $code -ne 1 ] || grep -q 'error\[' "$out" || echo "check $1 -D $2: no message"
  rm -f "$out"
}
export -f one
export ordo work limit memory

# files MODEL: the model and what it imports by path
files() { echo "$1"; sed -nE "s|^import +\"(.*)\"|$(dirname "$1")/\1|p" "$1"; }

n=0
for model in models/*.ordo models/reward/*.ordo; do
  "$ordo" check "$model" >/dev/null 2>&1 || continue # a part of others, which import it
  for name in $(files "$model" | xargs sed -nE 's/^const +([A-Za-z_][A-Za-z0-9_]*) *=.*/\1/p' | sort -u); do
    for value in "${odd[@]}"; do
      [ $((n++ % share)) -eq 0 ] && printf '%s\0%s\0' "$model" "$name=$value"
    done
  done
done >"$work/all"
[ "$(tr -dc '\0' <"$work/all" | wc -c)" -gt 50 ] || fail "no constants found"
xargs -0 -n 2 -P "$(nproc)" bash -c 'one "$@"' one <"$work/all" >"$work/wrong"
[ ! -s "$work/wrong" ] || { cat "$work/wrong"; fail "$(grep -c '^check' "$work/wrong") runs"; }

# a thousand layers that are alike are looked at once: a quarter of the memory, a tenth of the time that they may take
[ $memory = unlimited ] || memory=1000000
[ -z "$(one models/charlm.ordo L=1000)" ] || fail "check of a thousand layers"
finish
