#!/usr/bin/env python3
"""Lines of each room, and circles of files inside a room: files that use each other's symbols, directly or around.
usage: tests/circles.py BUILD-FOLDER [ROOT]          a table (of any commit: a build folder with its object files, and its tree)
       tests/circles.py --edges ROOM BUILD-FOLDER    which file of a circle uses what of which other one
tests/rooms.py checks that there are no circles but those of tests/rooms.txt."""
import collections
import pathlib
import re
import subprocess
import sys


def read_symbols(build):
    """Of each source with an object file: the names that it defines for others, those that it uses."""
    defined, used = collections.defaultdict(set), collections.defaultdict(set)
    objects = [str(path.relative_to(build)) for path in pathlib.Path(build).rglob("*.c.o")]
    if not objects:
        sys.exit(f"no object files in {build}")
    for line in subprocess.run(["nm", "-A", *objects], cwd=build, capture_output=True, text=True, check=True).stdout.splitlines():
        path, symbol = line.rsplit(":", 1)
        source = re.sub(r"^.*?\.dir/", "", path)[:-2]
        kind, name = symbol.split()[-2:]
        if kind == "U":
            used[source].add(name)
        elif kind in "TDRB":
            defined[source].add(name)
    return defined, used


def room_of(source):
    return str(pathlib.PurePosixPath(source).parent)


def edges_inside(defined, used, sources):
    """(user, used file): names, among the sources."""
    place = {name: source for source in sources for name in defined[source]}
    edges = collections.defaultdict(list)
    for source in sources:
        for name in sorted(used[source]):
            if place.get(name, source) != source:
                edges[source, place[name]].append(name)
    return edges


def circles_of(sources, edges):
    """The circles among the sources, each a sorted list of stems, large ones first."""
    next_of = collections.defaultdict(set)
    for user, other in edges:
        next_of[user].add(other)

    def reached(start):
        found, todo = set(), [start]
        while todo:
            new = next_of[todo.pop()] - found
            found |= new
            todo += new
        return found

    reach = {source: reached(source) for source in sources}
    circles = {frozenset(o for o in reach[s] if s in reach[o]) for s in sources if s in reach[s]}
    return sorted((sorted(pathlib.Path(s).stem for s in c) for c in circles), key=lambda c: (-len(c), c))


def sources_by_room(defined, used, root):
    rooms = collections.defaultdict(list)
    for source in sorted(set(defined) | set(used)):
        if not source.startswith(("tests/", "bench/", "examples/")) and "/" in source and (root / source).exists():
            rooms[room_of(source)].append(source)
    return rooms


def print_table(build, root):
    defined, used = read_symbols(build)
    total_files = total_lines = 0
    print("| room | files | lines | circles of files |\n|---|---|---|---|")
    for room, sources in sorted(sources_by_room(defined, used, root).items()):
        lines = sum(len(p.read_text().splitlines()) for p in (root / room).iterdir() if p.suffix in (".c", ".h", ".def"))
        circles = circles_of(sources, edges_inside(defined, used, sources))
        print(f"| `{room}/` | {len(sources)} | {lines} | {'; '.join(f'{len(c)}: ' + ', '.join(c) for c in circles)} |")
        total_files, total_lines = total_files + len(sources), total_lines + lines
    print(f"| all | {total_files} | {total_lines} | |")


def print_edges(room, build, root):
    defined, used = read_symbols(build)
    sources = sources_by_room(defined, used, root)[room]
    edges = edges_inside(defined, used, sources)
    for circle in circles_of(sources, edges):
        print(f"{len(circle)}: {' '.join(circle)}")
        for (user, other), names in sorted(edges.items()):
            if {pathlib.Path(user).stem, pathlib.Path(other).stem} <= set(circle):
                print(f"  {pathlib.Path(user).stem} -> {pathlib.Path(other).stem}: {' '.join(names)}")


if __name__ == "__main__":
    here = pathlib.Path(__file__).resolve().parent.parent
    if sys.argv[1] == "--edges":
        print_edges(sys.argv[2], sys.argv[3], here)
    else:
        print_table(sys.argv[1], pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else here)
