#!/usr/bin/env python3
"""Lines of each room, and circles of files inside a room: files that use each other's symbols, directly or around.
usage: tests/circles.py BUILD-FOLDER [ROOT]    (of any commit: a build folder with its object files, and its tree)"""
import collections
import pathlib
import re
import subprocess
import sys

build = pathlib.Path(sys.argv[1])
root = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else pathlib.Path(__file__).resolve().parent.parent
defined, used = {}, collections.defaultdict(set)
for object_file in build.rglob("*.c.o"):
    source = re.sub(r"^.*?\.dir/", "", str(object_file.relative_to(build)))[:-2]
    if source.startswith(("tests/", "bench/", "examples/")) or "/" not in source or not (root / source).exists():
        continue
    for line in subprocess.run(["nm", object_file], capture_output=True, text=True, check=True).stdout.splitlines():
        kind, name = line.split()[-2:]
        if kind == "U":
            used[source].add(name)
        elif kind in "TDRB":
            defined[name] = source
rooms = collections.defaultdict(list)
for source in sorted(set(defined.values()) | set(used)):
    rooms[source.rsplit("/", 1)[0]].append(source)
next_of = {s: {defined[n] for n in used[s] if n in defined} - {s} for s in defined.values()} | {}


def reached(start, inside):
    found, todo = set(), [start]
    while todo:
        for other in next_of.get(todo.pop(), ()):
            if other in inside and other not in found:
                found.add(other)
                todo.append(other)
    return found


print("| room | files | lines | circles of files |\n|---|---|---|---|")
for room, sources in sorted(rooms.items()):
    lines = sum(len(p.read_text().splitlines()) for p in (root / room).iterdir() if p.suffix in (".c", ".h", ".def"))
    reach = {s: reached(s, set(sources)) for s in sources}
    circles = {frozenset(o for o in reach[s] if s in reach[o]) | {s} for s in sources if s in reach[s]}
    text = "; ".join(str(len(c)) + ": " + ", ".join(sorted(pathlib.Path(s).stem for s in c)) for c in sorted(circles, key=lambda c: (-len(c), min(c))))
    print(f"| `{room}/` | {len(sources)} | {lines} | {text} |")
