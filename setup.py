"""The wheel: CMake builds the extension module (cmake/python.cmake), the library of models goes along with it.

    pip install .

needs what the tree needs (README.md): CMake, a C compiler, LLVM 19, Graphviz, jansson, libzip, zlib, libffi, PCRE2, GLib.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from wheel.bdist_wheel import bdist_wheel

ROOT = pathlib.Path(__file__).resolve().parent
PACKAGES = (
    "gcc libc6-dev cmake ninja-build pkg-config llvm-19-dev libgraphviz-dev libjansson-dev libzip-dev zlib1g-dev libffi-dev "
    "libpcre2-dev libglib2.0-dev librsvg2-2 python3-dev"
)


def version():
    return re.search(r"project\(ordo VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[1]


def stop(reason):
    raise SystemExit(f"\nordo cannot be built: {reason}\nOn Debian 12: apt-get install {PACKAGES}\n")


def run(command, what, log):
    """Keeps what the command says in a file, and shows its end when it fails."""
    with open(log, "w") as file:
        failed = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT).returncode
    if failed:
        told = log.read_text()
        print(told[-6000:])
        missing = re.findall(r"Could NOT find (\w+)|No package '([^']+)' found|Could not find (\w+) using", told)
        names = sorted({name for found in missing for name in found if name})
        stop(f"{what}" + (f"; missing: {', '.join(names)}" if names else ""))


class CMakeBuild(build_ext):
    """One module that serves all Pythons from 3.11 on."""

    def get_ext_filename(self, name):
        return os.path.join(*name.split(".")) + ".abi3.so"

    def build_extension(self, ext):
        target = pathlib.Path(self.get_ext_fullpath(ext.name)).resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        made = os.environ.get("ORDO_PYTHON_MODULE")  # that CMake has built before: for packages and tests
        shutil.copy2(made or self.make(), target)
        self.copy_models(target.parent / "share/ordo/models")

    def make(self):
        """The module, built."""
        for program in ("cmake", "pkg-config"):
            if not shutil.which(program):
                stop(f"there is no {program}")
        if not shutil.which("llvm-config-19"):
            stop("there is no LLVM 19 (llvm-config-19)")
        work = pathlib.Path(self.build_temp).resolve()
        work.mkdir(parents=True, exist_ok=True)
        ninja = ["-G", "Ninja"] if shutil.which("ninja") else []
        configure = ["cmake", "-S", str(ROOT), "-B", str(work), *ninja, "-DCMAKE_BUILD_TYPE=Release", "-DORDO_TESTS=OFF",
                     "-DORDO_PYTHON=ON", f"-DPython3_EXECUTABLE={sys.executable}",
                     # models are beside the module, and nowhere else
                     "-DORDO_MODELS_DIR=", "-DCMAKE_INSTALL_PREFIX=/nonexistent"]
        run(configure, "CMake cannot configure the tree", work / "configure.log")
        jobs = str(os.environ.get("ORDO_BUILD_JOBS") or os.cpu_count() or 1)
        run(["cmake", "--build", str(work), "--target", "ordo_python", "-j", jobs], "the build failed", work / "build.log")
        return work / "python/ordo/_ordo.abi3.so"

    def copy_models(self, folder):
        """Where the library looks for models beside itself (app/models.c)."""
        for file in sorted(ROOT.glob("models/**/*.ordo")):
            to = folder / file.relative_to(ROOT / "models")
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, to)


class Abi3Wheel(bdist_wheel):
    def get_tag(self):
        return ("cp311", "abi3", super().get_tag()[2])


setup(
    version=version(),
    ext_modules=[Extension("ordo._ordo", sources=[], py_limited_api=True)],
    cmdclass={"build_ext": CMakeBuild, "bdist_wheel": Abi3Wheel},
)
