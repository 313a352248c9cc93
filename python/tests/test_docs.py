"""The examples of docs/python.md, in order."""

import doctest
import os
import pathlib
import tempfile
import unittest

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/python.md"


class Docs(unittest.TestCase):
    def test_examples(self):
        text = PAGE.read_text()
        try:
            import torch  # noqa: F401
        except ImportError:
            text = text.replace(text[text.index("## PyTorch") : text.index("## Threads")], "")
        test = doctest.DocTestParser().get_doctest(text, {}, "python.md", str(PAGE), 0)
        self.assertGreater(len(test.examples), 15)  # those of PyTorch are left out where it is not there
        before = os.getcwd()
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            try:
                result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test)
            finally:
                os.chdir(before)
        self.assertEqual(result.failed, 0)


if __name__ == "__main__":
    unittest.main()
