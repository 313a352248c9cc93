"""Functions of a model in PyTorch, with gradients from Ordo.

    f = ordo.torch.function(m.net.loss)      a function of tensors, differentiable by each float argument
    net = ordo.torch.Module(m.net.loss)      a module whose parameters are the function's weights
"""

import torch

__all__ = ["Module", "function"]


def _to_tensors(arrays):
    return tuple(torch.from_dlpack(array) for array in arrays)


def _plain(tensor):
    return tensor.detach() if isinstance(tensor, torch.Tensor) else tensor


def _is_float(element):
    return element in ("f32", "f64", "bf16")


class _Call(torch.autograd.Function):
    @staticmethod
    def forward(ctx, pair, seed, *inputs):
        ctx.pair, ctx.seed, ctx.results = pair, seed, None
        ctx.save_for_backward(*(x for x in inputs if isinstance(x, torch.Tensor)))
        ctx.inputs = [None if isinstance(x, torch.Tensor) else x for x in inputs]
        outputs = _to_tensors(pair.forward.arrays(*map(_plain, inputs), seed=seed))
        ctx.mark_non_differentiable(*(y for y in outputs if not y.is_floating_point()))
        ctx.shapes = [(y.shape, y.dtype) for y in outputs]
        return outputs

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, *by):
        saved = iter(ctx.saved_tensors)
        inputs = [next(saved).detach() if x is None else x for x in ctx.inputs]
        given = [
            torch.zeros(shape, dtype=dtype) if d is None else d.to(dtype).contiguous()
            for d, (shape, dtype) in zip(by, ctx.shapes)
            if dtype.is_floating_point
        ]
        found = iter(_to_tensors(ctx.pair.backward.arrays(*inputs, *given, seed=ctx.seed)))
        gradients = [next(found) if floats else None for floats in ctx.pair.floats]
        for i, x in enumerate(inputs):
            if gradients[i] is not None and isinstance(x, torch.Tensor):
                gradients[i] = gradients[i].to(x.dtype)
        return (None, None, *(g if needed else None for g, needed in zip(gradients, ctx.needs_input_grad[2:])))


class _Pair:
    """A function of weights and arguments, and its derivative, which is made when it is first needed."""

    def __init__(self, function):
        self.forward = function.of_weights
        self.backward = function.derivative
        self.floats = [_is_float(element) for _, _, element in self.forward._made().params]

    def __call__(self, inputs, seed):
        if len(inputs) != len(self.floats):
            raise TypeError(f"{len(self.floats)} tensors are needed, {len(inputs)} were given: {self.forward!r}")
        outputs = _Call.apply(self, seed, *inputs)
        return outputs[0] if len(outputs) == 1 else outputs


def function(f):
    """A function of tensors. Weights are those of f when it is called, and no gradient goes to them."""
    pair = _Pair(f)

    def call(*args, seed=0):
        weights = [torch.from_dlpack(f._made().weight(i)) for i in range(len(f.weights))]
        return pair((*weights, *args), seed)

    call.__name__ = f.name
    return call


class Module(torch.nn.Module):
    """A function as a module: its weights are parameters, to be trained by any optimizer of PyTorch."""

    def __init__(self, f):
        super().__init__()
        self._pair = _Pair(f)
        self._f = f
        self._names = list(f.weights)
        for i, name in enumerate(self._names):
            self.register_parameter(name.replace(".", "_"), torch.nn.Parameter(torch.from_dlpack(f._made().weight(i))))

    def forward(self, *args, seed=0):
        weights = [getattr(self, name.replace(".", "_")) for name in self._names]
        return self._pair((*weights, *args), seed)

    def give_back(self):
        """The function of the model takes the weights as they are now."""
        for name in self._names:
            self._f.weights[name] = getattr(self, name.replace(".", "_")).detach()
