#!/usr/bin/env bash
# The README's lines for C and Python, and the examples in C++ and Python: as a user of the installed library and package.
. "$(dirname "$0")/common.sh"
build=$(dirname "$ordo")
flags=${ORDO_TEST_FLAGS:-}

# What an installation has of the library.
lib=$work/usr/$(sed -n 's/^libdir=${prefix}\///p' "$build/ordo.pc")
mkdir -p "$lib/pkgconfig"
cp "$build/ordo.pc" "$lib/pkgconfig"
ln -s "$build"/libordo.so* "$lib"
ln -s "$root/include" "$work/usr/include"
export PKG_CONFIG_PATH=$lib/pkgconfig LD_LIBRARY_PATH=$lib
cp -r "$root/examples" "$work"
cd "$work" || exit 1

line=$(sed -n '/^## From C and Python/,/^## /p' "$root/README.md" | grep '^cc ' | sed "s|^cc|${CC:-cc} $flags|")
[ -n "$line" ] || fail "the README has no line for C"
expect 0 "$line" bash -c "$line"
says "0." "the README's line for C"

expect 0 "examples/sort.cpp" bash -c "${CXX:-c++} $flags -std=c++17 -Wall -Wextra -Werror examples/sort.cpp \$(pkg-config --cflags --libs ordo) -o sorter"
expect 0 "sorter" ./sorter - 0.4 0.1 0.3
expect 1 "sorter of a missing file" ./sorter nowhere.safetensors 1
says "E0001" "sorter of a missing file"
expect 1 "sorter without numbers" ./sorter

python=${ORDO_PYTHON_PROGRAM:-}
[ -n "$python" ] || { echo "the Python package is not built: its examples are left out"; finish; }
sed -n '/^```python/,/^```$/p' "$root/README.md" | sed '/^```/d' >readme.py
[ -s readme.py ] || fail "the README has no lines for Python"
expect 0 "the README's lines for Python" "$python" readme.py
says "[[" "the README's lines for Python"
expect 0 "examples/sort.py" "$python" examples/sort.py - 0.4 0.1 0.3
expect 1 "sort.py of a missing file" "$python" examples/sort.py nowhere.safetensors 1
says "E0001" "sort.py of a missing file"
finish
