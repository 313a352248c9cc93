#!/usr/bin/env bash
# The specs of the studies: set axes are proved; each one trains; what can be learnt in seconds is learnt; the pages under docs/results are those
# that their numbers give.
. "$(dirname "$0")/common.sh"
value() { tail -n 1 "$1/eval.csv" | cut -d, -f"$2"; } # the last number of a column
holds() { awk -v a="$1" "BEGIN { exit !(a $2) }" || fail "$3: $1, expected $2"; }

# What they claim of sets is proved.
expect 0 "set axes" "$ordo" check "$root"/models/*.ordo "$root"/models/public/*.ordo "$root"/models/lib/{sets,pointer,rpw,matching,orders}.ordo

# The search finds the natural order of 5-grams.
expect 0 "5-grams" "$ordo" train "$root/models/ngrams.ordo" -D ORDERS=easy -D WARM=200 -D STEPS=400 -q --out "$work/ngrams"
holds "$(value "$work/ngrams" 5)" "> 0.8" "share in natural order"
# Attention finds the largest of a set, far below the 25 of always answering with the mean.
expect 0 "max regression" "$ordo" train "$root/models/max_regression.ordo" --steps 200 -q --out "$work/max"
holds "$(value "$work/max" 3)" "< 8" "error of the largest"
# Counting distinct values: better than the constant answer.
expect 0 "counting" "$ordo" train "$root/models/unique_count.ordo" --steps 300 -q --out "$work/count"
holds "$(value "$work/count" 3)" "> 0.4" "share of right counts (0.35: the constant answer)"
for spec in stars digit_sum random_order; do
  expect 0 "$spec" "$ordo" train "$root/models/$spec.ordo" --steps 3 -q --out "$work/$spec"
done
expect 0 "clusters" "$ordo" train "$root/models/clusters.ordo" -D N=40 -D LEAST=20 --steps 3 -q --out "$work/clusters"

# Text: a step of each, and all that is evaluated.
for spec in g2p_order word_order trees g2p; do
  expect 0 "$spec" "$ordo" train "$root/models/$spec.ordo" -D H=8 $([ $spec = word_order ] || echo -D E=4) --steps 1 -q --out "$work/$spec"
done
holds "$(value "$work/trees" 2)" "== 0" "whole trees after one step"
awk -F, 'END { exit !($2 > 0.9 && $2 <= 1 && $4 > 0.9 && $4 <= $2) }' "$work/g2p/test.csv" || fail "g2p: test figures"

if command -v python3 >/dev/null; then
  for page in "$root"/docs/results/*.md; do
    name=$(basename "$page" .md)
    [ -e "$root/bench/studies/$name.py" ] || continue
    cp "$root/docs/results/$name.csv" "$work"
    expect 0 "$name: page" env STUDY_RESULTS="$work" ORDO="$ordo" python3 "$root/bench/study.py" "$name" --page
    same "$work/$name.md" "$page" "the page of $name"
  done
fi
finish
