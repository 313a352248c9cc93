#!/usr/bin/env bash
# Setting up on machines that lack something: no root and no sudo, no Debian, a mistyped word, no cmocka.
. "$(dirname "$0")/common.sh"
tools=$work/bin
mkdir "$tools"
for tool in bash env sed dirname grep cat; do ln -s "$(command -v $tool)" "$tools/"; done
fake() { printf '#!/bin/sh\n%s\n' "$2" >"$tools/$1" && chmod +x "$tools/$1"; }
bootstrap() { env PATH="$tools" bash "$root/bootstrap" "$@"; }

expect 2 "a mistyped word" bootstrap biuld
says "there is no 'biuld'. There are:" "a mistyped word"
says "./bootstrap build" "a mistyped word"
expect 2 "no word" bootstrap
says "./bootstrap test" "no word"
for word in build test ci demo install deb; do
  rm -f "$tools"/{dpkg-query,apt-get,id,sudo}
  expect 1 "$word without Debian" bootstrap $word
  says "this is no Debian" "$word without Debian"
  says "llvm-19-dev" "$word without Debian"
  fake dpkg-query 'exit 1'
  fake apt-get 'echo "E: no permission" >&2; exit 100'
  fake id 'echo 1000'
  expect 1 "$word without root" bootstrap $word
  says "you are not root, and there is no sudo" "$word without root"
  says "apt-get install gcc" "$word without root"
  fake sudo 'exec "$@"'
  expect 1 "$word without the archive" bootstrap $word
  says "cannot be fetched" "$word without the archive"
done

# Without cmocka everything else is configured, and what is left out is said.
real=$(command -v pkg-config)
cat >"$work/pkg-config" <<PKG
#!/bin/sh
case "\$*" in *cmocka*) exit 1 ;; esac
exec $real "\$@"
PKG
chmod +x "$work/pkg-config"
if command -v cmake >/dev/null; then
  expect 0 "configuring without cmocka" cmake -S "$root" -B "$work/build" -G Ninja -DPKG_CONFIG_EXECUTABLE="$work/pkg-config"
  says "cmocka is missing (Debian: libcmocka-dev)" "configuring without cmocka"
  says "test_api" "configuring without cmocka"
  (cd "$work/build" && ctest -N) >"$work/out"
  says "golden" "the tests without cmocka"
  says "plugins" "the tests without cmocka"
  ! grep -q test_api "$work/out" || fail "the tests without cmocka: unit tests are listed, but not built"
fi
finish
