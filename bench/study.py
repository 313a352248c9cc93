#!/usr/bin/env python3
"""Studies: experiments of papers, run by 'ordo train', with the published numbers beside ours.

  bench/study.py                          the studies and their cells
  bench/study.py NAME                     runs what is missing of docs/results/NAME.csv, then writes docs/results/NAME.md
  bench/study.py NAME --page              writes the page only
  bench/study.py NAME --cell C --seed S   runs that cell only; the page is left as it is
  bench/study.py NAME --again             runs cells again that have results
  bench/study.py NAME --cell C --seed S --run FOLDER   takes the results of a run that was made by hand, in pieces

A study is a file bench/studies/NAME.py:

  SPEC     the model's file under models/
  CELLS    {cell: {constant: value}}: the training runs, by the constants that they are given
  SEEDS    seeds; SEEDS_OF = {cell: seeds} for cells that have others
  page(r)  the text of the page, from the results
  PLOT     optional: {"metric": name, "log": "y", "cells": [...], "names": {cell: text}}: a picture of the curves of seed 1

The results of a run are the rows of its eval.csv; or of its EVALS = (name, ...), where those of all but the first get
"CELL.name" as cell. They are appended to docs/results/NAME.csv, with cell and seed before them; that file is all a page is
made from. ORDO names the command (default build/ordo), --threads its threads,
STUDY_RESULTS another folder for results.
"""
import argparse
import csv
import importlib.util
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULTS = pathlib.Path(os.environ.get("STUDY_RESULTS", ROOT / "docs" / "results"))


