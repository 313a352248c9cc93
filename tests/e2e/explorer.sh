#!/usr/bin/env bash
# The page of 'ordo show -o FILE.html' in a browser (tests/explorer/explorer.py). Without one the test is skipped, which is an
# error where ORDO_NEED_BROWSER is set, as in CI.
. "$(dirname "$0")/common.sh"
for browser in chromium chromium-headless-shell chromium-browser google-chrome none; do
  command -v "$browser" >/dev/null && break
done
if [ "$browser" = none ]; then
  echo "SKIPPED: there is no browser to look at pages with (Debian: chromium)"
  [ -z "${ORDO_NEED_BROWSER:-}" ] || exit 1
  exit 77
fi
expect 0 "the page in $browser" python3 -B "$root/tests/explorer/explorer.py" "$ordo"
cat "$work/out"
finish
