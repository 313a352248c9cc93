#!/usr/bin/env bash
# A wheel of a module that is built, as pip makes and installs it: its name, what is in it, and that it works alone.
# usage: python/tests/wheel.sh MODULE PYTHON
set -euo pipefail
module=$(realpath "$1") python=$2
root=$(cd "$(dirname "$0")/../.." && pwd)
for needed in setuptools wheel pip venv; do
  "$python" -c "import $needed" 2>/dev/null || { echo "skipped: there is no $needed"; exit 0; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tree"
cp -r "$root"/{pyproject.toml,setup.py,README.md,LICENSE,CMakeLists.txt,python,models} "$work/tree"
cd "$work"
ORDO_PYTHON_MODULE=$module "$python" -m pip wheel -q --no-build-isolation --no-deps --no-index -w wheels ./tree
ls wheels/ordo-*-cp311-abi3-linux_*.whl
"$python" -m venv --system-site-packages venv
venv/bin/pip install -q --no-index --no-deps wheels/*.whl
cd /
env -u PYTHONPATH "$work/venv/bin/python" - <<'EOF'
import importlib.metadata, pathlib, numpy, ordo
here = pathlib.Path(ordo.__file__).parent
assert "venv" in str(here), here
for name in ("py.typed", "__init__.pyi", "torch.pyi", "share/ordo/models/sort.ordo", "share/ordo/models/lib/linear.ordo"):
    assert (here / name).is_file(), name
assert importlib.metadata.version("ordo") == ordo.__version__
m = ordo.load("sort", N=5, P=1)
assert m.net.sorted(numpy.ones((2, 3), numpy.float32)).shape == (2, 3)
print("the wheel works")
EOF