def load(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "bench" / "studies" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def runs(study):
    of = getattr(study, "SEEDS_OF", {})
    return [(cell, seed) for seed in range(1, 100) for cell in study.CELLS if seed in of.get(cell, study.SEEDS)]


class Results:
    """The rows of docs/results/NAME.csv: dictionaries of numbers, and 'cell'."""

    def __init__(self, name):
        self.path = RESULTS / f"{name}.csv"
        self.rows = []
        if self.path.exists():
            with open(self.path, newline="") as f:
                self.rows = [{k: v if k == "cell" else float(v or "nan") for k, v in row.items()} for row in csv.DictReader(f)]

    def has(self, cell, seed):
        return any(r["cell"] == cell and r["seed"] == seed for r in self.rows)

    def replace(self, cell, seed, new):
        """Puts the rows of one run into the file, in place of older ones of the same run."""
        old = {(r["cell"], seed) for r in new} | {(cell, seed)}
        self.rows = [r for r in self.rows if (r["cell"], r["seed"]) not in old] + new
        with open(self.path, "w", newline="") as f:
            out = csv.writer(f, lineterminator="\n")
            columns = list(dict.fromkeys(c for r in new + self.rows for c in r))
            out.writerow(columns)
            for r in self.rows:
                text = {c: v if c == "cell" else f"{float(v):.7g}" if v == v else "" for c, v in r.items()}
                out.writerow(text.get(c, "") for c in columns)

    def steps(self, cell=None):
        return sorted({int(r["step"]) for r in self.rows if cell in (None, r["cell"])})

    def seeds(self, cell):
        return sorted({int(r["seed"]) for r in self.rows if r["cell"] == cell})

    def values(self, cell, metric, step=None):
        """One number for each seed: at a step, or at the last one."""
        step = step if step is not None else max(self.steps(cell), default=0)
        return [r[metric] for r in self.rows if r["cell"] == cell and r["step"] == step]

    def mean(self, cell, metric, step=None):
        v = self.values(cell, metric, step)
        return statistics.mean(v) if v else float("nan")

    def text(self, cell, metric, step=None, digits=4, scale=1):
        """'mean +- standard deviation', the latter with two seeds and more; '-' without results."""
        v = [scale * x for x in self.values(cell, metric, step)]
        if not v:
            return "-"
        spread = f" ± {statistics.stdev(v):.{digits}f}" if len(v) > 1 else ""
        return f"{statistics.mean(v):.{digits}f}{spread}"


def table(head, rows):
    line = lambda cells: "| " + " | ".join(str(c) for c in cells) + " |"
    return "\n".join([line(head), line("---" for _ in head)] + [line(r) for r in rows])


def claims(list_of):
    """A table of claims: (text, holds), or (text, None) where there are no results yet."""
    words = {True: "holds", False: "**does not hold**", None: "not measured"}
    return table(["claim", "here"], [(text, words[holds]) for text, holds in list_of])


def rows_of(study, cell, seed, folder):
    """The rows of the evals of a run."""
    rows = []
    for k, eval_name in enumerate(getattr(study, "EVALS", ("eval",))):
        with open(os.path.join(folder, f"{eval_name}.csv"), newline="") as f:
            where = {"cell": f"{cell}.{eval_name}" if k else cell, "seed": seed}
            rows += [{**where, **{name: float(v) for name, v in r.items()}} for r in csv.DictReader(f)]
    return rows


def run(study, name, cell, seed, args):
    if args.run:
        Results(name).replace(cell, seed, rows_of(study, cell, seed, args.run))
        return
    out = tempfile.mkdtemp()
    command = [args.ordo, "train", str(ROOT / "models" / study.SPEC), "--out", out, "--quiet", "--log-every", "1000"]
    command += [f"--seed={seed}"] + [f"-D{k}={v}" for k, v in study.CELLS[cell].items()]
    if args.threads:
        command += ["--threads", str(args.threads)]
    try:
        subprocess.run(command, check=True, stdout=sys.stderr)
        rows = rows_of(study, cell, seed, out)
    finally:
        shutil.rmtree(out)
    if not rows:
        raise SystemExit(f"{name}: {cell}, seed {seed}: the run left no evaluations")
    Results(name).replace(cell, seed, rows)


def plot(study, name, ordo):
    """The picture of a study by 'ordo plot', as text for the page."""
    options = study.PLOT
    r, metric, seed = Results(name), options["metric"], options.get("seed", 1)
    cells = [c for c in options.get("cells", study.CELLS) if seed in r.seeds(c)]
    if not cells:
        return ""
    command = [ordo, "plot", f"--metric={metric}", f"--output={RESULTS / name}.svg", "--width=560", "--height=320"]
    command += [f"--log={options['log']}"] if "log" in options else []
    with tempfile.TemporaryDirectory() as folder:
        for c in cells:
            run_folder = pathlib.Path(folder) / c
            run_folder.mkdir()
            rows = [x for x in r.rows if (x["cell"], x["seed"]) == (c, seed)]
            lines = [json.dumps({"step": int(x["step"]), "section": "eval", metric: x[metric]}) for x in rows]
            (run_folder / "metrics.jsonl").write_text("\n".join(lines) + "\n")
            command += [str(run_folder), f"--name={options.get('names', {}).get(c, c)}"]
        subprocess.run(command, check=True)
    return f"\n![{metric}: curves of seed {seed}]({name}.svg)\n"


def write_page(study, name, ordo):
    text = study.page(Results(name)).strip() + "\n"
    if hasattr(study, "PLOT"):
        text += plot(study, name, ordo)
    text += f"\nMade by `bench/study.py {name}` from `docs/results/{name}.csv` and `models/{study.SPEC}`.\n"
    (RESULTS / f"{name}.md").write_text(text)


def main():
    sys.modules["study"] = sys.modules[__name__]
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("name", nargs="?")
    p.add_argument("--cell")
    p.add_argument("--seed", type=int)
    p.add_argument("--page", action="store_true")
    p.add_argument("--run")
    p.add_argument("--again", action="store_true")
    p.add_argument("--threads", type=int)
    p.add_argument("--ordo", default=os.environ.get("ORDO", str(ROOT / "build" / "ordo")))
    args = p.parse_args()
    if not args.name:
        for path in sorted((ROOT / "bench" / "studies").glob("*.py")):
            study = load(path.stem)
            print(f"{path.stem}: {study.SPEC}, {len(runs(study))} runs of {', '.join(study.CELLS)}")
        return
    study = load(args.name)
    if not args.page:
        for cell, seed in runs(study):
            wanted = args.cell in (None, cell) and args.seed in (None, seed)
            if wanted and (args.again or args.run or not Results(args.name).has(cell, seed)):
                print(f"{args.name}: {cell}, seed {seed}", file=sys.stderr)
                run(study, args.name, cell, seed, args)
    if args.page or not (args.cell or args.seed):
        write_page(study, args.name, args.ordo)


if __name__ == "__main__":
    main()
