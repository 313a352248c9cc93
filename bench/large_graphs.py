#!/usr/bin/env python3
"""How the pipeline grows with a graph: seconds of the processor and memory of 'ordo opt --stop-after=plan', as rows of a table in Markdown.

usage: bench/large_graphs.py ORDO [NODES]...      default: 1000 10000 30000 100000

The graphs are chains of add, mul, sub and tanh in frames of 1,000 and 50 ops; each op reads the one before it and one of the twelve before that.
"""
import os
import pathlib
import subprocess
import sys
import tempfile


def chain(count):
    lines = ['graph &0 "large" {', '  %0: f32[B, 64] = param(index=0) "x"']
    for i in range(1, count):
        op, other = ("add", "mul", "sub", "tanh")[i % 4], max(0, i - 1 - i * 7919 % 12)
        operands = f"%{i - 1}" if op == "tanh" else f"%{i - 1}, %{other}"
        lines.append(f'  %{i}: f32[B, 64] = {op}({operands}) in "block.{i // 1000}.part.{i % 1000 // 50}"')
    return "\n".join(lines + [f'  return %{count - 1} "y"', "}", ""])


def main(ordo, *counts):
    print("| nodes | s | MB |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for count in map(int, counts or ("1000", "10000", "30000", "100000")):
            source = pathlib.Path(folder) / "large.txt"
            source.write_text(chain(count))
            process = subprocess.Popen([ordo, "opt", str(source), "--stop-after=plan", "-o", os.devnull])
            _, status, usage = os.wait4(process.pid, 0)
            if status:
                sys.exit(f"{count} nodes: exit code {os.waitstatus_to_exitcode(status)}")
            print(f"| {count:,} | {usage.ru_utime + usage.ru_stime:.2f} | {usage.ru_maxrss / 1024:,.0f} |", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:]) if len(sys.argv) > 1 else sys.exit(__doc__)
