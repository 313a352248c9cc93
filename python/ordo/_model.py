"""Models and their functions."""

import difflib
import os
import threading
from collections.abc import MutableMapping
from typing import NamedTuple

from ordo import _ordo
from ordo._errors import Error
from ordo._arrays import to_input, to_output
from ordo._graph import Graph
from ordo._training import Training


class Param(NamedTuple):
    """A parameter or a result: its name, and its type as in the text: 'f32[B, {N}]'."""

    name: str
    type: str


def load(model, *, weights=None, threads=0, precision=None, constants=None, allow_foreign=False, **more_constants):
    """Reads and checks a model: a path, or the name of a model of the library.

    N=20 sets the constant N of the text, constants={"N": 20} too. weights: a checkpoint. threads: 0 for one for each processor.
    precision: "bf16" for matrix products of bf16 with sums in f32, "f32"; None: what a training program says, else f32.
    """
    return Model(os.fspath(model), None, {**(constants or {}), **more_constants}, weights, threads, allow_foreign, precision)


def loads(text, name="text.ordo", *, weights=None, threads=0, precision=None, constants=None, allow_foreign=False, **more_constants):
    """The same of a text; name is what messages call it, and its folder is where imports are looked for."""
    return Model(name, text, {**(constants or {}), **more_constants}, weights, threads, allow_foreign, precision)


def _constant(name, value):
    if isinstance(value, bool):
        value = "true" if value else "false"
    elif isinstance(value, float):
        value = repr(value)
    return f"{name}={value}"


class Namespace:
    """What the text has under a name: m.net is a model of a training program or a layer, m.net.sorted a function of it."""

    def __init__(self, model, path):
        self._model = model
        self._path = path

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self._model._find(f"{self._path}.{name}")

    def __call__(self, *args, **kwargs):
        return self._model.function(self._path)(*args, **kwargs)

    def __dir__(self):
        return [*super().__dir__(), *self._model._below(self._path)]

    def __repr__(self):
        return f"<{self._path}: {', '.join(self._model._below(self._path))}>"


class Model:
    """A model, as its text says it. Functions are attributes: m.net.sorted; m["net.sorted"] is the same."""

    def __init__(self, path, text, constants, weights, threads, allow_foreign, precision):
        self._path = path
        self._functions = {}
        self._weights = None if weights is None else os.fspath(weights)
        self._seed = None
        self._runs = {}  # by the name of a model that was trained: the last one
        defines = [_constant(name, value) for name, value in constants.items()]
        self._m = _ordo.load(path, text, defines, threads, allow_foreign, precision)
        self._names = self._m.names()

    # ---- functions ----

    def names(self):
        """The full names of all that can be called."""
        return list(self._names)

    def function(self, name):
        """A function by its name: full, or the end of it where that is clear."""
        if name not in self._functions:
            self._functions[name] = Function(self, name)
        return self._functions[name]

    __getitem__ = function

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self._find(name)

    def _ends_in(self, path):
        ends = (path, path + ".()")
        return [name for name in self._names if any(name == end or name.endswith("." + end) for end in ends)]

    def _below(self, path):
        """What may stand behind 'path.'."""
        found = set()
        for name in self._names:
            at = ("." + name).find(f".{path}.")
            if at >= 0:
                found.add(name[at + len(path) + 1 :].split(".")[0])
        return sorted(found - {"()"})

    def _find(self, path):
        if self._below(path):
            return Namespace(self, path)
        if self._ends_in(path):
            return self.function(path)
        ends = {name.removesuffix(".()").split(".", at)[-1] for name in self._names for at in range(3)}
        near = difflib.get_close_matches(path, ends, 3)
        hint = f"did you mean {', '.join(near)}?" if near else f"there are {', '.join(self._names[:20])}"
        raise AttributeError(f"'{self._path}' has no '{path}': {hint}")

    def __dir__(self):
        first = {part for name in self._names for part in name.split(".")[:2] if part != "()"}
        return [*super().__dir__(), *first]

    def __repr__(self):
        return f"<ordo.Model {self._path}: {len(self._names)} functions>"

    def text(self, name, weights=None):
        """A function of texts: parameters and results that are indices into the vocabularies of the model's data.

        weights: a checkpoint, which keeps the vocabularies; without one they come from the data. The function takes for each
        such parameter a text, or a list of them, and gives a text, or a list.
        """
        return TextFunction(self, name, weights or self._weights)

    # ---- weights ----

    def read_weights(self, path):
        """All functions take their weights from a checkpoint from here on."""
        self._weights, self._seed, self._runs = os.fspath(path), None, {}
        self._give_weights()

    def draw_weights(self, seed):
        """All functions draw their weights from a seed from here on."""
        self._weights, self._seed, self._runs = None, seed, {}
        self._give_weights()

    def _give_weights(self):
        for function in self._functions.values():
            function._take_weights()

    def _trained(self, name):
        """The run that trained the function's model, or None."""
        found = self._ends_in(name)
        return self._runs.get(found[0].split(".")[0]) if found else None

    # ---- training, pictures ----

    def train(self, program=None, *, steps=None, seed=None, out=None, resume=False, checkpoint_every=500, log_every=1, verbose=False):
        """Begins a training program: for row in m.train(steps=100): print(row["loss"]).

        out: the folder of its checkpoint and metrics; without one nothing is written. At its end, and when it is stopped, the
        functions of the program's models have its weights.
        """
        if steps is not None and steps < 1:
            raise ValueError("steps: at least 1")
        folder = None if out is None else os.fspath(out)
        run = self._m.run(program, folder, steps or 0, -1 if seed is None else seed, checkpoint_every, log_every, resume, verbose)

        def ended(run):
            self._runs.update(dict.fromkeys(run.models(), run))
            self._give_weights()

        return Training(run, folder, ended)

    def graph(self, name=None, *, after=None, before=None, around=None, radius=0, depth=0, across=False, broadcasts=False, whole=False):
        """The graph of a function or of a training program ("sort": its step; "sort.eval"), as the text says it, or after or
        before a pass: m.graph("net.loss", after="fuse")."""

        def draw(format):
            return self._m.picture(name, format, before, after, around, radius, depth, across, broadcasts, whole)

        return Graph(draw, name)


