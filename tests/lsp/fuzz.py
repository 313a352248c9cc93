#!/usr/bin/env python3
"""Random edits of all models with the language server: it never goes away, never lags, takes no more memory, and what it says after
many edits is what a server says that sees the text for the first time.

usage: tests/lsp/fuzz.py [--edits N] [--seed N] [--slowest SECONDS] [MODEL...]      ORDO names the command
"""
import argparse
import glob
import json
import os
import random
import sys
import time

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
from client import Client, Gone  # noqa: E402

WORDS = """import const fn layer optimizer train scan for in if else assert minimize with and or not true false inf nan new init data names
 step eval log repeat move to over every until from frozen ( ) [ ] { } , ; : . .. -> == ** + - * / @ = ~ < > f32 f32[B] <V>[B] sum[n]( softmax[n](
 x y net loss 0 1 1e9 99999999999 1e400 "text" "open 'x' # # comment self step training concat( reshape( grad( adam(lr = size( \n \t \\ \x00 é 𝒩""".split(" ")


def random_edit(rng, text, others):
    lo = rng.randrange(len(text) + 1)
    kind = rng.randrange(8)
    if kind == 0:
        return lo, min(len(text), lo + rng.randrange(1, 20)), ""
    if kind == 1:
        return lo, lo, rng.choice(WORDS)
    if kind == 2:  # a word in the place of another
        hi = lo
        while hi < len(text) and text[hi].isalnum():
            hi += 1
        return lo, hi, rng.choice(WORDS)
    if kind == 3:  # a line goes
        start = text.rfind("\n", 0, lo) + 1
        end = text.find("\n", lo) + 1 or len(text)
        return start, end, ""
    if kind == 4:  # a line comes from somewhere else
        start = text.rfind("\n", 0, lo) + 1
        return start, start, rng.choice(rng.choice(others).split("\n")) + "\n"
    if kind == 5:  # as one types
        return lo, lo, rng.choice("abcxyzN0123 .,;:()[]{}=+-*/@<>\"'#\n")
    if kind == 6:
        hi = min(len(text), lo + rng.randrange(1, 3))
        return lo, hi, "".join(rng.choice("abcN01 .,()[]{}=\n") for _ in range(rng.randrange(4)))
    part = rng.choice(others)
    at = rng.randrange(len(part) + 1)
    return lo, lo, part[at:at + rng.randrange(200)]


def state(client, name):
    """All that the server says about a text as it is."""
    text = client.texts[client.uri(name)]
    whole = {"start": {"line": 0, "character": 0}, "end": client.position(text, len(text))}
    client.settle(0.7)
    return [client.mistakes(name), client.about(name, "documentSymbol"), client.about(name, "semanticTokens/full"),
            client.about(name, "inlayHint", range=whole), client.about(name, "codeLens")]


def ask_something(rng, client, name):
    text = client.texts[client.uri(name)]
    at = {"position": client.position(text, rng.randrange(len(text) + 1))}
    kind = rng.randrange(9)
    answer = lambda method, **more: client.answer("textDocument/" + method, dict({"textDocument": {"uri": client.uri(name)}}, **more))
    if kind < 5:
        return answer(("hover", "definition", "references", "documentHighlight", "completion")[kind], **at)
    if kind == 5:
        return answer("rename", newName=rng.choice(["fresh_name", "x", "sum", "net", "for"]), **at)
    if kind == 6:
        return answer("formatting", options={})
    if kind == 7:
        return answer("codeAction", range={"start": at["position"], "end": at["position"]}, context={"diagnostics": []})
    return answer("prepareRename", **at)


