#!/usr/bin/env python3
"""Checks that the rooms of the tree are used one way, as tests/rooms.txt lists them: by includes, and, when folders with
object files are given, by the symbols that files use of each other: none may be defined in a later room (its declaration
may stand in an earlier one; the arrow is there all the same), and each name that is visible must be used by another file of
the rooms: what one file uses is static, what only tests use is dead, but for what tests/rooms.txt lists with a reason. usage: tests/rooms.py [BUILD-FOLDER]
"""
import collections
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def lines_of_rooms():
    return [line for line in (ROOT / "tests/rooms.txt").read_text().splitlines() if line and line[0] != "#"]


def read_rooms():
    rooms = {}
    for line in lines_of_rooms():
        if line[0] != "=":
            room, uses = line.split(":")
            for used in uses.split():
                if used not in rooms:
                    sys.exit(f"rooms: {room} uses {used}, which is no earlier room")
            rooms[room] = {room, *uses.split()}
    return rooms


def read_interface():
    """Names that may be used by tests or plug-ins alone: lines '= NAME ...: reason'."""
    return {name for line in lines_of_rooms() if line[0] == "=" for name in line[1:].split(":")[0].split()}


def room_of(path):
    return str(pathlib.PurePosixPath(path).parent)


def check_includes(rooms, complain):
    tops = sorted({room.split("/")[0] for room in rooms})
    seen = set()
    for file in sorted(str(path.relative_to(ROOT)) for top in tops for path in (ROOT / top).rglob("*.[ch]")):
        room = room_of(file)
        if room not in rooms:
            complain(f"{file} is in a folder that tests/rooms.txt does not name")
            continue
        seen.add(room)
        for included in re.findall(r'^#include "([^"]+)"', (ROOT / file).read_text(), re.M):
            if "/" in included and room_of(included) not in rooms[room]:
                complain(f"{file} includes {included}: {room} may use only {' '.join(sorted(rooms[room]))}")
    for room in rooms.keys() - seen:
        complain(f"the room {room} has no files")


def read_symbols(rooms, build):
    """Where each name is defined, and which names each file uses; names that files of no room use."""
    defined, used, elsewhere = {}, collections.defaultdict(set), set()
    for object_file in pathlib.Path(build).rglob("*.c.o"):
        source = re.sub(r"^.*?\.dir/", "", str(object_file.relative_to(build)))[:-2]
        inside = room_of(source) in rooms and (ROOT / source).exists()
        for line in subprocess.run(["nm", object_file], capture_output=True, text=True, check=True).stdout.splitlines():
            kind, name = line.split()[-2:]
            if kind == "U":
                (used[source] if inside else elsewhere).add(name)
            elif kind in "TDRB" and inside:
                defined[name] = source
    if not defined:
        sys.exit(f"rooms: no object files in {build}")
    return defined, used, elsewhere


def check_users(defined, used, elsewhere, complain):
    interface, inside = read_interface(), set().union(*used.values())
    for name, source in sorted(defined.items()):
        if name not in inside | interface and name != "main" and not name.startswith(("ordo_", "_")):
            complain(f"{source} shows {name}, which {'only tests use' if name in elsewhere else 'no other file uses: static, or dead'}")
    for name in sorted(interface & (inside | interface - defined.keys())):
        complain(f"tests/rooms.txt lists {name}, which {'is used' if name in inside else 'does not exist'}")


def check_symbols(rooms, build, complain):
    order = {room: k for k, room in enumerate(rooms)}
    defined, used, elsewhere = read_symbols(rooms, build)
    if any(room_of(source) == "cli" for source in used):
        check_users(defined, used, elsewhere, complain)
    for source, names in sorted(used.items()):
        for name in sorted(names):
            place = room_of(defined.get(name, source))
            if order[place] > order[room_of(source)]:
                complain(f"{source} uses {name} of {defined[name]}, a later room")


def main():
    found = []
    rooms = read_rooms()
    check_includes(rooms, found.append)
    for build in sys.argv[1:]:
        check_symbols(rooms, build, found.append)
    for line in found:
        print("rooms:", line)
    sys.exit(bool(found))


main()
