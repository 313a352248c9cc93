#!/usr/bin/env bash
# What pictures of training steps cost: boxes, size and processor time of 'ordo show', of each model at each stage, as rows
# of a table in Markdown. docs/results/pictures.md has them.
# usage: bench/pictures.sh ORDO...      commands to compare, the newest last; WHOLE=1: everything drawn, too, which takes minutes
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
LIMIT=120 # seconds

# "boxes | width x height | seconds"
measure() {
  local svg=$work/x.svg
  rm -f "$svg"
  if ! { TIMEFORMAT='%U %S'; time timeout $LIMIT "$@" -o "$svg" >/dev/null 2>"$work/said"; } 2>"$work/time"; then
    echo "- | - | over $LIMIT"
    return
  fi
  size=$(grep -oE '<svg width="[0-9]+pt" height="[0-9]+pt"' "$svg" | grep -oE '[0-9]+' | paste -sd x | sed 's/x/ x /')
  printf '%s | %s | %s\n' "$(grep -c 'class="node"' "$svg")" "$size" "$(tail -1 "$work/time" | awk '{ printf "%.1f", $1 + $2 }')"
}

while read -r name model; do
  for stage in '' '--after grad' '--after simplify' '--after fuse' ${WHOLE:+--whole}; do
    printf '| %s | %s |' "$name" "${stage:-as written}"
    for ordo in "$@"; do printf ' %s |' "$(measure nice "$ordo" show $model $stage)"; done
    echo
  done
done <<'MODELS'
sort models/sort.ordo
g2p models/g2p.ordo
charlm models/charlm.ordo
PPO models/reward/gate.ordo ppo
MODELS
