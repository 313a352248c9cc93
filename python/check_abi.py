#!/usr/bin/env python3
"""What an extension module uses of Python: whether all of it is in the stable ABI of Python 3.11.

The list is what <Python.h> declares for Py_LIMITED_API = 0x030b0000: nothing else is promised to be there in later versions.
usage: check_abi.py MODULE.abi3.so [INCLUDE-FOLDER]     CC: the C compiler
"""

import os
import re
import subprocess
import sys
import sysconfig


def limited_api(include):
    """Names of functions and objects."""
    text = "#define Py_LIMITED_API 0x030b0000\n#include <Python.h>\n"
    names = set()
    for clean in ("", "#define PY_SSIZE_T_CLEAN\n"):  # renames functions whose lengths are of two types
        command = [os.environ.get("CC", "cc"), "-E", "-P", "-I", include, "-"]
        declared = subprocess.run(command, input=clean + text, capture_output=True, text=True, check=True).stdout
        declared = re.sub(r"__attribute__ *\(\(visibility *\(\"default\"\)\)\)", "", declared)
        names |= set(re.findall(r"\b(_?Py\w+) *\(", declared))
        names |= set(re.findall(r"\bextern [^;()]*?\b(_?Py\w+)(?:\[[^\]]*\])? *;", declared))
    return names


def undefined(module):
    lines = subprocess.run(["nm", "-D", "--undefined-only", module], capture_output=True, text=True, check=True).stdout
    names = {line.split()[-1].split("@")[0] for line in lines.splitlines()}
    return {name for name in names if re.match(r"_?Py", name)}


def shown(module):
    lines = subprocess.run(["nm", "-D", "--defined-only", module], capture_output=True, text=True, check=True).stdout
    return {line.split()[-1].split("@")[0] for line in lines.splitlines() if line.split()[-2] in "TDBRVW"}


def main():
    module = sys.argv[1]
    include = sys.argv[2] if len(sys.argv) > 2 else sysconfig.get_paths()["include"]
    known, used = limited_api(include), undefined(module)
    beyond = sorted(used - known)
    visible = sorted(name for name in shown(module) if name not in ("PyInit__ordo", "__bss_start", "_edata", "_end"))
    print(f"{module}: {len(used)} names of Python, {len(known)} in the stable ABI of 3.11")
    for name in beyond:
        print(f"not in the stable ABI: {name}")
    for name in visible:
        print(f"visible from outside: {name}")
    if not used or len(known) < 500:
        print("the lists are not plausible")
    sys.exit(bool(beyond or visible or not used or len(known) < 500))


main()
