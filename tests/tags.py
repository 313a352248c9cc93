#!/usr/bin/env python3
"""No tag of a struct, enum or union stands in two files: a reader who searches for a name finds one thing."""
import collections
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROOMS = ("base", "ir", "io", "frontend", "data", "passes", "codegen", "runtime", "app", "cli", "include")


def main():
    files = subprocess.run(["git", "ls-files", "*.c", "*.h"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    places = collections.defaultdict(set)
    for file in files:
        if file.split("/")[0] in ROOMS and (ROOT / file).exists():
            for tag in re.findall(r"^\s*(?:typedef )?(?:struct|enum|union) (\w+) \{", (ROOT / file).read_text(), re.M):
                places[tag].add(file)
    twice = {tag: where for tag, where in places.items() if len(where) > 1}
    for tag, where in sorted(twice.items()):
        print(f"tags: {tag} is defined in {', '.join(sorted(where))}")
    sys.exit(bool(twice))


main()
