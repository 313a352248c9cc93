#!/usr/bin/env python3
"""Times the training steps of six models for one or two commands, taken in turns in one run.

  bench/steps.py build/release/ordo                       one command
  bench/steps.py OLD/ordo NEW/ordo --rounds 7             two; the ratio is new over old, below 1 is faster
  bench/steps.py build/release/ordo --precision f32 bf16  one command twice

The models are those of this tree or of --models, without dropout: the sorter of models/sort.ordo with 128 and 256 units, the LSTM with attention of
models/g2p.ordo, the Transformer of models/charlm.ordo, the reward model and a PPO iteration of models/reward/gate.ordo. In each round
every command runs every model for --steps steps, one after the other; a round's time is the mean of its steps, and the table has the
median of the rounds, the fastest step of all, and the ratios of both. Compilation and the first step are not counted (a short run comes first).
The models are copied first, and of the dictionary only each 40th line: the evaluation after g2p's last step spells every test word.
On a busy machine only the fastest steps say something. --markdown prints a table for docs/results.
"""
import argparse
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

from report import processor, show

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Name: program, constants, steps of a round as a part of --steps.
WORK = {
    "sort, 128 units": (["sort.ordo", "sort"], ["H=128", "EVERY=1000000"], 1),
    "sort, 256 units": (["sort.ordo", "sort"], ["H=256", "EVERY=1000000"], 0.5),
    "LSTM seq2seq (g2p)": (["g2p.ordo", "g2p"], ["P=0", "EVERY=1000000"], 0.5),
    "Transformer (charlm)": (["charlm.ordo", "charlm"], [], 1),
    "reward model": (["reward/gate.ordo", "seq2seq"], ['SFT="{sft}"'], 1),
    "PPO iteration": (["reward/gate.ordo", "ppo"], ['SFT="{sft}"', 'RM="{rm}"'], 0.2),
}


def train(args, k, program, constants, steps, out):
    models = pathlib.Path(args.models[min(k, len(args.models) - 1)])
    line = [args.ordo[k], "train", str(models / program[0]), program[1], "--steps", str(steps), "--threads", str(args.threads), "--out", out, "--quiet",
            "--json", "--log-every", "1000000", "--checkpoint-every", "0"]
    if args.precision:
        line += ["--precision", args.precision[min(k, len(args.precision) - 1)]]
    for c in constants:
        line += ["-D", c]
    r = subprocess.run(line, capture_output=True, text=True)
    if r.returncode:
        sys.exit(f"{' '.join(line)}: {r.stderr}")
    return json.loads(r.stdout)


def copy_models(models, folder):
    shutil.copytree(models, folder)
    for words in ("cmudict.tsv", "cmudict_words.tsv"):
        path = pathlib.Path(folder) / "data" / words
        path.write_text("".join(path.read_text().splitlines(keepends=True)[::40]))


def measure(args, folder):
    times = {name: [([], []) for _ in args.ordo] for name in WORK}
    files = {"sft": f"{folder}/sft/checkpoint.safetensors", "rm": f"{folder}/rm/checkpoint.safetensors"}
    train(args, 0, ["reward/gate.ordo", "sft"], [], 30, f"{folder}/sft")
    train(args, 0, ["reward/gate.ordo", "seq2seq"], [f'SFT="{files["sft"]}"'], 5, f"{folder}/rm")
    for number in range(args.rounds + 1):
        for name, (program, constants, part) in WORK.items():
            given = [c.format(**files) for c in constants]
            # the first round only compiles; odd rounds go the other way round
            for k in list(range(len(args.ordo)))[:: 1 if number % 2 else -1]:
                steps = max(3, round(args.steps * part)) if number else 1
                r = train(args, k, program, given, steps, f"{folder}/run{k}")
                if number:
                    times[name][k][0].append(1e3 * r["seconds_per_step"])
                    times[name][k][1].append(1e3 * r["fastest_step"])
        print(f"round {number} of {args.rounds}", file=sys.stderr, flush=True)
    return times


def table(times, two):
    rows = []
    for name, of in times.items():
        median, fast = [statistics.median(m) for m, _ in of], [min(f) for _, f in of]
        cells = [name] + [f"{m:.2f} ({f:.2f})" for m, f in zip(median, fast)]
        rows.append(cells + ([f"{median[1] / median[0]:.3f} ({fast[1] / fast[0]:.3f})"] if two else []))
    return [["step", "ms"] if not two else ["step", "ms, first", "ms, second", "second / first"]] + rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ordo", nargs="+", help="one or two commands")
    parser.add_argument("--models", nargs="+", default=[str(ROOT / "models")], help="folder of the models, one for each command or one for all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=20, help="steps of a round; fewer for the larger models")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--precision", nargs="+", help="f32 or bf16, one for each command or one for all; two for one command: both")
    args = parser.parse_args()
    if args.precision and len(args.ordo) == 1:
        args.ordo *= len(args.precision)
    if len(args.ordo) > 2:
        parser.error("one or two commands")
    with tempfile.TemporaryDirectory() as folder:
        for k, models in enumerate(args.models):
            copy_models(models, f"{folder}/models{k}")
        args.models = [f"{folder}/models{k}" for k in range(len(args.models))]
        times = measure(args, folder)
    print(f"{processor()}, {args.threads} thread{'s' if args.threads > 1 else ''}, {args.rounds} rounds: median of the rounds (fastest step), ms")
    show(table(times, len(args.ordo) == 2), args.markdown)


main()
