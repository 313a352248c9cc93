#!/usr/bin/env python3
"""What 'ordo prove' finds of every function of every model, and an attack on each proof.

usage: ORDO=path TESTS=folder of 'reach'  tests/reach/models.py [--table FILE] [--count N] [MODEL]...

Each function is made with small constants, proved for every named extent of its arguments, and attacked by 'reach --file': runs
that differ in some elements of that extent only. Exit code 1 when a proof does not hold. --table writes the Markdown page."""
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ORDO = os.path.realpath(os.environ.get("ORDO", ROOT / "build/ordo"))
REACH = os.path.realpath(os.environ.get("TESTS", ROOT / "build/tests")) + "/reach"
SMALL = 4


def run(*command):
    return subprocess.run(command, capture_output=True, text=True)


def small_constants(model):
    """-D for every whole constant that may be made small without an error."""
    given = []
    for name, value in re.findall(r"^const +(\w+) *= *(\d+) *(?:#.*)?$", model.read_text(), re.M):
        if int(value) > SMALL:
            more = given + ["-D", f"{name}={SMALL}"]
            if run(ORDO, "check", str(model), *more).returncode == 0:
                given = more
    return given


def prove(model, given):
    out = run(ORDO, "prove", str(model), "--json", *given).stdout
    return [json.loads(line) for line in out.splitlines() if line.startswith("{\"function\"")]


def attack(model, given, facts, count, folder):
    """Looks at each function for each of its extents: (places looked at, violated, missed)."""
    total = collections.Counter()
    for function, of in sorted({(f["function"], f["of"]) for f in facts}):
        graph = folder / "graph.txt"
        made = run(ORDO, "opt", str(model), function, "--passes=inline,grad", "-o", str(graph), *given)
        if made.returncode:
            continue
        try:
            said = subprocess.run([REACH, "--file", str(graph), "--of", of, "--count", str(count)], capture_output=True, text=True,
                                  timeout=60).stdout
        except subprocess.TimeoutExpired:
            total["slow"] += 1
            continue
        for key, pattern in (("places", r"(\d+) places"), ("violated", r"(\d+) facts violated"), ("proved", r": (\d+) proved"),
                             ("missed", r"these (\d+) hold")):
            found = re.search(pattern, said)
            total[key] += int(found.group(1)) if found else 0
        total["functions"] += 1
        if total["violated"]:
            print(model.name, function, of, said)
            break
    return total


def cell(facts, claim):
    """What holds of all results of a function for one extent: proved, or the first op that breaks it."""
    mine = [f for f in facts if f["claim"] == claim]
    broken = [f for f in mine if not f["proved"]]
    needs = [text for key, text in (("if_finite", "finite"), ("if_far", "far")) if any(f[key] for f in mine)]
    if not broken:
        return "yes" + (f" ({', '.join(needs)})" if needs else "")
    first = broken[0]
    why = first["fact"].split(": ", 1)[-1]
    place = first["place"].split("/")[-1]
    of = f"{len(mine) - len(broken)} of {len(mine)} results; " if len(broken) < len(mine) else ""
    return f"{of}{place}: {why}"


def write_table(path, found, totals):
    lines = ["# Rows and later places, all models", "",
             "Made by `python3 tests/reach/models.py --table docs/results/reach.md`. For every function of the models that can be called,",
             "and every extent of its arguments that has a name: whether each result is computed row by row along it, and whether it is",
             "causal along it. *finite*, *far*: what the proof needs ([reach](../reach.md#what-is-claimed)). Else the first operation that",
             "breaks it. A claim counts for each result.", "",
             "| model | claims | proved | attacked functions | places compared | violated | facts missed of those that hold |",
             "|---|---:|---:|---:|---:|---:|---:|"]
    for model, facts in found.items():
        t, proved = totals[model], sum(f["proved"] for f in facts)
        share = 100 * t["missed"] / max(1, t["missed"] + t["proved"])
        lines.append(f"| {model} | {len(facts)} | {proved} | {t['functions']} | {t['places']:,} | {t['violated']} | {share:.1f} % |")
    total = sum(totals.values(), collections.Counter())
    facts = [f for some in found.values() for f in some]
    share = 100 * total["missed"] / max(1, total["missed"] + total["proved"])
    lines.append(f"| all | {len(facts)} | {sum(f['proved'] for f in facts)} | {total['functions']} | {total['places']:,} | "
                 f"{total['violated']} | {share:.1f} % |")
    lines += ["", "Facts of all values are compared, not of results alone; what is missed holds in all runs that were tried, and may "
              "be false in others.", "", "| function | of | row by row | causal |", "|---|---|---|---|"]
    for model, facts in found.items():
        groups = {}
        for f in facts:
            groups.setdefault((f["function"], f["of"]), []).append(f)
        for (function, of), some in groups.items():
            lines.append(f"| `{model}` `{function}` | {of} | {cell(some, 'rows')} | {cell(some, 'causal')} |")
    pathlib.Path(path).write_text("\n".join(lines) + "\n")


def main(arguments):
    table, count, models = None, 2, []
    while arguments:
        word = arguments.pop(0)
        if word == "--table":
            table = arguments.pop(0)
        elif word == "--count":
            count = int(arguments.pop(0))
        else:
            models.append(pathlib.Path(word))
    os.chdir(ROOT)  # a model by its path is not taken for one of the library
    models = models or sorted(pathlib.Path("models").glob("*.ordo"))
    found, totals = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for model in models:
            given = small_constants(model)
            facts = prove(model, given)
            found[model.stem] = facts
            if not facts:
                print(model.stem, "no function has an extent with a name", flush=True)
            totals[model.stem] = attack(model, given, facts, count, pathlib.Path(folder))
            print(model.stem, len(facts), "claims,", sum(f["proved"] for f in facts), "proved;", dict(totals[model.stem]), flush=True)
    if table:
        write_table(table, found, totals)
    violated = sum(t["violated"] for t in totals.values())
    return 1 if violated or not any(t["places"] for t in totals.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
