"""Calls: what goes in and comes out, without copies where layouts agree; errors; threads; forks."""

import array
import ctypes
import gc
import multiprocessing
import os
import resource
import sys
import threading
import time
import unittest
import warnings

import numpy as np
import ordo

from support import model


class Capsule:
    """An array that has DLPack alone."""

    def __init__(self, array):
        self.array = array
        self.asked = 0

    def __dlpack__(self):
        self.asked += 1
        return self.array.__dlpack__()

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()


class Versioned(Capsule):
    def __dlpack__(self, *, max_version=None):
        self.version = max_version
        return self.array.__dlpack__(max_version=max_version)


class Calls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.m = model(threads=1)

    def test_numpy(self):
        x = np.arange(5, dtype=np.float32)
        y = self.m.double(x)
        self.assertIsInstance(y, np.ndarray)
        self.assertEqual(y.dtype, np.float32)
        np.testing.assert_array_equal(y, 2 * x)
        y[0] = 7  # results may be written to

    def test_layouts(self):
        whole = np.arange(24, dtype=np.float64).reshape(4, 6)
        for x in (whole, whole.T, whole[::-1, ::2], whole[:, ::-1], whole[1:1], np.asfortranarray(whole)):
            np.testing.assert_array_equal(self.m.wide(x), x.T)

    def test_element_types(self):
        for dtype in "int8 uint8 int16 uint16 int32 uint32 int64 uint64 float16 float32 float64 bool".split():
            x = np.array([0, 1, 1], dtype=dtype)
            np.testing.assert_array_equal(self.m.double(x), [0, 2, 2], dtype)
            n, m = self.m.whole(x, x)
            np.testing.assert_array_equal(n, [1, 2, 2], dtype)
            np.testing.assert_array_equal(m, [True, False, False], dtype)
            self.assertEqual((n.dtype, m.dtype), (np.int32, np.bool_))

    def test_what_does_not_fit(self):
        for x in ([0.5], [2**40], [float("nan")]):
            with self.assertRaisesRegex(ordo.Error, "argument 'n': element 0"):
                self.m.whole(x, [True])
        with self.assertRaisesRegex(ordo.Error, "argument 'm'"):
            self.m.whole([1], [2])
        with self.assertRaisesRegex(ordo.Error, "argument 'x': element 1"):
            self.m.double([1, 1e300])
        for x in (np.array(["a"]), np.array([1j]), np.array([1], dtype=">f4"), np.array([object()])):
            with self.assertRaisesRegex(TypeError, "argument 'x'"):
                self.m.double(x)
        for x in ("text", None, object()):
            with self.assertRaises(TypeError):
                self.m.double(x)

    def test_numbers_and_lists(self):
        self.assertEqual(self.m.single(3, 2), 18)
        self.assertEqual(self.m.single(np.float64(3), 2.5), 22.5)
        np.testing.assert_array_equal(self.m.wide([[1, 2, 3], [4, 5, 6]]), [[1, 4], [2, 5], [3, 6]])
        np.testing.assert_array_equal(self.m.double([]), [])
        np.testing.assert_array_equal(self.m.double([np.float32(1), 2]), [2, 4])
        for x in ([[1], [2, 3]], [1, [2]], [[1], 2]):
            with self.assertRaisesRegex(ValueError, "lists"):
                self.m.wide(x)

    def test_buffers(self):
        for x in (array.array("f", [1, 2]), memoryview(array.array("d", [1, 2])), bytes([1, 2]), (ctypes.c_float * 2)(1, 2)):
            np.testing.assert_array_equal(self.m.double(x), [2, 4])

    def test_dlpack(self):
        x = np.arange(6, dtype=np.float64).reshape(2, 3)
        np.testing.assert_array_equal(self.m.wide(Capsule(x)), x.T)
        np.testing.assert_array_equal(self.m.wide(Capsule(x[:, ::2])), x[:, ::2].T)
        (result,) = self.m["wide"].arrays(x)
        np.testing.assert_array_equal(np.from_dlpack(result), x.T)
        versioned = Versioned(result)
        np.testing.assert_array_equal(self.m.wide(versioned), x)
        self.assertEqual(versioned.version, (1, 0))
        self.assertEqual(result.__dlpack_device__(), (1, 0))
        with self.assertRaises(BufferError):
            result.__dlpack__(dl_device=(2, 0))
        with self.assertRaises(BufferError):
            result.__dlpack__(stream=1)
        copied = np.from_dlpack(Copied(result))
        copied_at = copied.__array_interface__["data"][0]
        self.assertNotEqual(copied_at, np.asarray(result).__array_interface__["data"][0])
        del result, versioned
        np.testing.assert_array_equal(copied, x.T)

    def test_dlpack_is_given_back(self):
        x = np.ones(3, dtype=np.float32)
        before = sys.getrefcount(x)
        for _ in range(10):
            self.m.double(Capsule(x))
        self.assertEqual(sys.getrefcount(x), before)
        (y,) = self.m["double"].arrays(x)
        before = sys.getrefcount(y)
        for version in (None, (1, 0)):
            y.__dlpack__(max_version=version)  # a capsule that nobody takes
        np.from_dlpack(y)
        self.assertEqual(sys.getrefcount(y), before)

    def test_no_copy(self):
        """A result is not copied, and a large argument is not, either: resident memory says so."""
        (y,) = self.m["double"].arrays(np.ones(4, dtype=np.float32))
        self.assertEqual(np.asarray(y).__array_interface__["data"][0], np.from_dlpack(y).__array_interface__["data"][0])
        single = self.m["masked"]
        x = np.ones(1 << 25, dtype=np.float32)
        mask = np.ones(1 << 25, dtype=bool)
        single(x[:4], mask[:4])
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self.assertEqual(single(x, mask), 1 << 25)
        self.assertLess(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, 64 << 10)  # x has 128 MB

    def test_bf16(self):
        (y,) = self.m["half"].arrays([1.5, 2.0])
        self.assertEqual((y.dtype, y.shape, y.tolist()), ("bf16", (2,), [3.0, 4.0]))
        with self.assertRaises(BufferError):
            memoryview(y)
        result = self.m.half([1.5, 2.0])
        self.assertEqual(result.dtype, np.float32)
        np.testing.assert_array_equal(self.m.half(Versioned(y)), [6, 8])

    def test_names(self):
        self.assertEqual(self.m.single(k=2, x=3), 18)
        for args, named, text in (((1,), {}, "2 arguments"), ((1,), {"x": 2}, "twice"), ((), {"x": 1}, "missing"), ((), {"z": 1}, "no parameter")):
            with self.assertRaisesRegex(TypeError, text):
                self.m.single(*args, **named)

    def test_seed(self):
        x = np.ones(4, dtype=np.float32)
        self.assertTrue(self.m.noise.random and not self.m.double.random)
        np.testing.assert_array_equal(self.m.noise(x, seed=3), self.m.noise(x, seed=3))
        self.assertTrue((self.m.noise(x, seed=3) != self.m.noise(x, seed=4)).all())

    def test_errors(self):
        with self.assertRaises(ordo.Error) as caught:
            ordo.loads("fn f(x: f32[N]) -> f32 { y }\n", "bad.ordo")
        e = caught.exception
        self.assertEqual((e.code, e.file, e.line, e.column), ("E0201", "bad.ordo", 1, 26))
        self.assertIn("  1 | fn f(x: f32[N]) -> f32 { y }\n    |                          ^", str(e))
        with self.assertRaisesRegex(ordo.Error, "E0001"):
            ordo.load("/nowhere/model.ordo")
        with self.assertRaisesRegex(ordo.Error, "E0701"):
            self.m.double([[1.0]])
        with self.assertRaisesRegex(ordo.Error, "index"):
            self.m.Net(np.ones((2, 3)), 2)
        with self.assertRaisesRegex(AttributeError, "did you mean double"):
            self.m.doubel
        with self.assertRaisesRegex(ordo.Error, "E0704"):
            self.m["nothing"](1)

    def test_constants(self):
        text = "const N = 3\nconst S = 0.5\nconst ON = false\nfn f() -> f32[N] { if ON { zeros(N) + S } else { ones(N) } }\n"
        np.testing.assert_array_equal(ordo.loads(text)["f"](), [1, 1, 1])
        np.testing.assert_array_equal(ordo.loads(text, N=2, S=1e-3, ON=True)["f"](), np.float32([1e-3, 1e-3]))
        np.testing.assert_array_equal(ordo.loads(text, constants={"N": 1})["f"](), [1])
        with self.assertRaisesRegex(ordo.Error, "M"):
            ordo.loads(text, M=2)

    def test_precision(self):
        """bf16 rounds 1 + 2^-9 to 1, in products only."""
        text = "fn f(x: f32[N, 64], W: f32[64, M]) -> f32[N, M] { x @ W }\n"
        x, W = np.full((16, 64), 1 + 2**-9, np.float32), np.ones((64, 32), np.float32)
        for precision, wanted in (("bf16", 64), ("f32", 64 * (1 + 2**-9)), (None, 64 * (1 + 2**-9))):
            self.assertEqual(ordo.loads(text, precision=precision).f(x, W)[0, 0], wanted)
        with self.assertRaisesRegex(ValueError, "f16"):
            ordo.loads(text, precision="f16")

    def test_names_of_the_model(self):
        self.assertIn("net.()", self.m.names())
        self.assertIn("net", dir(self.m))
        self.assertEqual(repr(self.m.single), "<single(x: f32, k: f32) -> f32>")
        self.assertEqual(self.m.single.params, (ordo.Param("x", "f32"), ordo.Param("k", "f32")))
        self.assertIs(self.m.single, self.m["single"])

    def test_weights(self):
        net = self.m["Net"]
        self.assertEqual(list(net.weights), ["lin.W", "lin.b"])
        net.weights["lin.W"] = np.zeros((3, 2))
        net.weights["lin.b"] = [1, 2]
        h, total, one = net(np.ones((2, 3)), 1)
        np.testing.assert_allclose(h, np.tanh([[1, 2], [1, 2]]), rtol=1e-6)
        self.assertEqual(one, 1)
        net.weights["lin.b"][0] = 5  # a copy
        np.testing.assert_array_equal(net.weights["lin.b"], [1, 2])
        with self.assertRaisesRegex(ordo.Error, r"f32\[3, 2\]"):
            net.weights["lin.W"] = [1, 2]
        with self.assertRaises(KeyError):
            net.weights["lin.X"]
        net.draw_weights(1)
        first = net.weights["lin.W"]
        net.draw_weights(2)
        self.assertTrue((first != net.weights["lin.W"]).any())

    def test_text(self):
        m = ordo.loads('data d = lines("words.txt") { c: chars[S] }\nfn same(c: <d.c>[B, S], c_mask: bool[B, S]) -> (<d.c>[B, S], i32[B]) {\n'
                       "  n[b] = sum[s](i32(c_mask[b, s]))\n  (c, n)\n}\n", os.path.join(os.path.dirname(__file__), "text.ordo"))
        same = m.text("same")
        self.assertEqual(same("hold"), ("hold", "[5]"))
        self.assertEqual(same(["hold", "wo"]), (["hold", "wo"], ["5", "3"]))
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            self.assertEqual(same("lxw")[0], "l<unk>w")
        self.assertTrue(issubclass(told[0].category, ordo.OrdoWarning))
        with self.assertRaises(TypeError):
            same("a", "b")
        with self.assertRaises(TypeError):
            same([1])


