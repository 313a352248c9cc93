#!/usr/bin/env bash
# One folder, one run: finished runs, runs that are stopped before anything was computed, several signals, two runs at once,
# killed ones and what they leave, another seed or program or other data, names of folders that are none, flipped bits.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
cat >m.ordo <<'END'
import optimizers

const LR = 0.1
const SCALE = 1
const UNUSED = 1

layer Net {
  w: f32[200, 200] ~ normal(0.1)
  fn (x: f32[200, 200]) -> f32[200, 200] { w @ x }
}

train t {
  net   = Net
  steps = 20
  step {
    x = normal(0, 1, [200, 200])
    loss = mean((net(x) - x) ** 2)
    minimize loss over net with sgd(lr = LR)
    log loss
  }
  eval valid every 7 { log loss = SCALE * mean(net(ones(200, 200)) ** 2) }
  eval test { log accuracy = mean(net(ones(200, 200))) }
  best by valid.loss
}

fn one() -> f32[200, 200] { ones(200, 200) }

train other { net = Net; steps = 2; step { log loss = mean(net(ones(200, 200))) } }
END
train=("$ordo" train --threads 1 --log-every 1)
files() { (cd "$1" && ls -A && cat checkpoint.safetensors metrics.jsonl ./*.csv | cksum); }

# A finished run is not run again, and nothing is shown that was not computed.
expect 0 "a run" "${train[@]}" m.ordo t --out whole
says accuracy "a run"
files whole >before
touch -d 2020-01-01 whole/*
for _ in 1 2; do
  expect 0 "resuming what is complete" "${train[@]}" m.ordo t --out whole --resume
  says "nothing is done" "resuming what is complete"
  grep -qE 'accuracy|loss' out && fail "values that were not computed are shown"
done
files whole >after
same before after "resuming what is complete"
[ -z "$(find whole -newermt 2021-01-01 -type f)" ] || fail "a complete run is written again"
expect 0 "as JSON" "${train[@]}" m.ordo t --out whole --resume --json -q
says '"complete": true' "as JSON"
says '"values": []' "as JSON"

# Killed between the last step and the evaluation at the end, and between the two files of its row: it is made up for once.
for lost in both jsonl; do
  cp -r whole "$lost"
  sed -i '/"test"/d' "$lost/metrics.jsonl"
  [ $lost = both ] && sed -i '$d' "$lost/test.csv"
  expect 0 "the end of a run" "${train[@]}" m.ordo t --out "$lost" --resume
  says accuracy "the end of a run"
  files "$lost" >after
  same before after "the end of a run, $lost lost"
done

# Stopped by any of the three signals, before anything was computed or within the run: the bits are the same in the end.
for signal in INT TERM HUP; do
  "${train[@]}" m.ordo t --out "$signal" --steps 1000000 >out 2>&1 &
  pid=$!
  for _ in $(seq 400); do [ -s "$signal/train.csv" ] && [ "$(wc -l <"$signal/train.csv")" -gt 2 ] && break; sleep 0.02; done
  kill -$signal $pid
  wait $pid || fail "stopped by SIG$signal: exit code $?"
  says "stopped after" "stopped by SIG$signal"
  grep -q accuracy out && fail "SIG$signal: an accuracy that was never computed"
  step=$(grep -ao '"ordo.step":"[0-9]*"' "$signal/checkpoint.safetensors" | tr -dc 0-9)
  expect 0 "on after SIG$signal" "${train[@]}" m.ordo t --out "$signal" --resume --steps $((step + 3))
  expect 0 "undisturbed" "${train[@]}" m.ordo t --out "whole$signal" --steps $((step + 3))
  same "whole$signal/checkpoint.safetensors" "$signal/checkpoint.safetensors" "SIG$signal"
done
(trap '' HUP; "${train[@]}" m.ordo t --out nohup >out 2>&1 & echo $! >pid; wait) &
for _ in $(seq 400); do [ -s nohup/train.csv ] && break; sleep 0.02; done
kill -HUP "$(cat pid)" 2>/dev/null
wait
[ "$(tail -1 nohup/train.csv | cut -d, -f1)" = 20 ] || fail "nohup does not keep a run from SIGHUP"

# Two runs in one folder: the second is refused and changes nothing; the lock goes with the process.
"${train[@]}" m.ordo t --out locked --steps 1000000 --checkpoint-every 1 >/dev/null 2>&1 &
pid=$!
for _ in $(seq 400); do [ -s locked/checkpoint.safetensors ] && break; sleep 0.02; done
kill -STOP $pid
rm -f locked/*.tmp.*
files locked >before
for more in "" --resume; do
  expect 1 "a second run" "${train[@]}" m.ordo t --out locked $more
  says E0708 "a second run"
  says "process $pid on " "a second run"
done
files locked >after
same before after "a second run"
kill -9 $pid
wait $pid 2>/dev/null
# What a killed run leaves is removed, what a living one holds is not.
echo part >locked/checkpoint.safetensors.tmp.123.0
echo part >locked/best.safetensors.tmp.7
echo mine >locked/notes.tmp.1
(flock 9; sleep 30) 9>locked/checkpoint.safetensors.tmp.99.0 &
holder=$!
sleep 0.3
step=$(grep -ao '"ordo.step":"[0-9]*"' locked/checkpoint.safetensors | tr -dc 0-9)
expect 0 "after kill -9" "${train[@]}" m.ordo t --out locked --resume --steps $((step + 2))
[ "$(ls locked | grep tmp | tr '\n' ' ')" = "checkpoint.safetensors.tmp.99.0 notes.tmp.1 " ] || fail "temporary files: $(ls locked)"
[ ! -e locked/lock ] || fail "the lock file stays"
pkill -P $holder 2>/dev/null
kill $holder 2>/dev/null

# Another seed, other constants, another program, another spec: named, not ignored; --changed goes on.
expect 0 "a run to change" "${train[@]}" m.ordo t --out c --seed 5
cp -r c c0
refused() { # WHAT TEXT COMMAND...
  local what=$1 text=$2
  shift 2
  expect 1 "$what" "$@"
  says E0709 "$what"
  says "$text" "$what"
  diff -r c c0 >/dev/null || fail "$what: the folder was changed"
}
go=("${train[@]}" --out c --resume --steps 22)
refused "another seed" "--seed 5, or none" "${go[@]}" m.ordo t --seed 99
refused "another constant" "LR = 0.1, as in the checkpoint" "${go[@]}" m.ordo t -D LR=0.2
says "got       LR = 0.2" "another constant"
says "its step is another one" "another constant"
refused "a constant of an eval" "its eval 'valid' is another one" "${go[@]}" m.ordo t -D SCALE=2
refused "another program" "the program 't', as in the checkpoint" "${go[@]}" m.ordo other
sed 's/eval test {/eval final {/' m.ordo >n.ordo
refused "another eval" "its eval 'test' is missing, its eval 'final' is new" "${go[@]}" n.ordo t
sed 's/best by valid.loss/best by valid.loss patience 3/' m.ordo >n.ordo
refused "another 'best by'" "'best by' is another one" "${go[@]}" n.ordo t
sed 's/- x) \*\* 2/- x) ** 4/' m.ordo >n.ordo
refused "another loss" "its step is another one" "${go[@]}" n.ordo t
sed 's/^layer/# a comment\n\nlayer/; s/steps = 20/steps = 30/' m.ordo >n.ordo
expect 0 "comments, names and constants of nothing" "${go[@]}" n.ordo t -D UNUSED=7 --seed 5
rm -rf c && cp -r c0 c
expect 0 "--changed" "${go[@]}" m.ordo t -D LR=0.2 --seed 6 --changed
grep -aq '"ordo.seed":"6"' c/checkpoint.safetensors || fail "--changed keeps the old seed"
expect 0 "what was changed is what it is" "${train[@]}" --out c --resume --steps 23 m.ordo t -D LR=0.2
rm -rf c && cp -r c0 c
expect 0 "a new run in an old folder" "${train[@]}" m.ordo t --out c --seed 7
expect 0 "the same in a new one" "${train[@]}" m.ordo t --out d --seed 7
diff -r c d >/dev/null || fail "a new run in an old folder differs"

# Folders that are none.
echo mine >file
expect 2 "no name" "${train[@]}" m.ordo t --out ""
says "E0003" "no name"
expect 1 "a file" "${train[@]}" m.ordo t --out file
says "cannot write 'file': Not a directory" "a file"
expect 1 "below a file" "${train[@]}" m.ordo t --out file/run
[ "$(cat file)" = mine ] || fail "a file in the place of a folder was changed"
expect 0 "parents" "${train[@]}" m.ordo t --out new/a/b --steps 1
if [ "$(id -u)" -ne 0 ]; then
  mkdir closed && chmod 555 closed
  expect 1 "a folder that may not be written" "${train[@]}" m.ordo t --out closed
  says "cannot write 'closed/lock': Permission denied" "a folder that may not be written"
fi
expect 1 "nothing to resume" "${train[@]}" m.ordo t --out nothing --resume
says "nothing/checkpoint.safetensors" "nothing to resume"

# A flipped bit in any tensor is noticed, by --resume, --weights and 'from'.
cp -r whole bad
printf '\x5a' | dd of=bad/checkpoint.safetensors bs=1 seek=$(($(stat -c %s bad/checkpoint.safetensors) - 50000)) conv=notrunc 2>/dev/null
cp -r bad bad0
expect 1 "resuming on a flipped bit" "${train[@]}" m.ordo t --out bad --resume --steps 30
says E0809 "resuming on a flipped bit"
diff -r bad bad0 >/dev/null || fail "resuming on a flipped bit changes the folder"
expect 0 "an argument" "$ordo" run m.ordo one --out x.npy
expect 0 "weights" "$ordo" run m.ordo t.net --weights whole/checkpoint.safetensors x.npy
expect 1 "weights with a flipped bit" "$ordo" run m.ordo t.net --weights bad/checkpoint.safetensors x.npy
says E0809 "weights with a flipped bit"
sed 's/net   = Net$/net = Net from "bad\/checkpoint.safetensors" at "net"/' m.ordo >from.ordo
expect 1 "'from' a flipped bit" "${train[@]}" from.ordo t --out from
says E0809 "'from' a flipped bit"
finish
