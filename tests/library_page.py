#!/usr/bin/env python3
"""docs/library.md from the texts in models/lib: the head of each file, then each function, layer, optimizer and initialiser with
its signature and the comment above it. tests/tables.sh runs it and finds a stale page.

usage: tests/library_page.py [FOLDER]"""
import os, re, sys

folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "../models/lib")
item = re.compile(r"(fn|layer|optimizer|init|const) (\w+)|  (fn) (\w*) ?\(")


def comment(lines, at):
    """The comment that ends above line 'at'; its paragraphs as lines, tables as they are."""
    first = at
    while first > 0 and lines[first - 1].lstrip().startswith("#"): first -= 1
    return [line.strip()[1:].removeprefix(" ") for line in lines[first:at]]


def shown(text):
    """Paragraphs in one line each; what is indented stays as it is, as code."""
    out, code = [], False
    for line in text:
        if line.startswith("---"): continue
        indented = line.startswith("  ") and line.strip()
        if indented and not code: out += ["", "```"]
        if code and not indented: out += ["```", ""]
        code = bool(indented)
        if not indented and out and out[-1] and line and out[-1] != "```": out[-1] += " " + line
        else: out.append(line)
    return out + ["```"] if code else out


def escaped(text): return text.replace("<", "&lt;").replace("*", "\\*")


def page_of(text):
    """Prose escaped, code as it is, one empty line between them."""
    code, out = False, []
    for line in text:
        if line == "```": code = not code
        if line or code or (out and out[-1]): out.append(line if code or line == "```" else escaped(line))
    return "\n".join(out).strip()


def signature(lines, at):
    """From its first word to the brace of its body, in one line."""
    text = lines[at].strip()
    while not re.search(r"\{ *$|\{.*\} *$", text): at += 1; text += " " + lines[at].strip()
    head = re.split(r" \{(?: |$)", text)[0] if not text.startswith("const") else text
    depth, end = 0, len(head)
    for i, c in enumerate(text):  # a brace in brackets is that of a set
        depth += c in "([" or -(c in ")]")
        if c == "{" and depth == 0: end = i; break
    return text[:end].strip()


def constant(lines, at): return re.sub(r"\s*#.*", "", lines[at].strip())


print("# The library\n\nWhat `import NAME` brings, from the texts in [models/lib](../models/lib); shapes stand in the signatures, equations and sources in the "
      "lines below them. [tests/library/parity.py](../tests/library/parity.py) compares losses, optimizers, "
      "convolutions and normalisations, and their derivatives, with plain Python. Made by `tests/library_page.py`.\n")
files = sorted(f for f in os.listdir(folder) if f.endswith(".ordo"))
print(" · ".join(f"[{f[:-5]}](#{f[:-5]})" for f in files), "\n")
for name in files:
    lines = open(os.path.join(folder, name)).read().split("\n")
    head = next((i for i, line in enumerate(lines) if not line.startswith("#")), 0)
    print(f"## {name[:-5]}\n")
    print(page_of(shown(comment(lines, head))) + "\n")
    for at, line in enumerate(lines):
        m = item.match(line)
        if not m or at < head: continue
        if line.startswith("const"): text = constant(lines, at)
        else: text = signature(lines, at)
        inside = bool(m.group(3))
        about = escaped(" ".join(p for p in shown(comment(lines, at)) if p and p != "```").strip())
        print(f"{'  ' if inside else ''}- `{text}`" + (f"<br>{about}" if about else ""))
    print()
