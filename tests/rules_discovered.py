#!/usr/bin/env python3
"""Rules that are taken out of the table are found again, wrong ones are refused, conditions are the weakest.

usage: ORDO=path  tests/rules_discovered.py

What has to be proved needs the solver z3; without it rows are right by cases, and the rest is tried all the same."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ORDO = os.path.realpath(os.environ.get("ORDO", ROOT / "build/ordo"))
LOGIC = ["--ops=and,or,not", "--leaves=y,g,true,false"]
TAKEN = [  # rules that are taken out, how they are searched for, the row that has to come back: left, right, grade, condition
    ("absorb_and", LOGIC, "and(a, or(a, b))", "a", "exact", None),
    ("or_twice", LOGIC, "or(a, or(a, b))", "or(a, b)", "exact", None),
    ("abs_square", ["--ops=mul,abs", "--leaves=a", "--grade=exact"], "abs(a * a)", "a * a", "exact", "if_float"),
    ("sqrt_square", ["--ops=mul,abs,sqrt", "--leaves=a"], "sqrt(a * a)", "abs(a)", "rounds", None),
    ("mul_zero,mul_zero_fast", ["--ops=mul", "--leaves=a,0", "--size=1"], "a * 0", "0", "rounds", "if_finite"),
    ("exp_log,exp_log_fast", ["--ops=exp,log", "--leaves=a,b"], "exp(log(a))", "a", "rounds", "if_not_negative"),
    ("log_exp", ["--ops=exp,log", "--leaves=a,b"], "log(exp(a))", "a", "fast", None),
    ("max_twice", ["--ops=max", "--leaves=a,b"], "max(a, max(a, b))", "max(a, b)", "rounds", None),
]
REFUSED = [  # rule, the grade that is asked for at least; a weaker one, or a condition, is no answer
    ("a * 0 => 0", "exact"), ("(a + b) - b => a", "rounds"), ("a / b * b => a", "rounds"), ("log(exp(a)) => a", "rounds"),
    ("a - b => b - a", "fast"), ("max(a, b) => a", "fast"), ("sqrt(a * a) => a", "rounds"), ("a >= a => true", "exact"),
]
MENDED = [  # a wrong rule, its grade, a condition that has to be named, one that is stronger than needed
    ("a * 0 => 0", "rounds", "if_finite", "if_finite_nonzero"), ("abs(a) => a", "rounds", "if_not_negative", "if_positive"),
    ("a / a => 1", "rounds", "if_finite_nonzero", "if_positive"), ("a - a => 0", "exact", "if_finite", "if_finite_nonzero"),
    ("not(a < b) => a >= b", "exact", "if_compares_integers", "if_integer"), ("sqrt(a * a) => a", "rounds", "if_not_negative", "if_positive"),
]


def run(*arguments, path=None):
    env = dict(os.environ)
    if path is not None:
        env["PATH"] = path
    out = subprocess.run([ORDO, *arguments], capture_output=True, text=True, env=env)
    if out.returncode not in (0, 1):
        sys.exit(f"{' '.join(arguments)}: exit code {out.returncode}: {out.stderr}")
    return out.stdout


def discover(*arguments, path=None):
    return json.loads(run("discover", "--models=none", "--json", "-q", *arguments, path=path))


def commuted(text):
    """Operands of a commutative op may stand in either order."""
    return "".join(sorted(text.replace(" ", "")))


def has(rows, left, right, grade, condition):
    return any(commuted(row["left"]) == commuted(left) and commuted(row["right"]) == commuted(right) and row["grade"] == grade
               and row["condition"] == condition for row in rows)


def check_taken(path, verdicts):
    failed = 0
    for rule, how, left, right, grade, condition in TAKEN:
        off = ",".join("simplify/" + name for name in rule.split(","))
        with_it, without = discover(*how, path=path), discover(*how, f"--disable={off}", path=path)
        rows = [row for row in without["rows"] if row["verdict"] in verdicts]
        if not has(rows, left, right, grade, condition):
            print(f"{rule} is not found again: {[row['row'] for row in without['rows']]}")
            failed += 1
        if has(with_it["rows"], left, right, grade, condition):
            print(f"{rule} is in the table and is found all the same")
            failed += 1
    return failed


def check_refused(path):
    failed = 0
    for rule, grade in REFUSED:
        off = "--disable=simplify/mul_zero,simplify/mul_zero_int,simplify/add_then_sub,simplify/div_then_mul,simplify/log_exp,simplify/ge_self"
        rows = [row for row in discover(rule, f"--grade={grade}", off, path=path)["rows"] if not row["condition"]]
        if rows:
            print(f"{rule} is not {grade} and is taken: {rows[0]['row']}")
            failed += 1
    return failed


def check_mended(path):
    failed = 0
    for rule, grade, condition, stronger in MENDED:
        said = json.loads(run("rules", "--prove", rule, f"--grade={grade}", "--json", "--seconds=1", path=path))[0]
        words = said["mended"].replace(":", " ").replace(",", " ").split()
        if said["verdict"] != "wrong" or condition not in words or stronger in words:
            print(f"{rule} ({grade}): {said['verdict']}, {said['mended']}; not {condition}")
            failed += 1
    return failed


def main():
    solver = shutil.which("z3") is not None
    failed = check_taken("/nonexistent", ("by cases",)) + check_refused("/nonexistent") + check_mended("/nonexistent")
    if solver:
        failed += check_taken(None, ("proved", "by cases")) + check_refused(None) + check_mended(None)
    first, again = discover("--ops=max,neg,abs", "--seed=5"), discover("--ops=max,neg,abs", "--seed=5")
    if first != again:
        print("the same seed finds other rows")
        failed += 1
    print(f"{len(TAKEN)} rules taken out, {len(REFUSED)} wrong ones, {len(MENDED)} mended; {failed} failed"
          + ("" if solver else "; z3 is not there"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
