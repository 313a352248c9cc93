#!/usr/bin/env bash
# The Debian packages: lintian has nothing to say about them, and in a bare Debian 12 root they install and work.
# usage: tests/packages.sh [FOLDER]     as root, where './bootstrap deb' has been; FOLDER of the packages, default build/deb
#        ROOTS=FOLDER has or keeps a bare root (tests/clean_root.sh); MIRROR names the archive
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(realpath "${1:-build/deb}")
mirror=${MIRROR:-http://deb.debian.org/debian}
roots=${ROOTS:-$(mktemp -d)}
work=$(mktemp -d)
trap '[ -n "${ROOTS:-}" ] || rm -rf "$roots"; rm -rf "$work"' EXIT

# No upload closes a bug, and no distribution has a number of these standards.
lintian --tag-display-limit 0 --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs "$folder"/*.deb
echo "lintian: clean"

if [ ! -d "$roots/bare" ]; then
  debootstrap --variant=minbase bookworm "$roots/bare.part" "$mirror" >"$work/debootstrap.log"
  cp -r /etc/apt/apt.conf.d/. "$roots/bare.part/etc/apt/apt.conf.d/"
  cp /etc/resolv.conf "$roots/bare.part/etc/resolv.conf"
  mv "$roots/bare.part" "$roots/bare"
fi
cp -a "$roots/bare" "$work/root"
mkdir "$work/root/debs"
cp "$folder"/*.deb "$work/root/debs"
cp -r examples "$work/root/examples"
chroot "$work/root" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb DEBIAN_FRONTEND=noninteractive bash -euo pipefail <<'EOF'
apt-get update -qq
apt-get install -y -qq --no-install-recommends /debs/*.deb python3-numpy gcc g++ libc6-dev pkg-config man-db >/dev/null
cd /tmp
ordo --version
ordo doctor
ordo train sort -D N=4 -D P=1 -D H=16 -D STEPS=5 --out run -q >/dev/null
ordo build sort -D H=16 net.sorted --weights run/checkpoint.safetensors -o sorter
cc /examples/sort.c $(pkg-config --cflags --libs ordo) -o c && ./c - 0.4 0.1 0.3
c++ -std=c++17 /examples/sort.cpp $(pkg-config --cflags --libs ordo) -o cpp && ./cpp - 0.4 0.1 0.3
python3 /examples/sort.py - 0.4 0.1 0.3
man -w ordo-train
[ -s /usr/share/bash-completion/completions/ordo ]
apt-get purge -y -qq ordo libordo0 libordo-dev libordort-dev python3-ordo >/dev/null
left=$(find /usr /etc -name 'ordo*' -o -name 'libordo*' -o -name '_ordo*')
[ -z "$left" ] || { echo "left behind: $left"; exit 1; }
EOF
echo "the packages work"
