#!/usr/bin/env python3
"""saturate against simplify on every function of every model: cost by the model of costs, and time.

usage: ORDO=path  tests/saturate_models.py [--table FILE] [MODEL]...

Exit code 1 when saturate is dearer, or a pass fails. --table writes the Markdown page."""
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ORDO = os.path.realpath(os.environ.get("ORDO", ROOT / "build/ordo"))


def run(*command):
    return subprocess.run([ORDO, *command], capture_output=True, text=True)


def functions(model):
    out = run("prove", str(model), "--json").stdout
    named = sorted({json.loads(line)["function"] for line in out.splitlines() if line.startswith('{"function"')})
    return re.findall(r"^train +(\w+)", model.read_text(), re.M) + named


def measure(model, function, more):
    """(flops before, flops, nodes made, ms of simplify, ms of saturate), or None."""
    said = run("opt", str(model), function, "--passes=inline,grad,simplify,saturate", "--time-passes", "--json", "-o", os.devnull, *more)
    if said.returncode:
        return None
    text = said.stderr if said.stderr.startswith("[") else said.stdout
    passes = {p["pass"]: p for p in json.loads(text)}
    counters = passes["saturate"]["counters"]
    return (counters["flops before"], counters["flops"], counters.get("nodes made", 0), passes["simplify"]["microseconds"] / 1000,
            passes["saturate"]["microseconds"] / 1000)


def main(arguments):
    os.chdir(ROOT)
    table = arguments[arguments.index("--table") + 1] if "--table" in arguments else None
    models = [pathlib.Path(a) for a in arguments if a.endswith(".ordo")] or sorted(pathlib.Path("models").glob("*.ordo"))
    lines, dearer, cheaper, count = [], 0, 0, 0
    for model in models:
        for function in functions(model):
            for level, more in (("default", []), ("--fast", ["--fast"])):
                got = measure(model, function, more)
                if not got:
                    continue
                before, after, made, ms_simplify, ms = got
                count += 1
                cheaper += after < before
                dearer += after > before
                change = f"{100 * (after - before) / before:.3f} %" if before else ""
                lines.append(f"| `{model.stem}` `{function}` | {level} | {before:,} | {after:,} | {change} | {made:,} | "
                             f"{ms_simplify:.1f} | {ms:.1f} |")
                print(lines[-1] if after != before else f"{model.stem} {function} {level}: the same", flush=True)
    if table:
        head = ["# Equality saturation against simplify", "",
                f"Made by `python3 tests/saturate_models.py {' '.join(arguments)}`:", "the steps of training programs and the functions of the",
                "models, derivatives taken, behind `simplify`; cost by `ir/cost.h`, every open size taken as 64; the limit is 5,000 new nodes for",
                "each graph and body. Times are one run each, with others at work on the machine: only their order of size means something.", "",
                "Models: " + ", ".join(model.stem for model in models) + ".", "",
                f"{count} runs: {cheaper} cheaper, {dearer} dearer, the others the same.", "",
                "| function | level | flops, simplify | flops, saturate | change | nodes made | ms, simplify | ms, saturate |",
                "|---|---|---:|---:|---:|---:|---:|---:|"]
        pathlib.Path(table).write_text("\n".join(head + lines) + "\n")
    print(f"{count} runs: {cheaper} cheaper, {dearer} dearer")
    return 1 if dearer or not count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
