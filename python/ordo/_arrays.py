"""Between Python's numbers and the extension's arrays."""

import array
import sys


def _numpy():
    """NumPy, when it is installed."""
    if "numpy" not in sys.modules:
        try:
            import numpy  # noqa: F401
        except ImportError:
            return None
    return sys.modules["numpy"]


def _shape_of(value):
    """The extents of nested sequences; their elements go into a list."""
    flat = []

    def walk(at, depth):
        if not isinstance(at, (list, tuple)):
            if depth != len(shape):
                raise ValueError("the lists are not of one length: an array is a box")
            flat.append(at)
            return
        if depth == len(shape):
            raise ValueError("the lists are not of one depth: an array is a box")
        if len(at) != shape[depth]:
            raise ValueError(f"the lists are not of one length: {shape[depth]} and {len(at)}")
        for item in at:
            walk(item, depth + 1)

    shape, at = [], value
    while isinstance(at, (list, tuple)):
        shape.append(len(at))
        at = at[0] if at else None
    walk(value, 0)
    return shape, flat


def to_input(value):
    """Numbers and nested lists as a buffer; anything else as it is, if the extension can read it."""
    if isinstance(value, (bool, int, float, list, tuple)):
        shape, flat = _shape_of(value)
        kinds = {type(item) for item in flat}
        if kinds <= {bool}:
            code = "B"  # whole numbers are truth values, too
        elif kinds <= {int, bool}:
            code = "q"
        elif kinds <= {int, float, bool}:
            code = "d"
        else:
            return _by_numpy(value)
        numbers = memoryview(array.array(code, flat))
        if shape == [0]:
            return numbers
        if 0 in shape:  # memoryview cannot be told of empty shapes
            return _by_numpy(value)
        return numbers.cast("B").cast(code, shape)
    if not hasattr(value, "__dlpack__") and (hasattr(value, "__array__") or hasattr(value, "__array_interface__")):
        return _by_numpy(value)
    return value


def _by_numpy(value):
    numpy = _numpy()
    if numpy is None:
        raise TypeError(f"{type(value).__name__} needs NumPy to become an array")
    return numpy.asarray(value)


def to_output(result):
    """A result as a NumPy array over the same memory, where there is NumPy. bf16 becomes f32, which has all of its numbers."""
    numpy = _numpy()
    return result if numpy is None else numpy.asarray(result.widen())
