#!/usr/bin/env python3
"""How long the language server takes for a long text: the library in one file, and each edit until its mistakes are told.

    bench/lsp.py [EDITS] [LINES]      ORDO: the command, else build/ordo; LINES: so many of them, up to the end of an item"""
import glob, os, re, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests/lsp"))
from client import Client


def library():
    """All files of the library as one text, without what they import of each other."""
    lines = []
    for path in sorted(glob.glob(os.path.join(ROOT, "models/lib/*.ordo"))):
        lines += [line for line in open(path) if not line.startswith("import ")]
    return "".join(lines)


def processor_seconds(client):
    fields = open("/proc/%d/stat" % client.process.pid).read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    edits = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    command = os.path.realpath(os.environ.get("ORDO", os.path.join(ROOT, "build/ordo")))
    text, name, times = library(), "library.ordo", []
    if len(sys.argv) > 2:
        ends = [end.end() for end in re.finditer(r"^}\n", text, re.M)]
        text = text[:next((end for end in ends if text.count("\n", 0, end) >= int(sys.argv[2])), len(text))]
    client = Client(command, tempfile.mkdtemp())
    client.start()
    client.open(name, text)
    client.mistakes(name)
    client.settle(2)
    before = processor_seconds(client)
    for i in range(edits):
        at = text.index("\n", len(text) * (i + 1) // (edits + 2))
        start = time.monotonic()
        client.edit(name, at, at, " ")
        client.mistakes(name)
        times.append(time.monotonic() - start)
        text = client.texts[client.uri(name)]
    busy = (processor_seconds(client) - before) / edits
    print("%d lines, %d edits: fastest %.1f ms, median %.1f ms, %.1f ms of processor time each" %
          (text.count("\n"), edits, 1e3 * min(times), 1e3 * sorted(times)[edits // 2], 1e3 * busy))
    client.end()


main()
