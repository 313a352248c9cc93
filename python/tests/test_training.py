"""Training programs from Python: rows, weights, stopping, resuming; pictures."""

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
import warnings

import numpy as np
import ordo

from support import TEXT, model


class Training(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.join(folder.name, "run")
        self.m = model(threads=1)

    def test_rows(self):
        rows = list(self.m.train())
        self.assertEqual([(row.section, row.step) for row in rows if row.section == "valid"], [("valid", 4), ("valid", 8), ("valid", 10)])
        self.assertEqual([row.step for row in rows if row.section == "train"], list(range(1, 11)))
        self.assertEqual(list(rows[0]), ["loss"])
        self.assertLess(rows[-2]["loss"], rows[0]["loss"])
        self.assertRegex(repr(rows[0]), "^<step 1 train: loss ")

    def test_every_so_often(self):
        self.assertEqual([row.step for row in self.m.train(log_every=4) if row.section == "train"], [4, 8, 10])

    def test_run(self):
        last = self.m.train(steps=7).run()
        self.assertEqual((last["train"].step, last["valid"].step), (7, 7))

    def test_weights_afterwards(self):
        before = self.m.net  # made before; 'Line' is another one
        before([1.0])
        self.m.Line([1.0])
        self.m.train(steps=50).run()
        w = before([1.0])[0]
        self.assertLess(abs(w - 3), 1)
        self.assertEqual(self.m.Line([1.0])[0], 0)
        self.m.draw_weights(0)
        self.assertEqual(before([1.0])[0], 0)

    def test_checkpoint(self):
        self.m.train(out=self.folder).run()
        w = self.m.net([1.0])[0]
        checkpoint = self.folder + "/checkpoint.safetensors"
        self.assertEqual(model(weights=checkpoint).net([1.0])[0], w)
        other = model()
        other.net([1.0])
        other.read_weights(checkpoint)
        self.assertEqual(other.net([1.0])[0], w)
        self.assertTrue(os.path.exists(self.folder + "/metrics.jsonl"))

    def test_break_and_resume(self):
        whole = [row["loss"] for row in self.m.train() if row.section == "train"]
        for row in self.m.train(out=self.folder):
            if row.step == 5:
                break
        self.assertTrue(os.path.exists(self.folder + "/checkpoint.safetensors"))
        rest = [row["loss"] for row in self.m.train(out=self.folder, resume=True) if row.section == "train"]
        self.assertEqual(rest, whole[5:])

    def test_with(self):
        with self.m.train(out=self.folder) as training:
            next(training)
        self.assertEqual(list(training), [])
        training.close()

    def test_forgotten(self):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            self.m.train()
        self.assertIn("nobody iterated", str(told[0].message))

    def test_wrong(self):
        with self.assertRaisesRegex(ordo.Error, "nothing"):
            self.m.train("nothing")
        with self.assertRaises(ValueError):
            self.m.train(steps=0)
        with self.assertRaisesRegex(ordo.Error, "another run"):
            first = self.m.train(out=self.folder)
            next(first)
            self.m.train(out=self.folder)
        first.close()

    def test_other_things_meanwhile(self):
        for row in self.m.train(steps=5):
            self.assertEqual(self.m.single(row.step, 1), row.step**2)

    def interrupted(self, body):
        """Runs a program that trains for very long, interrupts it as Ctrl-C does; gives what it printed."""
        script = f"import ordo, time\nm = ordo.loads({TEXT!r}, threads=1)\n" + textwrap.dedent(body).replace("FOLDER", repr(self.folder))
        process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        process.stdout.readline()
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        return out, err

    def resumes(self):
        step = next(self.m.train(out=self.folder, steps=10**9, resume=True)).step
        self.assertGreater(step, 1)
        return step

    def test_interrupt(self):
        out, err = self.interrupted("""
            try:
                print("go", flush=True)
                for row in m.train(out=FOLDER, steps=10**9, log_every=10**9):
                    if row.section == "train":
                        print(row)
            except KeyboardInterrupt:
                print("interrupted")
            """)
        self.assertEqual(out, "interrupted\n", err)
        self.resumes()

    def test_interrupt_outside(self):
        """Ctrl-C while the loop's own body runs, and nobody catches it."""
        out, err = self.interrupted("""
            for row in m.train(out=FOLDER, steps=10**9, log_every=5):
                print(row.step, flush=True)
                time.sleep(0.05)
            """)
        self.assertIn("KeyboardInterrupt", err)
        last = int(out.split()[-1]) if out.split() else 5
        self.assertGreaterEqual(self.resumes(), last)


class Pictures(unittest.TestCase):
    def test_graph(self):
        m = model(threads=1)
        graph = m.graph("Net")
        self.assertIn("<svg", graph._repr_svg_())
        self.assertIn("tanh", graph.dot)
        self.assertTrue(m.Net.graph(after="fuse").text.startswith("graph"))
        self.assertIn("kernel", m.graph("fit", after="fuse").text)
        with tempfile.TemporaryDirectory() as folder:
            graph.save(folder + "/net.png")
            with open(folder + "/net.png", "rb") as file:
                self.assertEqual(file.read(4), b"\x89PNG")
        with self.assertRaisesRegex(ordo.Error, "no pass 'nothing'"):
            m.graph("Net", after="nothing").svg
        with self.assertRaises(ordo.Error):
            graph.render("gif")


if __name__ == "__main__":
    unittest.main()
