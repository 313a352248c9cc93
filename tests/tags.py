#!/usr/bin/env python3
"""No tag of a struct, enum or union stands in two files: a reader who searches for a name finds one thing."""
import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROOMS = ("base", "ir", "io", "onnx", "frontend", "data", "passes", "codegen", "runtime", "app", "cli", "include")


def main():
    places = collections.defaultdict(set)
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.[ch]"):
            for tag in re.findall(r"^\s*(?:typedef )?(?:struct|enum|union) (\w+) \{", file.read_text(), re.M):
                places[tag].add(str(file.relative_to(ROOT)))
    twice = {tag: where for tag, where in places.items() if len(where) > 1}
    for tag, where in sorted(twice.items()):
        print(f"tags: {tag} is defined in {', '.join(sorted(where))}")
    sys.exit(bool(twice))


main()
