#!/usr/bin/env python3
"""PPO iterations per second and peak memory: 'ordo train models/reward/gate.ordo ppo' against the same algorithm in PyTorch.

usage: ppo_peers.py ORDO [PYTHON] [ROUNDS] [ITERATIONS] [D] [L]

The two take turns, so that both see the same machine; one thread each. Times are of the iterations alone: without start,
compilation and the first iteration. Reported are medians of the rounds and their ratios. PYTHON has torch and safetensors.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SPEC = str(ROOT / "models" / "reward" / "gate.ordo")


def measured(command):
    """Output and peak memory in KiB of a command."""
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
    return text, usage.ru_maxrss


def main():
    ordo, python, rounds, iterations, d, layers = (sys.argv[1:] + ["build/ordo", "python3", "5", "20", "64", "2"][len(sys.argv) - 1:])
    seconds, memory = {"ordo": [], "torch": []}, {"ordo": [], "torch": []}
    with tempfile.TemporaryDirectory() as folder:
        def train(program, steps, *more):
            return [ordo, "train", SPEC, program, "--steps", str(steps), "--out", f"{folder}/{program}", "--threads", "1", "--quiet",
                    "--json", "-D", f"D={d}", "-D", f"L={layers}", "-D", f'SFT="{folder}/sft/checkpoint.safetensors"', *more]
        measured(train("sft", 0))
        measured(train("seq2seq", 0))
        for _ in range(int(rounds)):
            out, peak = measured(train("ppo", iterations, "-D", f'RM="{folder}/seq2seq/checkpoint.safetensors"'))
            seconds["ordo"].append(json.loads(out)["seconds_per_step"])
            memory["ordo"].append(peak)
            out, peak = measured([python, str(ROOT / "bench" / "peers" / "ppo_torch.py"), iterations, d, layers])
            seconds["torch"].append(statistics.mean(json.loads(out)["seconds"]))
            memory["torch"].append(peak)
    s = {n: statistics.median(v) for n, v in seconds.items()}
    m = {n: statistics.median(v) for n, v in memory.items()}
    for n in s:
        print(f"{n:6} {1 / s[n]:8.2f} iterations/s   {1e3 * s[n]:8.1f} ms (rounds: {', '.join(f'{1e3 * x:.0f}' for x in seconds[n])})   "
              f"peak {m[n] / 1024:.0f} MiB")
    pairs = [b / a for a, b in zip(seconds["ordo"], seconds["torch"])]
    print(f"PyTorch takes {statistics.median(pairs):.2f} times as long (rounds: {', '.join(f'{p:.2f}' for p in pairs)}), "
          f"{m['torch'] / m['ordo']:.2f} times the memory")


if __name__ == "__main__":
    main()
