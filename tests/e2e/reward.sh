#!/usr/bin/env bash
# The programs of models/reward at the smallest sizes: PPO starts at ratio 1 and KL 0 with each kind of reward, resumes
# to the byte, stops early and adapts its coefficient; a reward model that does not fit, and rewards that are no numbers.
. "$(dirname "$0")/common.sh"
models=$root/models/reward
tiny=(-D D=16 -D L=1 -D HEADS=2 -D EXAMPLES=64 -D PAIRS=64 -D SFT_STEPS=30 -D RM_STEPS=8 -D RM_BATCH=8 -D DPO_STEPS=4
  -D CHOSEN_STEPS=4 -D BATCH=16 -D EPOCHS=2 --log-every 1 --threads 1 --quiet)
# column FILE NAME: the values of a column of a table
column() { awk -F, -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i } NR > 1 { print $c }' "$1"; }
train() { # FOLDER PROGRAM ARGUMENTS...
  local out=$1 program=$2
  shift 2
  "$ordo" train "$models/$task.ordo" "$program" "${tiny[@]}" -D "SFT=\"$work/$task/sft/checkpoint.safetensors\"" --out "$out" "$@"
}

# starts FOLDER KIND: two steps of PPO, from ratio 1 and KL 0
starts() {
  expect 0 "$task ppo $2" train "$1" ppo -D "RM=\"$at/$2/checkpoint.safetensors\"" -D "KIND=\"$2\"" --steps 2
  column "$1/train.csv" val/first_ratio_error | awk '!($1 < 1e-4) { exit 1 }' || fail "$task $2: the first ratio is not 1"
  column "$1/train.csv" objective/kl | awk 'NR == 1 && !($1 < 1e-3 && $1 > -1e-3) || NR == 2 && $1 == 0 { exit 1 }' ||
    fail "$task $2: the KL does not start at 0"
}

task=summ at=$work/summ
for p in sft seq2seq; do expect 0 "summ $p" train "$at/$p" $p; done
starts "$at/ppo" seq2seq

task=gate at=$work/gate
for p in sft scalar seq2seq dpo chosen; do expect 0 "gate $p" train "$at/$p" $p; done
for kind in scalar seq2seq oracle; do starts "$at/ppo_$kind" $kind; done
ppo=(ppo -D "RM=\"$at/seq2seq/checkpoint.safetensors\"")
if command -v python3 >/dev/null; then
  talk() { printf 'paint apple lamp boat\nsteal safe lamp boat = sorry, not-with-a-safe\nfly me\n' |
    python3 "$models/talk.py" gate "$at/ppo_seq2seq/checkpoint.safetensors" --ordo "$ordo" -D D=16 -D L=1 -D HEADS=2; }
  expect 0 "talk" talk
  for text in "policy    " "you       sorry," "would say " "unknown: fly me"; do says "$text" "talk"; done
  expect 0 "report of nothing" python3 "$models/study.py" report --tables "$work/none" --page "$work/page.md"
  says "76 runs are missing" "report of nothing"
  expect 0 "the page" python3 "$models/study.py" report --page "$work/reward_models.md"
  same "$work/reward_models.md" "$root/docs/results/reward_models.md" "the page of the study"
else
  echo "[SKIP] there is no python3: talk.py and study.py"
fi
expect 0 "cooler" train "$at/cool" "${ppo[@]}" -D TEMPERATURE=0.7 --steps 1
column "$at/cool/train.csv" val/first_ratio_error | awk '!($1 < 1e-4) { exit 1 }' || fail "the first ratio is not 1 at temperature 0.7"
for cut in TOP_P=0.8 TOP_K=3; do # sampling cut off, ratios of the whole distribution
  expect 0 "cut, $cut" train "$at/$cut" "${ppo[@]}" -D $cut -D TEMPERATURE=0.8 --steps 1
  column "$at/$cut/train.csv" val/first_ratio_error | awk '!($1 < 1e-4) { exit 1 }' || fail "the first ratio is not 1 at $cut"
  column "$at/$cut/train.csv" sampling/ratio | awk '!($1 < 0.999 && $1 > 0) { exit 1 }' || fail "sampling is not cut at $cut"
done
more=(-D KL_TARGET=0.01 -D KL_HORIZON=100 -D SCALE_REWARDS=true -D WHITEN_REWARDS=true)
expect 0 "whole" train "$at/whole" "${ppo[@]}" "${more[@]}" --steps 5
expect 0 "first part" train "$at/parts" "${ppo[@]}" "${more[@]}" --steps 2
expect 0 "the rest" train "$at/parts" "${ppo[@]}" "${more[@]}" --steps 5 --resume
same "$at/whole/checkpoint.safetensors" "$at/parts/checkpoint.safetensors" "PPO, whole and resumed"
same "$at/whole/train.csv" "$at/parts/train.csv" "PPO, whole and resumed"
[ "$(column "$at/whole/train.csv" objective/kl_coef | sort -u | wc -l)" -gt 1 ] || fail "the coefficient does not adapt"
expect 0 "early stop" train "$at/stop" "${ppo[@]}" -D STOP_KL=-1 --steps 2
[ "$(column "$at/stop/train.csv" val/updates | sort -u)" = 1 ] || fail "STOP_KL does not end the epochs"

expect 1 "another vocabulary" train "$at/other" ppo -D "RM=\"$work/summ/seq2seq/checkpoint.safetensors\"" --steps 1
says "another shape or type" "another vocabulary"
# A reward that is no number: responses with one are left out and counted, a warning comes when none is left.
expect 0 "some rewards are no numbers" train "$at/some" "${ppo[@]}" -D ALPHA=nan -D BATCH=64 --steps 3
column "$at/some/train.csv" reward/not_numbers | awk '!($1 > 0 && $1 < 64) { exit 1 }' || fail "rewards that are no numbers are not counted"
if grep -q nan "$at/some/train.csv" "$at/some/eval.csv"; then fail "rewards that are no numbers are not left out"; fi
expect 0 "no reward is a number" train "$at/no" "${ppo[@]}" -D ALPHA=nan -D BETA=nan -D AGAIN=nan -D KL_TARGET=1 --steps 3
says "warning[W0706]: step 1 of 'ppo': 'objective/kl' is not a number" "no reward is a number"
[ "$(column "$at/no/train.csv" reward/not_numbers | sort -u)" = 16 ] || fail "rewards that are no numbers are not counted"
column "$at/no/eval.csv" kl | awk '!($1 < 1e-3 && $1 > -1e-3) { exit 1 }' || fail "a policy without a reward moved"
[ "$(column "$at/no/train.csv" objective/kl_coef | sort -u)" = "$(column "$at/ppo_seq2seq/train.csv" objective/kl_coef | sort -u)" ] ||
  fail "the coefficient adapts without a reward"
expect 1 "no number" train "$at/nan" "${ppo[@]}" -D KL_COEF=inf --steps 1 --trap-nan
says "the first NaN is made by" "no number"
finish
