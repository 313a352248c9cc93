#!/usr/bin/env python3
"""Makes the files of tests/unit/test_stored.c: weights as PyTorch and llama.cpp's package write them, and beside each the same
numbers as an .npz, as those packages read them.

    tests/weights/make.py pt        needs torch
    tests/weights/make.py gguf      needs gguf

The files are kept in the tree, so that the test needs neither."""
import collections, os, sys
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def make_pt():
    import torch
    torch.manual_seed(1)
    w, flat = torch.randn(4, 6), torch.arange(24.0)
    state = collections.OrderedDict(
        plain=w, turned=w.t(), part=flat[3:9].view(2, 3), columns=flat.view(4, 6)[:, 1::2], repeated=torch.ones(3, 1).expand(3, 4),
        i64=torch.arange(5), half=torch.ones(3).half() / 3, bf16=torch.ones(2).bfloat16() / 3, yes=torch.tensor([True, False]),
        number=torch.tensor(2.5), empty=torch.zeros(0, 3))
    torch.save(state, os.path.join(HERE, "state.pt"))
    np.savez(os.path.join(HERE, "state.npz"), **{k: v.float().numpy() for k, v in state.items()})
    module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    torch.save(module, os.path.join(HERE, "module.pt"))
    np.savez(os.path.join(HERE, "module.npz"), **{k: v.float().numpy() for k, v in module.state_dict().items()})
    nested = {"epoch": 3, "model": module.state_dict(), "moments": [{"lr": 0.1}, (torch.ones(2), None)], 3: torch.ones(1)}
    torch.save(nested, os.path.join(HERE, "nested.pt"))
    names = {f"model.{k}": v.float().numpy() for k, v in module.state_dict().items()}
    np.savez(os.path.join(HERE, "nested.npz"), **names, **{"moments.1.0": np.ones(2, np.float32), "3": np.ones(1, np.float32)})
    script = torch.jit.script(torch.nn.Linear(3, 2))
    torch.jit.save(script, os.path.join(HERE, "script.pt"))
    np.savez(os.path.join(HERE, "script.npz"), **{k: v.numpy() for k, v in script.state_dict().items()})


def make_gguf():
    import gguf
    from gguf import GGMLQuantizationType as Q
    rng = np.random.default_rng(3)
    writer, same = gguf.GGUFWriter(os.path.join(HERE, "all.gguf"), "test"), {}
    writer.add_uint32("x.n", 3)
    writer.add_array("x.texts", ["a", "b"])
    writer.add_array("x.numbers", [1, 2, 3])
    writer.add_string("x.text", "text")
    writer.add_float32("x.float", 1.5)
    writer.add_bool("x.bool", True)
    x = rng.standard_normal((2, 256)).astype(np.float32)
    plain = {"f32": x[:, :5].copy(), "f16": x[:, :3].astype(np.float16), "i32": np.arange(3, dtype=np.int32), "f64": np.arange(2.0)}
    writer.add_tensor("unread", gguf.quants.quantize(x, Q.Q5_0), raw_dtype=Q.Q5_0)
    for name, array in plain.items():
        writer.add_tensor(name, array)
        same[name] = array.astype(np.float32)
    for kind in (Q.Q8_0, Q.Q4_0, Q.BF16):
        data = gguf.quants.quantize(x, kind)
        writer.add_tensor(kind.name.lower(), data, raw_dtype=kind)
        same[kind.name.lower()] = gguf.quants.dequantize(data, kind)
    for kind, size, scales in ((Q.Q4_K, 144, [0, 2]), (Q.Q6_K, 210, [208])):  # the package only reads these
        data = rng.integers(0, 256, (2, size), dtype=np.uint8)
        for at in scales:
            data[:, at:at + 2] = np.array([[0.01], [-0.02]], np.float16).view(np.uint8)
        writer.add_tensor(kind.name.lower(), data, raw_dtype=kind)
        same[kind.name.lower()] = gguf.quants.dequantize(data, kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    np.savez(os.path.join(HERE, "all.npz"), **same)


{"pt": make_pt, "gguf": make_gguf}[sys.argv[1]]()
