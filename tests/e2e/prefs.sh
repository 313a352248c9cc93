#!/usr/bin/env bash
# Preference data from a file: lines without a key and prompts over the limit are counted, equal pairs are told, empty
# responses train, a model of another vocabulary is refused.
. "$(dirname "$0")/common.sh"
cat >"$work/bad.jsonl" <<'END'
{"prompt": "say hello", "chosen": "hello", "rejected": "hell"}
{"prompt": "say no", "chosen": "no", "rejected": ""}
{"prompt": "say nothing", "chosen": "", "rejected": "nothing"}
{"prompt": "same", "chosen": "same", "rejected": "same"}
{"prompt": "no rejected", "chosen": "x"}
no json at all
{"prompt": "a prompt that is longer than the limit of twenty tokens", "chosen": "x", "rejected": "y"}
END
file=bad
train() { "$ordo" train "$root/models/reward/prefs.ordo" "$@" -D D=16 -D L=1 -D HEADS=2 -D BATCH=4 -D LIMIT=20 -D VALID=0.0 -D SPLIT=train --threads 1 \
  --log-every 1 --quiet -D "FILE=\"$work/$file.jsonl\"" -D "SFT=\"$work/sft/checkpoint.safetensors\""; }
expect 0 "sft" train sft --steps 2 --out "$work/sft"
says "'rejected' is missing" "a missing key"
says "it is no JSON" "no JSON"
says "3 of 7 lines" "left out"
expect 0 "scalar" train scalar --steps 4 --out "$work/scalar"
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "equal_pairs") c = i } NR > 1 { n += $c } END { exit !(n > 0) }' "$work/scalar/train.csv" ||
  fail "equal pairs are not told: $(cat "$work/scalar/train.csv")"
awk -F, 'NR > 1 { if (!($2 > 0 && $2 < 10)) exit 1 }' "$work/scalar/train.csv" || fail "the loss with empty responses"
# The first column of a table: finite and positive in each row.
positive() { awk -F, 'NR > 1 { if (!($2 > 0 && $2 < 100)) exit 1 } END { exit NR < 2 }' "$1" || fail "$2: $(cat "$1")"; }
for p in seq2seq dpo; do
  expect 0 "$p" train $p --steps 3 --out "$work/$p"
  positive "$work/$p/train.csv" "the loss of $p with equal pairs and empty responses"
done
for kind in scalar seq2seq; do
  expect 0 "ppo, $kind" train ppo --steps 2 --out "$work/ppo_$kind" -D RESPONSE=6 -D "KIND=\"$kind\"" -D "RM=\"$work/$kind/checkpoint.safetensors\""
  awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i }
    NR == 2 && !($c["objective/kl"] < 1e-3 && $c["objective/kl"] > -1e-3) { exit 1 }
    NR == 3 && $c["objective/kl"] == 0 { exit 1 }
    NR > 1 && !($c["val/first_ratio_error"] < 1e-4 && $c["reward/not_numbers"] == 0) { exit 1 }' "$work/ppo_$kind/train.csv" ||
    fail "ppo with $kind: $(cat "$work/ppo_$kind/train.csv")"
done
sed 's/hello/hallo, xyzzy/' "$work/bad.jsonl" >"$work/more.jsonl"
file=more
expect 1 "a file with other letters" train ppo --steps 1 --out "$work/other" -D "RM=\"$work/seq2seq/checkpoint.safetensors\""
says "vocabulary" "a file with other letters"

cat >"$work/other.ordo" <<'END'
import rewards
import decoding
layer Both() {
  policy: Decoder(33, 8, 1, 2)
  rm: Decoder(34, 8, 1, 2)
  fn reward(x: <33>[B, 5], xm: bool[B, 5]) {
    (y, ym, lp) = sample(policy, x, xm, 4, 2)
    seq2seq_reward(rm, x, xm, y, ym, 5, 2)
  }
}
END
expect 1 "another vocabulary" "$ordo" check "$work/other.ordo"
says "points into an axis of 33, not of 34" "another vocabulary"
finish
