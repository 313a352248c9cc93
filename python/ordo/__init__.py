"""Ordo from Python: models as text, compiled to vectorised code.

    import ordo
    m = ordo.load("sort", N=20)
    m.net.sorted([[0.3, 0.1, 0.7]])

docs/python.md tells all of it.
"""

from ordo._errors import Error, OrdoWarning
from ordo._graph import Graph
from ordo._model import Function, Model, Namespace, Param, load, loads
from ordo._ordo import Array
from ordo._ordo import version as __version__
from ordo._training import Row, Training

__all__ = [
    "Array", "Error", "Function", "Graph", "Model", "Namespace", "OrdoWarning", "Param", "Row", "Training", "load", "loads",
]
