"""Functions in PyTorch: values, gradients against PyTorch's own, training. Skipped without PyTorch."""

import unittest

import numpy as np

try:
    import torch

    import ordo.torch
except ImportError:
    torch = None

from support import model


@unittest.skipIf(torch is None, "PyTorch is not installed")
class Torch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.m = model(threads=1)

    def test_plain_calls(self):
        x = torch.arange(6, dtype=torch.float64).reshape(2, 3)
        for given in (x, x.t(), x[:, ::2]):
            np.testing.assert_array_equal(self.m.wide(given), given.t().numpy())
        (y,) = self.m.wide.arrays(x)
        self.assertTrue(torch.equal(torch.from_dlpack(y), x.t()))
        np.testing.assert_array_equal(self.m.half(torch.tensor([1.5, 2], dtype=torch.bfloat16)), [3, 4])
        (y,) = self.m.half.arrays([1.5])
        self.assertEqual(torch.from_dlpack(y).dtype, torch.bfloat16)
        with self.assertRaises(Exception):
            self.m.double(torch.ones(3, requires_grad=True))  # the gradient would be lost

    def test_gradient(self):
        f = ordo.torch.function(self.m.Net)
        W, b = (torch.from_numpy(self.m.Net.weights[name]) for name in ("lin.W", "lin.b"))
        x = torch.randn(4, 3, requires_grad=True)
        own = x.detach().clone().requires_grad_()
        h, total, one = f(x, 2)
        wanted = torch.tanh(own @ W + b)
        self.assertTrue(torch.allclose(h, wanted, atol=1e-6))
        self.assertFalse(one.requires_grad)
        (h.square().sum() + 3 * total).backward()
        (wanted.square().sum() + 3 * wanted[2].sum()).backward()
        self.assertTrue(torch.allclose(x.grad, own.grad, atol=1e-5))

    def test_one_result_alone(self):
        f = ordo.torch.function(self.m.Net)
        x = torch.randn(4, 3, requires_grad=True)
        f(x, 1)[1].backward()
        self.assertTrue((x.grad[1] != 0).all())
        self.assertTrue((x.grad[0] == 0).all())

    def test_gradcheck(self):
        f = ordo.torch.function(self.m.wide)
        x = torch.randn(2, 3, dtype=torch.float64, requires_grad=True)
        self.assertTrue(torch.autograd.gradcheck(f, (x,)))

    def test_random(self):
        f = ordo.torch.function(self.m.noise)
        x = torch.ones(5, requires_grad=True)
        y = f(x, seed=7)
        y.sum().backward()
        self.assertTrue(torch.equal(x.grad, y.detach()))

    def test_layouts_of_gradients(self):
        f = ordo.torch.function(self.m.wide)
        x = torch.randn(3, 2, dtype=torch.float64, requires_grad=True)
        f(x.t()).t().sum().backward()  # an expanded gradient
        self.assertTrue(torch.equal(x.grad, torch.ones(3, 2, dtype=torch.float64)))

    def test_second_derivatives_are_refused(self):
        f = ordo.torch.function(self.m.single)
        x = torch.tensor(2.0, requires_grad=True)
        (d,) = torch.autograd.grad(f(x, 3.0), x, create_graph=True)
        self.assertEqual(d, 12)
        with self.assertRaises(RuntimeError):
            d.backward()

    def test_module(self):
        net = ordo.torch.Module(self.m.Net)
        self.assertEqual([name for name, _ in net.named_parameters()], ["lin_W", "lin_b"])
        x, want = torch.randn(64, 3), torch.randn(64, 2).tanh() * 0.5
        optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
        losses = []
        for _ in range(60):
            optimizer.zero_grad()
            loss = (net(x, 0)[0] - want).square().mean()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        self.assertLess(losses[-1], 0.9 * losses[0])
        net.give_back()
        np.testing.assert_allclose(self.m.Net(x.numpy(), 0)[0], net(x, 0)[0].detach().numpy(), atol=1e-6)

    def test_wrong(self):
        with self.assertRaisesRegex(TypeError, "are needed"):
            ordo.torch.function(self.m.single)(torch.ones(()))
        with self.assertRaisesRegex(ordo.Error, "no result of it is a float"):
            f = ordo.torch.function(ordo.loads("fn f(x: f32[N]) -> i32 { i32(1) }").f)
            x = torch.ones(1, requires_grad=True)
            f(x)
            ordo.loads("fn f(x: f32[N]) -> i32 { i32(1) }").f.derivative(x.detach())


if __name__ == "__main__":
    unittest.main()
