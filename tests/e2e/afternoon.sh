#!/usr/bin/env bash
# The afternoon of docs/extending.md: a plug-in from its first line to a fault that was planted, found and made small.
. "$(dirname "$0")/common.sh"
python3 "$root/tests/e2e/afternoon.py" "$ordo" "$(dirname "$ordo")/ordo-plugin.h" || fail "the page and the commands differ"
finish
