"""Training programs, row by row."""

import atexit
import warnings
import weakref


class Row(dict):
    """What was logged: {name: value}, of the section "train" or of the evaluation of that name, after so many steps."""

    __slots__ = ("section", "step")

    def __init__(self, section, step, values):
        super().__init__(values)
        self.section = section
        self.step = step

    def __repr__(self):
        values = "  ".join(f"{name} {value:.6g}" for name, value in self.items())
        return f"<step {self.step} {self.section}: {values}>"


class Training:
    """A run of a training program: an iterator over its rows of metrics.

    It trains while it is iterated. Whoever leaves it early, by break, Ctrl-C or an exception, stops the run as Ctrl-C stops
    'ordo train': the checkpoint is written, and resume=True goes on from it.
    """

    def __init__(self, run, folder, ended):
        self._run = run
        self._ended = ended  # what is to be done with the run at its end
        self._rows = []
        self._more = True
        self._begun = False
        self.folder = folder
        self.last = {}
        _open.add(self)

    def __iter__(self):
        return self

    def __next__(self):
        self._begun = True
        while not self._rows:
            if self._run is None:
                raise StopIteration
            self._advance()
        row = Row(*self._rows.pop(0))
        self.last[row.section] = row
        return row

    def _advance(self):
        try:
            self._more, self._rows = self._run.step()
            if not self._more:
                self._rows = self._rows + self._finish(False)
        except BaseException:
            self.close()
            raise

    def _finish(self, stopped):
        run, self._run = self._run, None
        rows = run.finish(stopped)
        self._ended(run)
        return rows

    def run(self):
        """Trains to the end. Returns the last row of each section: {"train": row, ...}."""
        for _ in self:
            pass
        return self.last

    def close(self):
        """Ends the run where it is, with a checkpoint. Nothing happens when it has ended."""
        if self._run is not None:
            self._finish(True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        if getattr(self, "_run", None) is None:
            return
        if not self._begun:
            warnings.warn("a training that nobody iterated: it has trained nothing. Loop over it, or call .run()", RuntimeWarning, source=self)
        self.close()


_open = weakref.WeakSet()


@atexit.register
def _close_all():
    for training in list(_open):
        training.close()
