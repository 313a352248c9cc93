#!/usr/bin/env python3
"""What the explorer's page of training steps costs: written, opened, and each stage shown, as rows of tables in Markdown.
docs/results/pictures.md has them. Needs a browser (tests/explorer/browser.py).

usage: bench/explorer.py ORDO
"""
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/explorer"))
from browser import Browser  # noqa: E402

MODELS = {"sort": ["models/sort.ordo"], "g2p": ["models/g2p.ordo"], "charlm": ["models/charlm.ordo"], "PPO": ["models/reward/gate.ordo", "ppo"]}
STAGE = """((stage) => { const o = ordoExplorer, start = performance.now(); o.setStage(stage); o.paint(); const took = performance.now() - start;
  const c = o.model.changes(stage); return [o.model.stages[stage].name, o.model.at[stage].reduce((n, r) => n + (r >= 0), 0),
  c.gone.length, c.new.length, c.other.length, took]; })"""
FRAMES = """(() => { const o = ordoExplorer, took = []; for (let k = 0; k < 12; k++) {
  const frame = o.view.boxes.find((b) => b.frame && !b.open); if (!frame) break;
  const start = performance.now(); o.toggle(frame.item); o.paint(); took.push(performance.now() - start); } return took; })()"""


def main(ordo):
    folder = pathlib.Path(tempfile.mkdtemp())
    pages, stages = [], []
    with Browser() as browser:
        for name, model in MODELS.items():
            path = folder / f"{name}.html"
            start = time.monotonic()
            subprocess.run([ordo, "show", *model, "-o", str(path)], cwd=ROOT, check=True)
            written = time.monotonic() - start
            opened = min(browser.open(path) for _ in range(3))
            count = browser.js("ordoExplorer.model.stages.length")
            rows = [browser.js(f"{STAGE}({k})") for k in range(count)]
            frames = browser.js("ordoExplorer.setStage(0), " + FRAMES)
            pages.append(f"| {name} | {rows[0][1]:,} | {path.stat().st_size / 1e6:.2f} MB | {written:.1f} | {1e3 * opened:.0f} | {max(frames):.0f} | "
                         f"{max(row[5] for row in rows):.0f} |")
            for k, (stage, values, gone, new, other, took) in enumerate(rows):
                stages.append(f"| {name} | {k} {stage} | {values:,} | {gone or ''} | {new or ''} | {other or ''} | {took:.0f} |")
    print("| step of | values | page | s to write | ms to open | ms to open a frame, slowest | ms to show a stage, slowest |\n|---|---|---|---|---|---|---|")
    print("\n".join(pages))
    print("\n| step of | stage | values | removed | made | changed | ms to show |\n|---|---|---|---|---|---|---|")
    print("\n".join(stages))


main(sys.argv[1])
