#!/usr/bin/env python3
"""Checks that the rooms of the tree are used one way, as tests/rooms.txt lists them: by includes, and, when folders with
object files are given, by the symbols that files use of each other: none may be defined in a later room (its declaration
may stand in an earlier one; the arrow is there all the same), and each name that is visible must be used by another file of
the rooms: what one file uses is static, what only tests use is dead, but for what tests/rooms.txt lists with a reason. Files of
a room that use each other in a circle are listed there, too. usage: tests/rooms.py [BUILD-FOLDER]
"""
import pathlib
import re
import sys

import circles

ROOT = pathlib.Path(__file__).resolve().parent.parent


def lines_of_rooms():
    return [line for line in (ROOT / "tests/rooms.txt").read_text().splitlines() if line and line[0] != "#"]


def read_rooms():
    rooms = {}
    for line in lines_of_rooms():
        if line[:2] not in ("= ", "o "):
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


def sort_symbols(rooms, symbols):
    """Where each name is defined, and which names each file uses; names that files of no room use."""
    shown, wanted = symbols
    inside = {source for source in {*shown, *wanted} if room_of(source) in rooms and (ROOT / source).exists()}
    defined = {name: source for source in inside for name in shown[source]}
    used = {source: wanted[source] for source in inside}
    elsewhere = set().union(*(names for source, names in wanted.items() if source not in inside))
    return defined, used, elsewhere


def check_circles(rooms, symbols, complain):
    """Files of a room that use each other are among those of a line 'o ROOM: FILE ...: reason'."""
    listed = {room: [] for room in rooms}
    for line in lines_of_rooms():
        if line[:2] == "o ":
            room, files = line[2:].split(":")[:2]
            listed[room].append(sorted(files.split()))
    by_room = circles.sources_by_room(*symbols, ROOT)
    for room, known in listed.items():
        sources = by_room[room]
        found = circles.circles_of(sources, circles.edges_inside(*symbols, sources))
        for circle in [c for c in found if not any(set(c) <= set(k) for k in known)]:
            complain(f"{room} has a circle that tests/rooms.txt does not list (tests/circles.py --edges): {' '.join(circle)}")
        for circle in [k for k in known if not any(set(c) <= set(k) for c in found)]:
            complain(f"tests/rooms.txt lists a circle that {room} does not have: {' '.join(circle)}")


def check_users(defined, used, elsewhere, complain):
    interface, inside = read_interface(), set().union(*used.values())
    for name, source in sorted(defined.items()):
        if name not in inside | interface and name != "main" and not name.startswith(("ordo_", "PyInit_", "_")):
            complain(f"{source} shows {name}, which {'only tests use' if name in elsewhere else 'no other file uses: static, or dead'}")
    for name in sorted(interface & (inside | interface - defined.keys())):
        complain(f"tests/rooms.txt lists {name}, which {'is used' if name in inside else 'does not exist'}")


def check_symbols(rooms, build, complain):
    order = {room: k for k, room in enumerate(rooms)}
    symbols = circles.read_symbols(build)
    defined, used, elsewhere = sort_symbols(rooms, symbols)
    if any(room_of(source) == "cli" for source in used):
        check_users(defined, used, elsewhere, complain)
        check_circles(rooms, symbols, complain)
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