def memory(client):
    with open("/proc/%d/statm" % client.process.pid) as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def steady(command, folder, edits):
    """One text, edited and asked about for long: what memory is taken then, in MB."""
    client = Client(command, folder)
    client.initialize["rootUri"], client.initialize["workspaceFolders"] = None, []
    client.start()
    with open(os.path.join(folder, "sort.ordo"), encoding="utf-8") as f:
        text = f.read()
    rng, taken = random.Random(1), []
    client.open("sort.ordo", text)
    for i in range(4 * edits):
        now = client.texts[client.uri("sort.ordo")]
        at = now.index("\n", len(now) // 2)
        client.edit("sort.ordo", *((at, at, rng.choice(["x", " ", "\n", "(", "y = x"])) if i % 2 else (0, len(now), text)))
        client.mistakes("sort.ordo")
        ask_something(rng, client, "sort.ordo")
        if i % edits == edits - 1:
            taken.append(memory(client) / 1e6)
    client.end()
    return taken


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--edits", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--slowest", type=float, default=0, help="fail when an answer takes longer")
    parser.add_argument("--steady", type=int, default=0, help="edit one text so many times, four times over; fail when memory grows")
    parser.add_argument("models", nargs="*")
    args = parser.parse_args()
    command = os.path.realpath(os.environ.get("ORDO", os.path.join(here, "../../build/ordo")))
    models = args.models or sorted(glob.glob(os.path.join(here, "../../models/**/*.ordo"), recursive=True))
    folder = os.path.realpath(os.path.join(here, "../../models"))
    texts = {os.path.relpath(os.path.realpath(m), folder): open(m, encoding="utf-8").read() for m in models}
    rng, others = random.Random(args.seed), list(texts.values())
    live, fresh = Client(command, folder), Client(command, folder)
    live.initialize["rootUri"] = fresh.initialize["rootUri"] = None
    live.initialize["workspaceFolders"] = fresh.initialize["workspaceFolders"] = []
    live.start(), fresh.start()
    times, half = [], 0
    name = None
    try:
        for i in range(args.edits):
            if i % 40 == 0:
                if name:
                    live.close(name)
                name = rng.choice(sorted(texts))
                live.open(name, texts[name])
                live.mistakes(name)
            text = live.texts[live.uri(name)]
            if rng.randrange(12) == 0:
                lo, hi, new = 0, len(text), texts[name]
            else:
                lo, hi, new = random_edit(rng, text, others)
            start = time.monotonic()
            live.edit(name, lo, hi, new)
            live.mistakes(name)
            times.append((time.monotonic() - start, i, name))
            if rng.randrange(3) == 0:
                start = time.monotonic()
                ask_something(rng, live, name)
                times.append((time.monotonic() - start, i, name))
            if i % 40 == 39:
                fresh.open(name, live.texts[live.uri(name)])
                a, b = state(live, name), state(fresh, name)
                fresh.close(name)
                if a != b:
                    print("edit %d of %s: the server says something else than one that sees the text for the first time" % (i, name))
                    print(json.dumps(a)[:3000])
                    print(json.dumps(b)[:3000])
                    with open("/tmp/lsp-fuzz.ordo", "w", encoding="utf-8") as f:
                        f.write(live.texts[live.uri(name)])
                    return 1
            if i == args.edits // 2:
                half = memory(live)
        grown = (memory(live) - half) / 1e6
        codes = live.end(), fresh.end()
    except Gone as gone:
        print("edit %d of %s (seed %d): %s" % (i, name, args.seed, gone))
        path = os.path.join(os.environ.get("TMPDIR", "/tmp"), "lsp-fuzz.ordo")
        with open(path, "w", encoding="utf-8") as f:
            f.write(live.texts[live.uri(name)])
        print("the text: " + path)
        return 1
    times.sort()
    worst = times[-1]
    print("%d edits and requests, median %.1f ms, 99 %% below %.1f ms, slowest %.1f ms (edit %d of %s), memory %+.1f MB in the second half" %
          (len(times), 1e3 * times[len(times) // 2][0], 1e3 * times[len(times) * 99 // 100][0], 1e3 * worst[0], worst[1], worst[2], grown))
    if codes != (0, 0):
        print("exit codes %s" % (codes,))
        return 1
    if args.slowest and worst[0] > args.slowest:
        print("too slow")
        return 1
    if args.steady:
        taken = steady(command, folder, args.steady)
        print("memory after %d, %d, %d, %d edits of one text: %s MB" %
              (*(args.steady * k for k in (1, 2, 3, 4)), ", ".join("%.1f" % t for t in taken)))
        if taken[3] - taken[1] > 2:
            print("memory grows with the edits")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
