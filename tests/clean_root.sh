#!/usr/bin/env bash
# The README's promise: each of its two commands does everything on a Debian 12 machine on which nothing is installed.
# Makes a bare root with debootstrap, puts the committed tree in, runs each command in a root of its own.
# usage: tests/clean_root.sh [COMMAND]...    as root; commands of ./bootstrap, default: demo test
#        ROOTS=FOLDER keeps the roots there (default: a folder that is removed); MIRROR names the archive
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- demo test
mirror=${MIRROR:-http://deb.debian.org/debian}
roots=${ROOTS:-$(mktemp -d)}
mkdir -p "$roots"

leave() {
  local code=$?
  for mounted in "$roots"/*/dev/pts "$roots"/*/proc; do mountpoint -q "$mounted" && umount "$mounted"; done
  [ -n "${ROOTS:-}" ] || rm -rf "$roots"
  exit $code
}
trap leave EXIT

if [ ! -d "$roots/bare" ]; then
  debootstrap --variant=minbase bookworm "$roots/bare.part" "$mirror" >"$roots/debootstrap.log"
  # a machine that reaches the archive the way this one does
  cp -r /etc/apt/apt.conf.d/. "$roots/bare.part/etc/apt/apt.conf.d/"
  cp /etc/resolv.conf "$roots/bare.part/etc/resolv.conf"
  mv "$roots/bare.part" "$roots/bare"
fi

for command in "$@"; do
  root=$roots/$command
  rm -rf "$root"
  cp -a "$roots/bare" "$root"
  mkdir "$root/ordo"
  git archive HEAD | tar -x -C "$root/ordo"
  mount -t proc proc "$root/proc"
  mount -t devpts devpts "$root/dev/pts" -o newinstance,ptmxmode=0666 # terminals, as a machine has them
  echo "== ./bootstrap $command"
  start=$(date +%s)
  chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb \
    sh -c "cd /ordo && ./bootstrap $command"
  echo "== ./bootstrap $command: fine, $(($(date +%s) - start)) s"
  umount "$root/dev/pts" "$root/proc"
  [ -n "${ROOTS:-}" ] || rm -rf "$root"
done
