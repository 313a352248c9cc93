#!/usr/bin/env bash
# The options about passes do the same for every command that runs passes: opt, show, run, train, check.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
cat >m.ordo <<'SPEC'
import optimizers

layer Line() {
  a: f32 ~ ones
  fn (x: f32[B]) -> f32[B] { a * x + x }
  fn total(x: f32[B, {N}]) -> f32[B] {
    y[b] = a * sum[n](x[b, n])
    y
  }
}

train fit {
  net   = Line()
  steps = 2

  step {
    x[b] = uniform(0, 1) with b in 4
    loss = mean((net(x) - 3 * x) ** 2)
    minimize loss over net with sgd(lr = 0.1)
    log loss
  }
  eval every 2 {
    x[b] = uniform(0, 1) with b in 4
    log error = mean((net(x) - 3 * x) ** 2)
  }
}
SPEC
# one command line for each command that runs the pipeline
run=(run m.ordo net "[1, 2]")
train=(train m.ordo --quiet --out folder)
show=(show m.ordo net --format txt)
opt=(opt m.ordo net)

for command in run train show opt; do
  declare -n line=$command
  "$ordo" "${line[@]}" >plain 2>/dev/null || fail "$command"
  expect 0 "$command --time-passes" "$ordo" "${line[@]}" --time-passes
  says "passes of '" "$command --time-passes"
  says "scan-hoist" "$command --time-passes"
  "$ordo" "${line[@]}" --time-passes 2>/dev/null >timed
  [ $command = train ] || [ $command = show ] || same plain timed "$command: standard output with --time-passes"

  expect 0 "$command --dump-after" "$ordo" "${line[@]}" --dump-after=inline,fuse --dump-dir="dumps-$command"
  ls "dumps-$command" | grep 'fuse\.txt$' >/dev/null || fail "$command --dump-after: no graph after fuse in $(ls "dumps-$command")"
  for graph in "dumps-$command"/*; do
    expect 0 "$command --dump-after: $graph reads back" "$ordo" opt "$graph" --passes= --verify-each
    grep -v '^#' "$graph" | diff -q - "$work/out" >/dev/null || fail "$graph is printed in another way when read back"
  done
  expect 0 "$command --dump-after to the terminal" "$ordo" "${line[@]}" --dump-after=fuse
  says "fuse" "$command --dump-after"
  says "kernel(" "$command --dump-after"

  expect 0 "$command --verify-each" "$ordo" "${line[@]}" --verify-each
  expect 0 "$command --remarks" "$ordo" "${line[@]}" --remarks=contract -O1
  expect 0 "$command --trace-rules" "$ordo" "${line[@]}" --trace-rules
  expect 1 "$command with a wrong pass" "$ordo" "${line[@]}" --dump-after=nonsense
  says "there is no pass 'nonsense'" "$command with a wrong pass"
  expect 1 "$command with a plug-in that is not there" "$ordo" "${line[@]}" --plugin=./none.so
done

# the step, its evaluation and the first values: each named
ls dumps-train | tr '\n' ' ' >names
for graph in fit.init fit.step fit.eval; do
  grep -q "$graph\.[0-9]*-fuse.txt" names || fail "train --dump-after: no $graph among $(cat names)"
done

# --stop-after: run and train print what opt prints, and do nothing more
"$ordo" opt m.ordo net --stop-after=inline >want || fail "opt --stop-after"
expect 0 "run --stop-after" "$ordo" "${run[@]}" --stop-after=inline
same want out "run --stop-after"
expect 0 "show --stop-after" "$ordo" "${show[@]}" --stop-after=inline
same want out "show --stop-after"
"$ordo" opt m.ordo fit --stop-after=grad >want || fail "opt --stop-after"
expect 0 "train --stop-after" "$ordo" train m.ordo --out never --stop-after=grad
same want out "train --stop-after"
[ ! -e never ] || fail "train --stop-after made the folder of a run"
grep -q 'kernel(' want && fail "--stop-after=grad ran fuse"

# check proves with a pipeline of its own
expect 0 "check --time-passes" "$ordo" check m.ordo --time-passes
says "passes of 'Line.total'" "check --time-passes"
expect 0 "check --dump-after" "$ordo" check m.ordo --dump-after=grad
says "# after 2: grad" "check --dump-after"

# a NaN is named by run and train
cat >nan.ordo <<'SPEC'
import optimizers
layer Root() {
  a: f32 ~ ones
  fn (x: f32[B]) -> f32[B] { sqrt(x - 2 * a) }
}
train root {
  net   = Root()
  steps = 1
  step {
    x[b] = uniform(0, 1) with b in 4
    loss = mean(net(x))
    minimize loss over net with sgd(lr = 0.1)
    log loss
  }
}
SPEC
for command in "run nan.ordo net [1]" "train nan.ordo --quiet --out nans"; do
  expect 1 "$command --trap-nan" "$ordo" $command --trap-nan
  says "error[E0702]" "$command --trap-nan"
  says "sqrt(x - 2 * a)" "$command --trap-nan"
done
finish
