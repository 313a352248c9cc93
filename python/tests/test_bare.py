"""Without NumPy: an import of it fails, and all else goes on."""

import array
import sys
import unittest



class NoNumpy:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "numpy":
            raise ImportError("not here")
        return None


sys.meta_path.insert(0, NoNumpy())

import ordo  # noqa: E402

from support import model  # noqa: E402


class Bare(unittest.TestCase):
    def test_calls(self):
        m = model(threads=1)
        y = m.double([1, 2])
        self.assertIsInstance(y, ordo.Array)
        self.assertEqual((y.shape, y.dtype, y.tolist(), len(y)), ((2,), "f32", [2, 4], 2))
        self.assertEqual(repr(y), "<ordo.Array f32[2]>")
        self.assertEqual(memoryview(y).format, "f")
        self.assertEqual(float(m.single(3, 2)), 18)
        with self.assertRaises(TypeError):
            float(y)
        with self.assertRaises(TypeError):
            len(m.single(3, 2))
        self.assertEqual(m.double(y).tolist(), [4, 8])
        self.assertEqual(m.wide([[1, 2, 3]]).tolist(), [[1], [2], [3]])
        self.assertEqual(m.double(array.array("d", [3])).tolist(), [6])
        self.assertEqual(m.double([]).tolist(), [])
        self.assertEqual(m["half"]([1]).tolist(), [2])
        self.assertEqual(m["Net"].weights["lin.b"].shape, (2,))
        self.assertNotIn("numpy", sys.modules)


if __name__ == "__main__":
    unittest.main()