class Weights(MutableMapping):
    """Weights of a function, by their paths. What is got is a copy; what is set is copied."""

    def __init__(self, function):
        self._function = function
        self._places = {name: i for i, (name, _, _) in enumerate(function._made().weights)}

    def __getitem__(self, name):
        return to_output(self._function._made().weight(self._places[name]))

    def __setitem__(self, name, value):
        self._function._made().set_weight(self._places[name], to_input(value))

    def __delitem__(self, name):
        raise TypeError("a weight cannot be taken away")

    def __iter__(self):
        return iter(self._places)

    def __len__(self):
        return len(self._places)

    def __repr__(self):
        types = ", ".join(f"{name}: {type}" for name, type, _ in self._function._made().weights)
        return f"<weights {types}>"


class Function:
    """A function of a model. It is compiled when it is first used, once for all sizes.

    It takes NumPy arrays and all that has the buffer protocol or DLPack, also numbers and nested lists, and gives NumPy
    arrays (without NumPy: ordo.Array), a tuple when it has several results.
    """

    _kind = "plain"

    def __init__(self, model, name):
        self._model = model
        self._f = None
        self._lock = threading.Lock()
        self.name = name

    def _made(self):
        if self._f is None:
            with self._lock:
                if self._f is None:
                    f = self._model._m.function(self.name, self._kind, None)
                    self._give(f)
                    self._f = f
        return self._f

    def _give(self, f):
        model = self._model
        if not f.weights:
            return
        run = model._trained(self.name)
        if run is not None:
            f.take_weights(run)
        elif model._weights is not None:
            f.read_weights(model._weights)
        elif model._seed is not None:
            f.draw_weights(model._seed)

    def _take_weights(self):
        """What the model has now. A function that cannot have it says so when it is used."""
        if self._f is None:
            return
        try:
            self._give(self._f)
        except Error:
            self._f = None

    @property
    def params(self):
        return tuple(Param(name, type) for name, type, _ in self._made().params)

    @property
    def results(self):
        return tuple(Param(name, type) for name, type, _ in self._made().results)

    @property
    def random(self):
        """Whether it draws random numbers: then its results depend on seed=."""
        return self._made().random

    @property
    def weights(self):
        return Weights(self)

    def read_weights(self, path):
        self._made().read_weights(os.fspath(path))

    def draw_weights(self, seed):
        self._made().draw_weights(seed)

    def _bound(self, args, named):
        """All arguments in order."""
        names = [name for name, _, _ in self._made().params]
        if not named:
            return args
        given = dict(zip(names, args))
        for name in named:
            if name not in names:
                raise TypeError(f"{self.name} has no parameter '{name}': {self!r}")
            if name in given:
                raise TypeError(f"{self.name}: argument '{name}' is given twice")
        given.update(named)
        missing = [name for name in names if name not in given]
        if missing or len(args) > len(names):
            raise TypeError(f"{self.name}: {f'missing: {missing}' if missing else 'too many arguments'}: {self!r}")
        return tuple(given[name] for name in names)

    def arrays(self, *args, seed=0, **named):
        """The same call, with results as a tuple of ordo.Array: for who takes them by DLPack."""
        return self._made().call(tuple(map(to_input, self._bound(args, named))), seed)

    def __call__(self, *args, seed=0, **named):
        results = self.arrays(*args, seed=seed, **named)
        return to_output(results[0]) if len(results) == 1 else tuple(map(to_output, results))

    @property
    def of_weights(self):
        """The same function with its weights as its first parameters."""
        return _Variant(self._model, self.name, "open")

    @property
    def derivative(self):
        """Its derivative, backwards: takes weights, arguments and the derivative of a loss by each float result, gives that
        by each float weight and argument."""
        return _Variant(self._model, self.name, "derivative")

    def graph(self, **options):
        """See Model.graph."""
        return self._model.graph(self.name, **options)

    def __repr__(self):
        params = ", ".join(f"{name}: {type}" for name, type in self.params)
        results = ", ".join(type for _, type in self.results)
        return f"<{self.name}({params}) -> {results if len(self.results) == 1 else f'({results})'}>"


class _Variant(Function):
    """Made of a function of the text."""

    def __init__(self, model, name, kind):
        super().__init__(model, name)
        self._kind = kind


class TextFunction(Function):
    """A function of texts."""

    def __init__(self, model, name, weights):
        super().__init__(model, name)
        self._f = model._m.function(name, "text", None if weights is None else os.fspath(weights))

    def __call__(self, *texts, seed=0):
        single = all(isinstance(text, str) for text in texts)
        columns = tuple((text,) if single else tuple(text) for text in texts)
        if len({len(column) for column in columns}) > 1:
            raise ValueError("the lists of texts are not of one length")
        results = self._f.call_text(columns, seed)
        if single:
            results = tuple(result[0] for result in results)
        return results[0] if len(results) == 1 else results
