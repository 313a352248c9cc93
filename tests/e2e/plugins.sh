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
  says "error[E0605]: cannot load the plug-in 'other.so': it was built against other tables; build it again ($2" "$1"
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

# rows of rules, ops and facts that are not sound
bad_row() { # LIST TYPE ROW TEXT
  cat >bad.c <<C
#include "ordo-plugin.h"
static double half(double a, double b, double c) { return (void)b, (void)c, a / 2; }
double (*keep)(double, double, double) = half;
static const $2 rows[] = {$3, {0}};
ORDO_PLUGIN(.$1 = rows);
C
  ${CC:-cc} -std=c17 -shared -fPIC -I"$(dirname "$ordo")" bad.c -o bad.so || fail "cannot build: $4"
  expect 1 "$4" "$ordo" opt g.txt --plugin=bad.so --passes=
  says "error[E0605]: cannot load the plug-in 'bad.so': $4" "$4"
}
bad_row rules RuleText '{"r", "exp(a)", "exp(a) + b", "fast"}' "rule 'r': the right side uses a name that the left does not bind"
bad_row rules RuleText '{"r", "exp(a)", "log(exp(a)) + a", "fast"}' "rule 'r': the right side is not simpler than the left"
bad_row rules RuleText '{"r", "exp(a", "a", "fast"}' "rule 'r': formula 'exp(a', column 6: expected ')'"
bad_row rules RuleText '{"r", "exp(a)", "a", "sloppy"}' "rule 'r': its grade is not exact, rounds or fast"
bad_row rules RuleText '{"r", "exp(a)", "a", "fast", "if_lucky"}' "rule 'r': its grade is not exact, rounds or fast, or its condition is none of the table"
bad_row rules RuleText '{"neg_neg", "exp(a)", "a", "fast"}' "rule 'neg_neg' stands twice"
bad_row ops CustomOp '{.name = "exp", .arity = 1, .scalar = half, .code = "a / 2", .grad = {"g / 2"}, .doc = "d"}' "op 'exp': there is a built-in op of that name"
bad_row ops CustomOp '{.name = "halve", .arity = 1, .scalar = half, .code = "a / 2", .doc = "d"}' "op 'halve': it needs .grad for each operand, or .no_grad"
bad_row ops CustomOp '{.name = "halve", .arity = 1, .scalar = half, .grad = {"g / 2"}, .doc = "d"}' "op 'halve': it needs either .code or a .kernel"
bad_row ops CustomOp '{.name = "halve", .arity = 1, .scalar = half, .code = "a / q", .grad = {"g / 2"}, .doc = "d"}' "op 'halve': .code: formula 'a / q'"
bad_row ops CustomOp '{.name = "halve", .arity = 1, .scalar = half, .code = "a / 2", .grad = {"nosuch(g)"}, .doc = "d"}' "op 'halve': .grad: formula 'nosuch(g)'"
bad_row facts FactKind '{"causal", "past"}' "facts 'causal': no .doc"

sed -i 's/rows\[\] = .*/rows[] = {{0}};\nstatic const CustomOp ops[] = {{.name = "relu", .arity = 1, .scalar = half, .code = "a", .grad = {"g"}, .doc = "d"}, {0}};/; s/ORDO_PLUGIN.*/ORDO_PLUGIN(.facts = rows, .ops = ops);/' bad.c
${CC:-cc} -std=c17 -shared -fPIC -I"$(dirname "$ordo")" bad.c -o bad.so || fail "cannot build relu"
expect 1 "an op with the name of a function" "$ordo" opt g.txt --plugin=bad.so --passes=
says "error[E0605]: cannot load the plug-in: the language has a function 'relu'" "an op with the name of a function"

# wrong rules, and rows whose value is not that of their code
expect 1 "a wrong rule" "$ordo" fuzz --plugin="$plugins/wrong_rules.so" --count=1
says "the rule 'sign_softsign' is wrong: 0 before, 1 after for p0 = inf" "a wrong rule"
cat >bad.c <<'C'
#include "ordo-plugin.h"
static double half(double a, double b, double c) { return (void)b, (void)c, a / 2; }
static const CustomOp rows[] = {
    {.name = "halve", .arity = 1, .scalar = half, .code = "a / 3", .grad = {"g / 2"}, .doc = "half"}, {0}};
