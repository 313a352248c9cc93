#!/usr/bin/env bash
# The command in a shell: completion, manual pages, doctor, the version.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
export ORDO_PATH=$work/models
mkdir models
cat >models/small.ordo <<'EOF'
import linear
const N = 4
const WIDE = true
layer Net(I = 3) {
  lin: Linear(I, 2)
  fn (x: f32[B, I]) -> f32[B, 2] { lin(x) }
  fn score(x: f32[B, I]) -> f32 { sum(lin(x)) }
}
fn double(x: f32[N]) -> f32[N] { 2 * x }
train fit {
  net = Net()
  steps = 2
  step { log one = 1.0 }
}
EOF
cp models/small.ordo broken.ordo
echo 'fn f(' >>broken.ordo

# offers WANTED WORD...: the candidate is among those for the last word
offers() {
  local wanted=$1
  shift
  "$ordo" complete words -- ordo "$@" >out 2>err || fail "complete $*: exit code $?"
  [ ! -s err ] || fail "complete $*: says $(cat err)"
  cut -f1 out | grep -xF -e "$wanted" >/dev/null || fail "complete $*: no '$wanted' in $(cut -f1 out | tr '\n' ' ')"
}
offers train ""
offers --version ""
offers train tr
offers small train ""
offers :files train ""
offers N= train small -D ""
offers WIDE= run small -D W
offers steps= train small --define ""
offers -DN= train small -DN
offers --define=N= train small --define=N
offers double run small ""
offers net.score run small -D N=5 --seed 3 net.
offers net build small double ""
offers fit train small ""
offers N= train "$work/broken.ordo" -D "" # what can be read of it
offers fuse show small --after ""
offers --after=fuse show small --after=fu
offers svg show small --format ""
offers avx2 build small --target ""
offers :files run small --weights ""
offers --weights run small --we
offers -D run small -
offers run help ru
offers dot ops do
offers E0204 explain E02
offers zsh complete ""
for line in "train nothing -D" "run nothing" "nothing"; do
  # shellcheck disable=SC2086
  expect 0 "complete $line" "$ordo" complete words -- ordo $line ""
done
expect 2 "complete" "$ordo" complete ksh
says "bash, zsh and fish" "complete ksh"

# What bash makes of it: LINE WANTED
mkdir bin
ln -s "$ordo" bin/ordo
completed() {
  PATH=$work/bin:$PATH bash -c '
    source <(ordo complete bash)
    compopt() { :; }
    COMP_LINE=$1 COMP_POINT=${#1}
    _ordo
    printf "%s\n" "${COMPREPLY[@]}"' - "$1" >out 2>&1
  grep -qxF -e "$2" out || fail "bash, '$1': no '$2' in $(tr '\n' ' ' <out)"
}
completed "ordo tr" train
completed "ordo train small -D " N=
completed "ordo train small --define=N" N=
completed "ordo show small --after=fu" fuse
completed "ordo run small dou" double
touch weights.safetensors
completed "ordo run small --weights wei" weights.safetensors
completed "ordo run small --weights=wei" weights.safetensors
for shell in bash zsh fish; do
  "$ordo" complete $shell >script || fail "complete $shell"
  ! command -v $shell >/dev/null || $shell -n script || fail "the script for $shell"
done

# A page for each command, with each of its options, that troff formats.
for command in "" $("$ordo" complete words -- ordo "" | cut -f1 | grep -v '^-'); do
  # shellcheck disable=SC2086
  "$ordo" help --man $command >page.1 || fail "help --man $command"
  grep -q "^.TH ORDO" page.1 || fail "help --man $command: no title"
  [ -z "$command" ] || for option in $("$ordo" complete words -- ordo "$command" -- | cut -f1); do
    sed 's/\\-/-/g; s/\\f[BIR]//g' page.1 | grep -F -e "$option" >/dev/null || fail "help --man $command: no $option"
  done
  ! command -v groff >/dev/null || [ -z "$(groff -man -Tutf8 -ww page.1 2>&1 >/dev/null)" ] || fail "groff warns of the page of '$command'"
done

expect 0 "version" "$ordo" --version
says "LLVM 19" "version"
says "vectors of" "version"
expect 0 "doctor" "$ordo" doctor
says "$work/models: 1" "doctor"
says "a function is compiled and right" "doctor"
says "svg" "doctor"
expect 0 "doctor without a cache" env ORDO_CACHE=off "$ordo" doctor
says "none: ORDO_CACHE=off" "doctor without a cache"
mkdir -m 777 open
expect 0 "doctor with a cache of others" env ORDO_CACHE_DIR="$work/open" "$ordo" doctor
says "$work/open: not used" "doctor with a cache of others"
expect 0 "doctor without a compiler" env PATH=/nonexistent "$ordo" doctor
says "static libraries only" "doctor without a compiler"
finish