class Copied:
    def __init__(self, array):
        self.array = array

    def __dlpack__(self, **_):
        return self.array.__dlpack__(copy=True)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()


class Threads(unittest.TestCase):
    def test_one_function(self):
        f, wrong = model(threads=2).double, []

        def work(k):
            for i in range(300):
                x = np.full(1 + (i + k) % 50, k, dtype=np.float32)
                if not np.array_equal(f(x), 2 * x):
                    wrong.append((k, i))

        run_all([threading.Thread(target=work, args=(k,)) for k in range(4)])
        self.assertEqual(wrong, [])

    def test_objects_that_go_meanwhile(self):
        """Functions are made and dropped while others are called."""
        m, wrong = model(threads=1), []

        def work(k):
            for _ in range(5):
                x = np.ones(3, dtype=np.float32)
                made = m._m.function("double", "plain", None)
                if made.call((x,), 0)[0].tolist() != [2, 2, 2]:
                    wrong.append(k)
                del made
                gc.collect()

        run_all([threading.Thread(target=work, args=(k,)) for k in range(3)])
        self.assertEqual(wrong, [])

    def test_two_models(self):
        """Each in a thread of its own, at the same time; and the interpreter goes on."""
        x = np.random.default_rng(0).normal(size=(300, 300)).astype(np.float32) / 20
        functions = [model(threads=1).slow for _ in range(2)]
        wanted = [f(x) for f in functions]
        found, ticks, done = [None, None], 0, threading.Event()

        def work(k):
            for _ in range(3):
                found[k] = functions[k](x)

        threads = [threading.Thread(target=work, args=(k,)) for k in range(2)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            ticks += 1
            time.sleep(0.001)
        self.assertGreater(ticks, 5)
        for k in range(2):
            np.testing.assert_array_equal(found[k], wanted[k])


def run_all(threads):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Forks(unittest.TestCase):
    def test_child(self):
        m = model(threads=2)
        self.assertEqual(m.single(1, 1), 1)
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                m.single(1, 1)
            except RuntimeError as e:
                code = 0 if "forked" in str(e) else 2
            del m
            gc.collect()
            os._exit(code)
        self.assertEqual(os.waitpid(pid, 0)[1], 0)
        self.assertEqual(m.single(2, 1), 4)


class Memory(unittest.TestCase):
    def grown(self, one, warm, count):
        for _ in range(warm):
            one()
        before = resident()
        for _ in range(count):
            one()
        return resident() - before

    def test_flat(self):
        m = model(threads=1)
        x, y = np.ones(1000, dtype=np.float32), np.ones(1000)
        wrong = np.ones((2, 2))

        def fails():
            try:
                m.double(wrong)
            except ordo.Error:
                pass

        scale = 20 if os.environ.get("ORDO_SANITIZED") else 1
        for what, one, count in (
            ("calls", lambda: m.double(x), 8000),
            ("converting calls", lambda: m.double(y), 8000),
            ("calls by DLPack", lambda: m.double(Capsule(x)), 8000),
            ("failed calls", fails, 2000),
            ("weights", lambda: m["Net"].weights["lin.b"], 3000),
            ("models", lambda: ordo.loads("fn f(x: f32[N]) -> f32 { sum(x) }", threads=1), 30),
            ("trainings", lambda: m.train(steps=2, log_every=1).run(), 15),
        ):
            grown = self.grown(one, count // 10 // scale + 3, count // scale + 1)
            self.assertTrue(grown < 2000 or scale > 1, f"{what}: {grown} kB more")


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * (resource.getpagesize() // 1024)


if __name__ == "__main__":
    unittest.main()
