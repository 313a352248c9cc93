# Shared by the end-to-end tests: $ordo, a fresh folder $work, and checks. Source it first.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
ordo=$(realpath "${ORDO:-$root/build/dev/ordo}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

fail() { echo "FAILED: $*"; failed=1; }
# same FILE FILE WHAT
same() { cmp -s "$1" "$2" || fail "$3: $1 and $2 differ"; }
# expect CODE WHAT COMMAND...: runs the command with its output in $work/out and checks the exit code
expect() {
  local code=$1 what=$2 got=0
  shift 2
  "$@" >"$work/out" 2>&1 || got=$?
  [ "$got" -eq "$code" ] || { fail "$what: exit code $got, expected $code"; cat "$work/out"; }
}
# says TEXT WHAT: the last output contains the text
says() { grep -qF -- "$1" "$work/out" || { fail "$2: no '$1' in"; cat "$work/out"; }; }
finish() { [ $failed -eq 0 ] && echo "passed"; exit $failed; }