ORDO_PLUGIN(.ops = rows);
C
${CC:-cc} -std=c17 -shared -fPIC -I"$(dirname "$ordo")" bad.c -o bad.so || fail "cannot build halve"
echo 'fn f(x: f32[N]) -> f32[N] { halve(x) }' >halve.ordo
expect 1 "value and code" "$ordo" opt halve.ordo f --plugin=bad.so --validate-each
says "error[E0608]: the pass 'contract' made a wrong graph" "value and code"
expect 1 "value and code, random graphs" "$ordo" fuzz --plugin=bad.so --count=40
says "graphs wrong" "value and code, random graphs"

# an op of a plug-in in the language: training, sets, index notation; and what is refused
cat >ops.ordo <<'SPEC'
import linear
import optimizers
layer Net(D = 3) {
  w: f32[D, D] ~ glorot_uniform
  fn (x: f32[{N}, D]) -> f32[{N}, D] { softsign(x @ w) }
  fn loss(x: f32[{N}, D]) -> f32 { sum(self(x) * self(x)) / size(N) }
}
train fit {
  net = Net()
  steps = 5
  step {
    x[n, d] = uniform(0, 1)   with n in 4, d in 3
    loss = net.loss(x)
    minimize loss over net with sgd(lr = 0.1)
    log loss
  }
}
fn rows(x: f32[N, M]) -> f32[N] {
  r[n] = sum[m](softsign(x[n, m]) * 2)
  r
}
SPEC
stranger=(--plugin="$plugins/stranger.so")
expect 0 "proofs through an elementwise op" "$ordo" check ops.ordo "${stranger[@]}"
expect 0 "an op in a training program" "$ordo" train ops.ordo "${stranger[@]}" --validate-each --out run
says "done after 5 steps" "an op in a training program"
expect 0 "an op in index notation" "$ordo" run ops.ordo rows "[[1, 2], [3, 4]]" "${stranger[@]}"
says "[2.333, 3.1]" "an op in index notation"
cat >numbers.ordo <<'SPEC'
fn padded(x: f32[B, N], there: mask[B, N]) -> f32[B] {
  s[b] = sum[n](softsign(where(there[b, n], x[b, n], 0)))
  s
}
fn behind(x: f32[B, T]) -> f32[B, T] {
  y[b, t] = sum[u](softsign(where(u <= t, 1, 0)) * x[b, u])
  y
}
SPEC
expect 0 "an op at padding" "$ordo" check --sets numbers.ordo "${stranger[@]}"
says "result s  f32[B]      independent  " "an op at padding"
expect 0 "an op of known numbers" "$ordo" opt numbers.ordo behind "${stranger[@]}" "--passes=inline,reach{causal=T}"
expect 1 "proofs of rules" "$ordo" rules --prove sign_softsign "a - b => b - a" "a - b => a - b" "${stranger[@]}" --seconds=1
says "sign_softsign          exact  unproved" "proofs of rules"
says "3 rules, 3 of them as text" "proofs of rules"
refused_text() { echo "$1" >text.ordo; expect 1 "$1" "$ordo" check text.ordo "${stranger[@]}"; says "$2" "$1"; }
refused_text 'fn f(x: f32[N]) -> f32[N] { centre(x) }' "centre: expected f32 with two axes"
refused_text 'fn f(x: i32[N]) -> i32[N] { softsign(x) }' "'softsign' cannot be applied to i32[N]"
refused_text 'fn f(x: f32[N]) -> f32[N] { softsign(x, x) }' "'softsign' takes 1 argument, not 2"
refused_text 'fn f(x: f32[{N}, M]) -> f32[{N}, M] { centre(x) }' "error[E0410]"
expect 0 "graph text" "$ordo" opt ops.ordo rows "${stranger[@]}" --passes=inline -o ops.txt
expect 0 "graph text reads back" "$ordo" opt ops.txt "${stranger[@]}" --passes= -o again.txt
same ops.txt again.txt "graph text reads back"
expect 1 "graph text without the plug-in" "$ordo" opt ops.txt --passes=
says "there is no op 'softsign'" "graph text without the plug-in"
says "an op of a plug-in wants --plugin=FILE" "graph text without the plug-in"
finish
