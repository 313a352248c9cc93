#!/usr/bin/env python3
"""Every rewrite rule of the table proved, and rules that are wrong noticed.

usage: ORDO=path  tests/rules_proved.py [--table FILE]

Wrong rules get a counterexample, with the solver z3 and without it; none with a law about a function is proved with 1 added. Of the table no rule may be wrong. --table asks the solver about
all of them and writes the Markdown page; without it special values have to do."""
import collections
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ORDO = os.path.realpath(os.environ.get("ORDO", ROOT / "build/ordo"))
WRONG = [  # rule, grade
    ("a - b => b - a", "exact"), ("a + 0 => a", "exact"), ("a * 0 => 0", "exact"), ("a - a => 0", "exact"),
    ("max(-a, -b) => -min(a, b)", "rounds"), ("a / b * b => a", "rounds"), ("sqrt(a * a) => a", "fast"), ("abs(a) => a", "fast"),
    ("exp(a) * exp(b) => exp(a * b)", "fast"), ("log(exp(a)) => a + 1", "fast"), ("floor(-a) => -floor(a)", "fast"),
    ("where(a, b, c) => where(a, c, b)", "exact"), ("or(a, and(a, b)) => b", "exact"), ("not(a < b) => a >= b", "exact"),
    ("pow(a, 3) => a * a", "fast"), ("a * 1e-18 => a * 0", "exact"), ("a < a => true", "exact"), ("max(a, b) => a", "exact"), ("c0 / (c1 / a) => (c0 * c1) / a", "fast"),
]


def run(*arguments, path=None):
    env = dict(os.environ)
    if path is not None:
        env["PATH"] = path
    out = subprocess.run([ORDO, "rules", "--prove", *arguments], capture_output=True, text=True, env=env)
    if out.returncode not in (0, 1):
        sys.exit(f"exit code {out.returncode}: {out.stderr}")
    return out.stdout


def check_wrong(path):
    failed = 0
    for rule, grade in WRONG:
        said = json.loads(run(rule, f"--grade={grade}", "--json", "--seconds=2", path=path))
        if said[0]["verdict"] != "wrong":
            print(f"not noticed {'with the solver' if path is None else 'without it'}: {rule} ({grade}): {said[0]}")
            failed += 1
    return failed


def check_vacuous(path):
    """Rules whose right side is made larger by 1: were one proved, what the solver is told would contradict itself."""
    failed = tried = 0
    rules = [rule for rule in json.loads(run("--json", "--seconds=1", path="/nonexistent")) if rule["domains"]]
    texts = [" " + rule["rule"].replace("=>", "=> 1 + (") + ")" for rule in rules
             if re.search(r"exp|log|sqrt|pow|cos|sigmoid", rule["rule"])]
    for rule in json.loads(run(*texts, "--grade=fast", "--json", "--seconds=1", path=path)):
        tried += 1
        if rule["verdict"] == "proved":
            print(f"contradiction: {rule['rule']} is proved")
            failed += 1
    print(f"{tried} rules made larger by 1, {failed} proved")
    return failed + (tried < 30)


def check_counted():
    """Tuples that the condition refuses are not tried: 18 values of a with 1, -1, 0.5 and 2, the powers of two among them."""
    said = json.loads(run("div_pow2", "--json", path="/nonexistent"))[0]["domains"][0]["text"]
    if said != "72 tuples of values; there is no solver":
        print(f"div_pow2: {said}")
        return 1
    return 0


def page(rules):
    count = collections.Counter((rule["verdict"]) for rule in rules)
    texts = [rule for rule in rules if rule["domains"]]
    by_domain = collections.Counter((a["domain"], a["verdict"]) for rule in rules for a in rule["domains"])
    lines = ["# The rules, proved", "",
             "Made by `python3 tests/rules_proved.py --table docs/results/rules.md` from `ordo rules --prove`, which says what it means",
             "([proofs](../proofs.md#rewrite-rules)). The solver is Z3 4.8.12.", "",
             f"{len(rules)} rules, {len(texts)} of them as text: {count['proved']} proved, {count['by cases']} by cases, "
             f"{count['wrong']} wrong; {count['unproved']} functions in C are not asked.", "",
             "| domain | proved | by cases | wrong |", "|---|---:|---:|---:|"]
    for domain in ("bool", "any", "i32", "f32", "f64", "reals", "class"):
        lines.append("| " + " | ".join([domain] + [str(by_domain[domain, v]) for v in ("proved", "by cases", "wrong")]) + " |")
    lines += ["", "| rule | grade | rewrites | verdict | by domain |", "|---|---|---|---|---|"]
    for rule in texts:
        told = "; ".join(f"{a['domain']}: {a['verdict']}" + (f" ({a['text']})" if a["text"] else "") for a in rule["domains"])
        lines.append(f"| {rule['name']} | {rule['grade']} | `{rule['rule']}` | {rule['verdict']} | {told} |")
    return "\n".join(lines) + "\n"


def main(arguments):
    table = arguments[arguments.index("--table") + 1] if "--table" in arguments else None
    solver = subprocess.run("command -v z3", shell=True, capture_output=True).returncode == 0
    failed = 0 if table else check_wrong("/nonexistent") + (check_wrong(None) if solver else 0)
    failed += check_vacuous(None) if solver and not table else 0
    failed += check_counted()
    effort = ["--seconds=2"] if table else ["--seconds=1"]
    rules = json.loads(run("--json", *effort) if solver and table else run("--json", *effort, path="/nonexistent"))
    wrong = [rule["name"] for rule in rules if rule["verdict"] == "wrong"]
    print(f"{0 if table else len(WRONG)} wrong rules, {failed} not noticed; {len(rules)} of the table, wrong: {wrong or 'none'}"
          + ("" if solver else "; z3 is not there"))
    if table:
        pathlib.Path(table).write_text(page(rules))
    return 1 if failed or wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
