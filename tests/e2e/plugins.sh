#!/usr/bin/env bash
# Passes from shared objects: the contract is checked, crashes are blamed on pass and plug-in and can be replayed,
# and an object that was built against other tables or structs is refused.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
export TMPDIR=$work
plugins=$(dirname "$ordo")/tests/plugins
cat >g.txt <<'GRAPH'
graph &0 "main" {
  %0: f32[N, M] = param(index=0, sets=[1]) "x"
  %1: f32[N] = param(index=1) "scale"
  %2: f32[N] = sum(%0, axes=[1])
  %3: f32[N] = mul(%1, %2)
  %4: f32 = max_over(%3, axes=[0])
  return %3 "scaled", %4 "best"
}
GRAPH
pass="pass 'break-contract' of the plug-in '$plugins/contract.so'"
opt=("$ordo" opt g.txt --plugin="$plugins/contract.so")

# broken HOW CODE TEXT: the pass that breaks its contract in that way is an error that says so, without --verify-each
broken() {
  expect "$2" "$1" "${opt[@]}" --passes="break-contract{how=$1}"
  says "$3" "$1"
  [ "$2" = 70 ] || says "error[E0604]: $pass" "$1"
}
expect 0 "a pass that keeps its contract" "${opt[@]}" --passes="break-contract"
"$ordo" opt g.txt --passes= >plain
same plain out "a pass that keeps its contract"
broken drop-result 1 "expected 2 results, got 1"
broken add-result 1 "expected 2 results, got 3"
broken reorder-results 1 "result 0 'scaled' has another name: 'best'"
broken rename-result 1 "result 0 'scaled' has another name: 'other'"
broken result-dtype 1 "result 0 'scaled': expected the type f32[N], got f64[N]"
broken drop-param 1 "expected 2 parameters, got 1"
broken add-param 1 "expected 2 parameters, got 3"
broken rename-param 1 "parameter 0 'x' has another name: 'other'"
broken param-dtype 1 "parameter 0 'x': expected the type f32[N, M], got f64[N, M]"
broken param-shape 1 "parameter 0 'x': expected the type f32[N, M], got f32[N + 1, M + 1]"
broken param-sets 1 "parameter 0 'x' has other set axes"
broken param-role 1 "parameter 0 'x': expected the role 'argument', got 'weight'"
broken in-place 1 "made a wrong graph: graph 'main': expected 1 names of results, got 2"
broken in-place-type 1 "made a wrong graph"
broken no-node 1 "made a wrong graph: graph 'main': result 0 is not a node"
broken no-type 1 "made a wrong graph: graph 'main', %0 = a type that does not exist"
broken null 1 "gave no graph, and no reason"
expect 1 "a pass with a reason" "${opt[@]}" --passes="break-contract{how=reason}"
says "a reason of its own" "a pass with a reason"
grep -q E0604 out && fail "a pass that says why it gives no graph is no breach"

# what its row ensures: no derivative is left to be taken
echo 'fn g(x: f32) -> f32 { grad(x * x, x) }' >grad.ordo
expect 1 "what a pass ensures" "$ordo" opt grad.ordo g --plugin="$plugins/contract.so" --passes=inline,break-contract
says "error[E0604]: pass 'break-contract' left grad nodes in 'g'" "what a pass ensures"
expect 0 "what holds already" "$ordo" opt grad.ordo g --plugin="$plugins/contract.so" --passes=inline,grad,break-contract

# every command that runs passes
cat >m.ordo <<'SPEC'
fn f(x: f32[N]) -> f32 { sum(x) }
SPEC
for command in "run m.ordo f [1,2]" "show m.ordo f" "opt m.ordo f"; do
  expect 1 "$command" "$ordo" $command --plugin="$plugins/contract.so" --passes="break-contract{how=result-dtype},inline,grad,contract,fuse"
  says "expected the type f32, got f64" "$command"
done

# a plug-in's pass in the other commands: listed, inserted, looked at, and behind a fault that is made smaller
expect 0 "passes --plugin" "$ordo" passes count-dots --plugin="$plugins/count_dots.so"
says "count-dots     counts products" "passes --plugin"
expect 0 "--insert" "$ordo" opt m.ordo f --plugin="$plugins/count_dots.so" --insert="count-dots{max=0}@before:fuse" --remarks=count-dots -o /dev/null
says "at most 0 wanted" "--insert"
expect 0 "what a pass counts" "$ordo" opt m.ordo f --plugin="$plugins/count_dots.so" --passes=inline,count-dots --time-passes -o /dev/null
says "  products " "what a pass counts"
expect 0 "what a pass counts, as JSON" "$ordo" opt m.ordo f --plugin="$plugins/count_dots.so" --passes=inline,count-dots --time-passes --json -o /dev/null
says '"counters": {"products": ' "what a pass counts, as JSON"
expect 0 "show --after" "$ordo" show m.ordo f --plugin="$plugins/count_dots.so" --insert=count-dots@after:grad --after count-dots --format txt
cp out inserted
expect 0 "show --after grad" "$ordo" show m.ordo f --after grad --format txt
same out inserted "a pass that changes nothing"
expect 1 "show --after a pass that does not run" "$ordo" show m.ordo f --plugin="$plugins/count_dots.so" --after count-dots
says "error[E0607]: the pass 'count-dots' does not stand in the pipeline" "show --after"
expect 0 "reduce --plugin" "$ordo" reduce m.ordo f --plugin="$plugins/break_graph.so" --insert=break-graph@after:grad
says "are left, after" "reduce --plugin"

