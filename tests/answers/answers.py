"""Programs whose answers are known, from a formula or by hand: what the scripts of this folder have in common.

Each script has small texts of one kind, neighbours of faults that were found once, and calls its functions in the
interpreter, compiled, and compiled without optimization. ORDO names the command.
"""
import json
import math
import os
import struct
import subprocess
import sys
import tempfile

ORDO = os.path.realpath(os.environ["ORDO"])
FOLDER = tempfile.TemporaryDirectory()
WAYS = (("--interpret",), (), ("--level=0",))
REFUSED = "refused"
CODES = {"E0210", "E0232", "E0701"}  # what refuses a size; a script may name others
wrong = []
tried = 0


def path(name, content=None):
    """A file in the folder of the script, with this content."""
    full = os.path.join(FOLDER.name, name)
    if content is not None:
        with open(full, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
    return full


def ordo(*args, folder=None):
    return subprocess.run([ORDO, *args], cwd=folder or FOLDER.name, capture_output=True, text=True, timeout=600)


def say_wrong(name, got, want):
    wrong.append(name)
    print(f"WRONG {name}: got {str(got)[:400]}, expected {str(want)[:200]}")


def check(name, good, got, want):
    global tried
    tried += 1
    if not good:
        say_wrong(name, got, want)


def flat(value):
    return [y for x in value for y in flat(x)] if isinstance(value, (list, tuple)) else [float(value)]


def near(got, want, rel=1e-5, least=1e-6):
    """Equal but for rounding; zeros, infinities and NaN stand for themselves."""
    got, want = flat(got), flat(want)
    same = lambda a, b: a == b or (math.isnan(a) and math.isnan(b)) or abs(a - b) <= least + rel * abs(b)
    return len(got) == len(want) and all(map(same, got, want))


def refused(result):
    """An error of the text or of the call, and the one that is meant."""
    return result.returncode == 1 and any(f"error[{code}]" in result.stderr for code in CODES)


def call(spec, function, *args, opts=()):
    """The results of a function and what the command said; None if it refused."""
    result = ordo("run", "--threads=1", "--json", "--digits=0", *opts, spec, function, *args)
    if result.returncode:
        return None, result
    values = list(json.loads(result.stdout).values())
    return (values[0] if len(values) == 1 else values), result


def answer(text, args, want, function="f", ways=WAYS, rel=1e-5, least=1e-6):
    """The function of the text gives this, or is refused, whatever way it is run."""
    spec = path("m.ordo", text)
    for way in ways:
        got, result = call(spec, function, *map(str, args), opts=way)
        good = refused(result) if want is REFUSED else got is not None and near(got, want, rel, least)
        check(f"{text}\n  of {', '.join(map(str, args))[:200]} {' '.join(way)}", good,
              result.stderr if got is None else got, want)


def npy(name, dtype, shape, content, fortran=False):
    """A NumPy file; content are its bytes."""
    header = f"{{'descr': {dtype!r}, 'fortran_order': {fortran}, 'shape': {shape}, }}"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    return path(name, b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode("latin1") + content)


def done():
    print(f"{tried} answers, {len(wrong)} wrong")
    sys.exit(1 if wrong or not tried else 0)
