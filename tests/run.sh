#!/usr/bin/env bash
# Golden tests: every tests/**/*.t says what the command prints for a program, in full.
#
#   # args: check --json        arguments of 'ordo'; {} is the program's file, appended if {} is missing
#   # exit: 1                   its exit code; without this line 0 and 1 are both fine
#   # file: graph.ir            name of the file; without this line it is the test's name with .ordo
#   # env: NAME=VALUE           variables of the environment
#   ...                         the program
#   # +++ lib/other.ordo        another file beside it (any number of them)
#   ...
#   # ---
#   ...                         what is printed, stdout and stderr together
#
# usage: tests/run.sh [--update] [FILE.t | FOLDER]...     ORDO names the command, default build/ordo
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
export ORDO=$(realpath "${ORDO:-$root/build/ordo}") UPDATE=${UPDATE:-0}

# The value of a header line of a test, such as 'args'.
header() { awk -v key="# $2: " 'index($0, key) == 1 { print substr($0, length(key) + 1); exit } !/^# / { exit }' "$1"; }

# Writes the files of a test into the folder $2, its expectation to $2.expected.
unpack() {
  awk -v folder="$2" -v main="$3" -v expected="$2.expected" '
    BEGIN { head = 1; out = folder "/" main; printf "" > out; printf "" > expected }
    head && /^# (args|env|exit|file): / { next }
    { head = 0 }
    out != expected && /^# ---$/ { out = expected; next }
    out != expected && /^# \+\+\+ / {
      out = folder "/" substr($0, 7)
      dir = out; sub("/[^/]*$", "", dir); system("mkdir -p \"" dir "\"")
      next
    }
    { print > out }' "$1"
}

run_one() {
  local test=$1 name main args given_env expected_code code
  # 'work' outlives the function: the trap removes it
  name=$(basename "$test" .t)
  work=$(mktemp -d) || exit 1
  trap 'rm -rf "$work"' EXIT
  mkdir "$work/in"
  given_env=$(header "$test" env)
  main=$(header "$test" file)
  main=${main:-$name.ordo}
  unpack "$test" "$work/in" "$main"
  eval "args=($(header "$test" args))" # quotes in the arguments are those of a shell
  local given=("${args[@]//\{\}/$main}")
  [[ "${args[*]}" == *'{}'* ]] || given+=("$main")
  (cd "$work/in" && env $given_env timeout 120 "$ORDO" "${given[@]}" </dev/null >"$work/actual" 2>&1)
  code=$?
  sed -i "s|$(dirname "$ORDO")/||g; s|$root/||g" "$work/actual" # the same wherever the tree and the build stand
  sed -i -E 's/compiled in [0-9.e-]+ s, [0-9.e-]+ (m?s) a step/compiled in # s, # ms a step/' "$work/actual"
  expected_code=$(header "$test" exit)
  if [ "$UPDATE" = 1 ]; then
    sed '/^# ---$/,$d' "$test" >"$work/new"
    { cat "$work/new"; echo "# ---"; cat "$work/actual"; } >"$test"
    exit 0
  fi
  if ! diff -u --label "$test (expected)" --label "$test (printed)" "$work/in.expected" "$work/actual" >"$work/diff"; then
    cat "$work/diff"
    exit 1
  fi
  if [ -n "$expected_code" ]; then [ "$code" = "$expected_code" ]; else [ "$code" -le 1 ]; fi || {
    echo "$test: exit code $code, expected ${expected_code:-0 or 1}"
    exit 1
  }
}

if [ "${1:-}" = --one ]; then
  run_one "$2"
  exit
fi
[ "${1:-}" != --update ] || { UPDATE=1; shift; }
[ -x "$ORDO" ] || { echo "there is no command '$ORDO': build it, or set ORDO"; exit 2; }
[ $# -gt 0 ] || set -- "$root/tests"
tests=$(find "$@" -name '*.t' | sort)
count=$(grep -c . <<<"$tests")
failed=$(mktemp)
xargs -r -d '\n' -P "$(nproc)" -I{} sh -c '"$0" --one "$1" || echo "$1" >>"$2"' "$0" {} "$failed" <<<"$tests"
bad=$(wc -l <"$failed")
rm -f "$failed"
echo "$count golden tests, $bad failed"
[ "$bad" -eq 0 ]
