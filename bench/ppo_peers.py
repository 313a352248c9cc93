#!/usr/bin/env python3
"""PPO iterations per second and peak memory: 'ordo train models/reward/gate.ordo ppo' against the same algorithm in PyTorch.

  ppo_peers.py --ordo build/release/ordo --python python3            one and two threads, some minutes

First both compute one rollout and its losses from the same weights and must agree. Then they take turns, so that both see the same
machine. Times are of the iterations alone: without start, compilation and (PyTorch) the first iteration. Processor time is that of
the process, which a busy machine changes less; Ordo's is that of a run minus that of a run of no iterations. Reported are medians of
the rounds and their ratios. PYTHON has torch and safetensors.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SPEC = str(ROOT / "models" / "reward" / "gate.ordo")
PEER = str(ROOT / "bench" / "peers" / "ppo_torch.py")


def measured(command):
    """Output, peak memory in KiB and processor time in seconds of a command."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(write, 1)
        os.close(read)
        os.execvp(command[0], command)
    os.close(write)
    text = os.fdopen(read).read()
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit("failed: " + " ".join(command))
    return text, usage.ru_maxrss, usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ordo", default="build/ordo")
    parser.add_argument("--python", default="python3")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--iterations", type=int, default=20)
    parser.add_argument("--threads", default="1,2", type=lambda s: [int(x) for x in s.split(",")])
    parser.add_argument("-D", dest="d", type=int, default=64, help="width of the models")
    parser.add_argument("-L", dest="layers", type=int, default=2)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepare(args, folder)
        for threads in args.threads:
            compare(args, folder, threads)


def train(args, folder, program, steps, threads=1):
    line = [args.ordo, "train", SPEC, program, "--steps", str(steps), "--out", f"{folder}/{program}", "--threads", str(threads), "--quiet", "--json"]
    constants = [f"D={args.d}", f"L={args.layers}", f'SFT="{folder}/sft/checkpoint.safetensors"', f'RM="{folder}/seq2seq/checkpoint.safetensors"']
    for c in constants:
        line += ["-D", c]
    return line


def prepare(args, folder):
    """A policy that can end its responses, a reward model, and the check that both compute the same."""
    measured(train(args, folder, "sft", 100))
    measured(train(args, folder, "seq2seq", 50))
    measured(train(args, folder, "ppo", 3))
    numbers, _, _ = measured([args.ordo, "run", str(ROOT / "bench" / "parity" / "ppo.ordo"), "Rollout.numbers", "--weights",
                              f"{folder}/ppo/checkpoint.safetensors", "--json", "-D", f"D={args.d}", "-D", f"L={args.layers}"])
    with open(f"{folder}/numbers.json", "w") as f:
        f.write(numbers)
    print(measured([args.python, PEER, "--check", f"{folder}/ppo/checkpoint.safetensors", f"{folder}/numbers.json"])[0], end="", flush=True)


def compare(args, folder, threads):
    seconds, memory, cpu = ({"ordo": [], "torch": []} for _ in range(3))
    for _ in range(args.rounds):
        _, _, before = measured(train(args, folder, "ppo", 0, threads))
        out, peak, after = measured(train(args, folder, "ppo", args.iterations, threads))
        cpu["ordo"].append((after - before) / args.iterations)
        seconds["ordo"].append(json.loads(out)["seconds_per_step"])
        memory["ordo"].append(peak)
        out, peak, _ = measured([args.python, PEER, str(args.iterations), str(args.d), str(args.layers), str(threads)])
        seconds["torch"].append(statistics.mean(json.loads(out)["seconds"]))
        cpu["torch"].append(statistics.mean(json.loads(out)["cpu"]))
        memory["torch"].append(peak)
    print(f"{threads} thread{'s' if threads > 1 else ''}, D = {args.d}, L = {args.layers}")
    m = {n: statistics.median(v) for n, v in memory.items()}
    for n in seconds:
        s = statistics.median(seconds[n])
        print(f"  {n:6} {1 / s:8.2f} iterations/s   {1e3 * s:8.1f} ms (rounds: {', '.join(f'{1e3 * x:.0f}' for x in seconds[n])})   "
              f"processor {1e3 * statistics.median(cpu[n]):.0f} ms (rounds: {', '.join(f'{1e3 * x:.0f}' for x in cpu[n])})   peak {m[n] / 1024:.0f} MiB")
    pairs = [b / a for a, b in zip(seconds["ordo"], seconds["torch"])]
    print(f"  PyTorch takes {statistics.median(pairs):.2f} times as long (rounds: {', '.join(f'{p:.2f}' for p in pairs)}), "
          f"{statistics.median(b / a for a, b in zip(cpu['ordo'], cpu['torch'])):.2f} times the processor time, "
          f"{m['torch'] / m['ordo']:.2f} times the memory", flush=True)


if __name__ == "__main__":
    main()