# built-in passes run under the same check; their words are the same in a release build with --verify-each
expect 0 "--verify-each" "$ordo" opt m.ordo f --verify-each

# crashed HOW TEXT: pass and plug-in are named, and both replay lines can be pasted into a shell
crashed() {
  local line
  cp "$plugins/contract.so" "it's a plug-in.so"
  rm -f ordo-replay-*
  expect 70 "$1" "$ordo" opt g.txt --plugin="it's a plug-in.so" --passes="break-contract{how=$1}"
  says "the pass 'break-contract' of the plug-in 'it's a plug-in.so' $2" "$1"
  grep -q "bug of ordo" out && fail "$1: a bug of the plug-in is not one of ordo"
  cp out report
  "$ordo" opt ordo-replay-*.txt --passes= >replayed 2>&1 || fail "$1: the replay file is no graph"
  for line in "replay it with: " "the pass alone: "; do
    sed -n "s/^  $line//p" report >line.sh
    [ -s line.sh ] || { fail "$1: no line '$line'"; continue; }
    expect 70 "$1, $line" bash line.sh
    says "the pass 'break-contract' of the plug-in" "$1, $line"
  done
}
if ! nm "$ordo" 2>/dev/null | grep __asan >/dev/null; then
  crashed crash "crashed (bad memory access)"
  same plain replayed "the graph in the replay file"
  crashed recurse "crashed (bad memory access)"
  crashed trap "crashed (illegal instruction)"
  crashed abort "crashed (abort)"
  crashed exit "called exit"
  broken wild 70 "the pass 'break-contract' of the plug-in '$plugins/contract.so' crashed"
  broken freed 70 "the pass 'break-contract' of the plug-in '$plugins/contract.so' crashed"
fi

# a pass that never returns: Ctrl-C ends the command and names it, also before the first step of a run
cat >train.ordo <<'SPEC'
layer Net(D = 2) {
  w: f32[D] ~ zeros
  fn (x: f32[D]) -> f32 { sum(x * w) }
}
train fit {
  net = Net()
  steps = 3
  step {
    minimize net(ones(2)) over net with plain()
  }
}
optimizer plain(lr = 0.1) {
  fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] { w - lr * g }
}
SPEC
for signal in INT TERM; do
  status=130
  [ $signal = INT ] || status=143
  for command in "opt g.txt" "run m.ordo f [1,2]" "train train.ordo"; do
    expect $status "$command, $signal" timeout --preserve-status -s $signal -k 20 1 "$ordo" $command --plugin="$plugins/contract.so" --passes="break-contract{how=spin},O2"
    says "ordo: interrupted while the pass 'break-contract' of the plug-in '$plugins/contract.so' ran, for " "$command, $signal"
  done
done

# what is no plug-in
mkfifo pipe
for file in pipe /dev/null . g.txt; do
  expect 1 "$file" timeout 10 "$ordo" opt g.txt --plugin="$file" --passes=
  says "error[E0605]" "$file"
done

# tables and structs: the object is built against a tree that differs in one thing
tree() {
  rm -rf tree
  mkdir tree
  (cd "$root" && find base ir passes -name '*.h' -o -name '*.def' | tar cf - -T -) | tar xf - -C tree
}
build() { ${CC:-cc} -std=c17 -shared -fPIC -Itree "$root/tests/plugins/count_dots.c" -o other.so || fail "cannot build against $1"; }
refused() {
  build "$1"
  expect 1 "$1" "$ordo" opt g.txt --plugin=other.so --passes=count-dots
  says "error[E0605]: cannot load the pass 'other.so': it was built against other tables; build it again ($2" "$1"
}
tree
build "the same tree"
expect 0 "the same tree" "$ordo" opt g.txt --plugin=other.so --passes=count-dots
python3 - <<'PY'
text = open("tree/ir/ops.def").read()
text = text.replace("OP(add,", "OP(swap,").replace("OP(mul,", "OP(add,").replace("OP(swap,", "OP(mul,")
open("tree/ir/ops.def", "w").write(text)
PY
refused "two ops swapped" "'op mul"
tree
sed -i 's/OP(tanh,/OP(tanhyp,/' tree/ir/ops.def
refused "an op renamed" "'op tanhyp"
tree
sed -i 's/^ATTR(perm, ints,/ATTR(perm, sizes,/' tree/ir/attrs.def
refused "an attribute of another kind" "'attribute perm (sizes)' where this ordo has 'attribute perm (ints)'"
tree
sed -i -z 's/  int n_operands;\n  uint16_t n_attrs;/  uint16_t n_attrs;\n  int n_operands;/' tree/ir/ir.h
refused "two fields swapped" "Node.n_operands: int: "
tree
sed -i 's/^  Str name;  .*/&\n  Str nickname;/' tree/ir/ir.h
refused "a field more" "struct Node: "
tree
sed -i 's/^typedef enum RemarkKind { REMARK_applied, REMARK_missed/typedef enum RemarkKind { REMARK_missed, REMARK_applied/' tree/passes/remarks.h
refused "two enumerators swapped" "REMARK_applied: "
finish
