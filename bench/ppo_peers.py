#!/usr/bin/env python3
"""PPO iterations per second and peak memory: 'ordo train models/reward/gate.ordo ppo' against the same algorithm in PyTorch.

usage: ppo_peers.py ORDO [PYTHON] [ROUNDS] [ITERATIONS] [D] [L]

The two take turns, so that both see the same machine; one thread each. Times are of the iterations alone: without start,
compilation and (PyTorch) the first iteration. Processor time is that of the thread, which a busy machine changes less; Ordo's is
that of a run minus that of a run of no iterations. Reported are medians of the rounds and their ratios. PYTHON has torch and
safetensors.
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
    """Output, peak memory in KiB and processor time of a command."""
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
    ordo, python, rounds, iterations, d, layers = (sys.argv[1:] + ["build/ordo", "python3", "5", "20", "64", "2"][len(sys.argv) - 1:])
    seconds, memory, cpu = ({"ordo": [], "torch": []} for _ in range(3))
    with tempfile.TemporaryDirectory() as folder:
        def train(program, steps, *more):
            return [ordo, "train", SPEC, program, "--steps", str(steps), "--out", f"{folder}/{program}", "--threads", "1", "--quiet",
                    "--json", "-D", f"D={d}", "-D", f"L={layers}", "-D", f'SFT="{folder}/sft/checkpoint.safetensors"', *more]
        measured(train("sft", 0))
        measured(train("seq2seq", 0))
        model = ("-D", f'RM="{folder}/seq2seq/checkpoint.safetensors"')
        measured(train("ppo", 0, *model))  # what is compiled is kept on disk
        for _ in range(int(rounds)):
            _, _, before = measured(train("ppo", 0, *model))
            out, peak, after = measured(train("ppo", iterations, *model))
            cpu["ordo"].append((after - before) / int(iterations))
            seconds["ordo"].append(json.loads(out)["seconds_per_step"])
            memory["ordo"].append(peak)
            out, peak, _ = measured([python, str(ROOT / "bench" / "peers" / "ppo_torch.py"), iterations, d, layers])
            seconds["torch"].append(statistics.mean(json.loads(out)["seconds"]))
            cpu["torch"].append(statistics.mean(json.loads(out)["cpu"]))
            memory["torch"].append(peak)
    s = {n: statistics.median(v) for n, v in seconds.items()}
    m = {n: statistics.median(v) for n, v in memory.items()}
    for n in s:
        print(f"{n:6} {1 / s[n]:8.2f} iterations/s   {1e3 * s[n]:8.1f} ms (rounds: {', '.join(f'{1e3 * x:.0f}' for x in seconds[n])})   "
              f"processor {1e3 * statistics.median(cpu[n]):.0f} ms   peak {m[n] / 1024:.0f} MiB")
    pairs = [b / a for a, b in zip(seconds["ordo"], seconds["torch"])]
    print(f"PyTorch takes {statistics.median(pairs):.2f} times as long (rounds: {', '.join(f'{p:.2f}' for p in pairs)}), "
          f"{statistics.median(b / a for a, b in zip(cpu['ordo'], cpu['torch'])):.2f} times the processor time, "
          f"{m['torch'] / m['ordo']:.2f} times the memory")


if __name__ == "__main__":
    main()
