#!/usr/bin/env python3
"""Reward models on GATE and SUMM: runs all arms and writes docs/results/reward_models.md with its pictures.

  study.py run --ordo build/release/ordo --out runs/reward        what is missing, one run after another
  study.py collect --out runs/reward                              tables of numbers from the runs that are there
  study.py report                                                 the page and its pictures from the tables

--seeds, --kl and --beta (DPO's coefficient) take lists; --set NAME=VALUE gives a constant of the specs anew; --limit SECONDS ends 'run'
before a run that would start later. Needs nothing but Python and the command.
"""
import argparse
import json
import os
import subprocess
import time

import study_data
import study_report

HERE = os.path.dirname(os.path.abspath(__file__))
RESULTS = os.path.normpath(os.path.join(HERE, "..", "..", "docs", "results"))
# name -> (kind of reward, reward model, constants): the arms of PPO
PPO = {
    "scalar": ("scalar", "scalar", []),
    "seq2seq": ("seq2seq", "seq2seq", []),
    "oracle": ("oracle", None, []),
    "no identity": ("seq2seq", "correction", []),
    "positive": ("seq2seq", "seq2seq", ["BETA=0"]),
    "negative": ("seq2seq", "seq2seq", ["ALPHA=0"]),
}
# name -> (program, constants): what needs no reward model, and the reward models
PLAIN = {
    "sft": ("sft", []),
    "scalar": ("scalar", []),
    "seq2seq": ("seq2seq", []),
    "correction": ("seq2seq", ["IDENTITY=0"]),
    "chosen": ("chosen", []),
}
FIRST = ["scalar", "seq2seq", "oracle"]
SIZES = {  # SUMM: to copy takes longer to learn than to answer, and its steps take longer
    "gate": ["D=32", "L=2", "SFT_STEPS=600", "RM_STEPS=1500", "DPO_STEPS=500", "CHOSEN_STEPS=400", "ITERATIONS=80", "BATCH=64"],
    "summ": ["D=32", "L=2", "SFT_STEPS=2000", "RM_STEPS=1000", "DPO_STEPS=300", "CHOSEN_STEPS=400", "ITERATIONS=60", "BATCH=64"],
}



def folder(args, task, seed, name, kl=None):
    leaf = name if kl is None else f"dpo_{kl}" if name == "dpo" else f"ppo_{name}_{kl}"
    return os.path.join(args.out, task, str(seed), leaf.replace(" ", "_"))


def checkpoint(args, task, seed, name):
    return os.path.join(folder(args, task, seed, name), "checkpoint.safetensors")


def jobs(args):
    """All runs in an order in which what is needed comes first, and the main arms of all seeds before the ablations."""
    for ablations in (False,) if args.main else (False, True):
        for seed in args.seeds:
            for task in args.tasks:
                for name in (["correction"] if ablations else ["sft", "scalar", "seq2seq"]):
                    yield task, seed, name, None
                for kl in args.kl:
                    for name in PPO:
                        if (name in FIRST) != ablations:
                            yield task, seed, name, kl
                if not ablations:
                    yield task, seed, "chosen", None
                    for beta in args.beta:
                        yield task, seed, "dpo", beta


def sizes(args, task):
    return SIZES[task] + args.set


def command(args, task, seed, name, kl):
    out = folder(args, task, seed, name, kl)
    program, more = PLAIN[name] if kl is None else ("dpo", [f"DPO_BETA={kl}"]) if name == "dpo" else ("ppo", [f"KL_COEF={kl}"])
    constants = sizes(args, task) + more
    if name != "sft" or kl is not None:
        constants.append(f'SFT="{checkpoint(args, task, seed, "sft")}"')
    if program == "ppo":
        kind, model, more = PPO[name]
        constants += more + [f'KIND="{kind}"']
        if model:
            constants.append(f'RM="{checkpoint(args, task, seed, model)}"')
    line = [args.ordo, "train", os.path.join(HERE, task + ".ordo"), program, "--seed", str(seed), "--out", out,
            "--threads", "1", "--quiet", "--log-every", "1", "--json"]
    for c in constants:
        line += ["-D", c]
    return line, out


def judge(args, task, seed, out):
    """Utilities of 512 responses; the same prompts and random numbers for all arms of a seed."""
    line = [args.ordo, "run", os.path.join(HERE, task + ".ordo"), "policy.judge", "--weights",
            os.path.join(out, "checkpoint.safetensors"), "--seed", str(1000 + seed), "--json", "--threads", "1"]
    for c in sizes(args, task):
        line += ["-D", c]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    with open(os.path.join(out, "judged.json"), "w") as f:
        f.write(done.stdout)


def run(args):
    start = time.time()
    for task, seed, name, kl in jobs(args):
        line, out = command(args, task, seed, name, kl)
        judged = kl is not None or name in ("sft", "chosen")
        marker = os.path.join(out, "judged.json" if judged else "result.json")
        if os.path.exists(marker):
            continue
        if args.limit and time.time() - start > args.limit:
            print("limit reached, runs are missing")
            return
        begin = time.time()
        done = subprocess.run(line, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(" ".join(line) + "\n" + done.stderr)
        with open(os.path.join(out, "result.json"), "w") as f:
            f.write(done.stdout)
        if judged:
            judge(args, task, seed, out)
        values = {v["section"] + "." + v["name"]: v["value"] for v in json.loads(done.stdout)["values"]}
        print(f"{task} {seed} {name} {kl if kl is not None else ''}: {time.time() - begin:.0f} s, "
              f"utility {values.get('eval.utility', float('nan')):.3f}, accuracy {values.get('eval.accuracy', float('nan')):.3f}, "
              f"kl {values.get('eval.kl', float('nan')):.2f}", flush=True)
    print("all runs are there")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["run", "collect", "report"])
    parser.add_argument("--ordo", default="build/ordo")
    parser.add_argument("--out", default="runs/reward")
    parser.add_argument("--tasks", default="gate,summ", type=lambda s: s.split(","))
    parser.add_argument("--seeds", default="0,1", type=lambda s: [int(x) for x in s.split(",")])
    parser.add_argument("--kl", default="0.05,0.5", type=lambda s: [float(x) for x in s.split(",")])
    parser.add_argument("--beta", default="0.1,0.5", type=lambda s: [float(x) for x in s.split(",")])
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--limit", type=float)
    parser.add_argument("--main", action="store_true", help="without the ablations")
    parser.add_argument("--page", default=os.path.join(RESULTS, "reward_models.md"))
    parser.add_argument("--tables", default=os.path.join(RESULTS, "reward_models"), help="folder of the tables")
    args = parser.parse_args()
    args.ppo, args.sizes = PPO, {task: sizes(args, task) for task in args.tasks}
    if args.what == "run":
        run(args)
    elif args.what == "collect":
        study_data.collect(args, folder, jobs(args))
    else:
        study_report.write(args, list(jobs(args)))


if __name__ == "__main__":
    main()
