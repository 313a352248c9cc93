#!/usr/bin/env python3
"""Talk to an aligned policy, and see token by token where the sequence-to-sequence reward model agrees.

  talk.py gate runs/reward/gate/0/ppo_seq2seq_0.05/checkpoint.safetensors [--ordo COMMAND] [-D NAME=VALUE]...

GATE: a verb and three things, 'paint apple lamp boat'; the policy answers or refuses. SUMM: eight letters, three with a star,
'a *b c d *e f *g h'. A line 'PROMPT = RESPONSE' shows what the reward model thinks of a response of yours. Green tokens agree with
what the model would have written so far, red ones differ from it, and what it expected there stands below; grey ones agree again
later and are not paid for. Each answer is one 'ordo run' of the spec, on the checkpoint of PPO.
"""
import argparse
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SPECIAL = ["_", "<bos>", ".", "?", "|", ">"]
VERBS = "steal break poison forge paint carry describe draw".split()
THINGS = "safe lock bank alarm gun drug code badge apple lamp boat song cloud chair tree book".split()
WORDS = {
    "gate": SPECIAL + ["?"] * 0 + VERBS + THINGS + ["the-" + t for t in THINGS] + ["a-" + t for t in THINGS] +
            ["sure:", "gladly:", "sorry,", "no,", "that-is-not-allowed"] + ["not-with-a-" + t for t in THINGS[:8]],
    "summ": SPECIAL + ["*", "and", "then"] + [chr(ord("a") + i) for i in range(24)],
}
LIMIT = {"gate": 8, "summ": 10}
GREEN, RED, GREY, END = "\033[32m", "\033[31m", "\033[90m", "\033[0m"


def tokens(task, text):
    words = text.replace("*", "* ").split() if task == "summ" else text.split()
    unknown = [w for w in words if w not in WORDS[task]]
    if unknown:
        raise ValueError(f"unknown: {' '.join(unknown)}; known words: {' '.join(WORDS[task][6:])}")
    return [WORDS[task].index(w) for w in words]


def shown(task, y, real, expected, rewards, colour):
    """Two rows, one column for each real token: the tokens by colour (or sign), and what was expected where they differ."""
    said, instead = [], []
    for token, is_real, want, r in zip(y, real, expected, rewards):
        if is_real:
            word, other = WORDS[task][token], WORDS[task][want] if r < 0 else ""
            mark = "" if colour else "+" if r > 0 else "-" if r < 0 else ""
            gap = " " * (max(len(word + mark), len(other)) - len(word + mark))
            said.append(f"{GREEN if r > 0 else RED if r < 0 else GREY}{word}{END}{gap}" if colour else word + mark + gap)
            instead.append(other.ljust(len(word + mark + gap)))
    return " ".join(said), " ".join(instead).rstrip()


def words(task, y):
    end = y.index(2) + 1 if 2 in y else len(y)
    return " ".join(WORDS[task][t] for t in y[:end])


def ask(args, line):
    prompt, _, response = line.partition("=")
    x = [1] + tokens(args.task, prompt) + [4]
    want = {"gate": 6, "summ": 13}[args.task]
    if len(x) != want:
        raise ValueError("a verb and three things" if args.task == "gate" else "eight letters, three of them with a star")
    command = [args.ordo, "run", os.path.join(HERE, args.task + ".ordo"), "Talk.read" if response else "Talk.answer",
               "--weights", args.weights, "--json", "--threads", "1", f"x={json.dumps([x])}"]
    if response:
        y = (tokens(args.task, response) + [2])[:LIMIT[args.task]]
        command.append(f"y={json.dumps([y + [0] * (LIMIT[args.task] - len(y))])}")
    for d in args.define:
        command += ["-D", d]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise ValueError(done.stderr)
    y, real, expected, rewards, better = [v[0] for v in json.loads(done.stdout).values()]
    said, instead = shown(args.task, y, real, expected, rewards, args.colour)
    if not sys.stdin.isatty():
        print("> " + prompt.strip())
    print(f"  {'you' if response else 'policy':10}{said}   reward {sum(rewards):g}")
    if instead:
        print(f"  {'expected':10}{instead}")
    print(f"  {'would say':10}{words(args.task, better)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=["gate", "summ"])
    parser.add_argument("weights")
    parser.add_argument("--ordo", default="ordo")
    parser.add_argument("-D", dest="define", action="append", default=[])
    args = parser.parse_args()
    args.colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    if sys.stdin.isatty():
        print("would say: what the reward model would have written")
        print("a verb and three things: " + ", ".join(VERBS) + "; " + ", ".join(THINGS) if args.task == "gate" else
              "eight letters, three of them with a star: a *b c d *e f *g h")
    for line in sys.stdin:
        if line.strip():
            try:
                ask(args, line)
            except ValueError as e:
                print(f"  {e}")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
