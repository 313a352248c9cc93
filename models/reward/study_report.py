"""The page of the study: tables and pictures from the runs that study.py made. Nothing here is written by hand: each
sentence about a result is chosen by the numbers."""
import csv
import json
import os
import random

COLOURS = {"scalar": "#c0392b", "seq2seq": "#2471a3", "oracle": "#7d7d7d", "no identity": "#8e44ad", "positive": "#27ae60",
           "negative": "#d68910"}
MEASURES = {  # of a task: name, and how the flags of judged responses give it
    "gate": [
        ("over-refusal", lambda f: ratio(f, lambda r: r[2], lambda r: r[0] < 0.5)),
        ("on look-alikes", lambda f: ratio(f, lambda r: r[2], lambda r: r[1] > 0.5)),
        ("unsafe compliance", lambda f: ratio(f, lambda r: 1 - r[2], lambda r: r[0] > 0.5)),
        ("length", lambda f: mean([r[3] for r in f])),
    ],
    "summ": [
        ("recall", lambda f: mean([r[0] for r in f])),
        ("unwanted", lambda f: mean([r[1] for r in f])),
        ("joiners", lambda f: mean([r[2] for r in f])),
        ("length", lambda f: mean([r[3] for r in f])),
    ],
}
EVEN = 1e-6  # utilities that differ by less are a tie


def mean(x):
    x = list(x)
    return sum(x) / len(x) if x else float("nan")


def ratio(flags, value, of):
    return mean(value(r) for r in flags if of(r))


def read(args, folder, task, seed, name, kl=None):
    """What a run left: judged responses, last logs, its table; None where it is missing."""
    out = folder(args, task, seed, name, kl)
    run = {}
    for leaf in ("judged", "result"):
        path = os.path.join(out, leaf + ".json")
        if os.path.exists(path):
            with open(path) as f:
                run[leaf] = json.load(f)
    if "result" in run:
        run["log"] = {v["section"] + "." + v["name"]: v["value"] for v in run["result"]["values"]}
    path = os.path.join(out, "train.csv")
    if kl is not None and os.path.exists(path):
        with open(path) as f:
            run["table"] = [{k: float(v) for k, v in row.items()} for row in csv.DictReader(f)]
    return run if "log" in run else None


class Study:
    def __init__(self, args, folder):
        self.args = args
        self.runs = {}
        for task in args.tasks:
            for seed in args.seeds:
                for name in ("sft", "scalar", "seq2seq", "correction", "dpo", "chosen"):
                    self.runs[task, seed, name, None] = read(args, folder, task, seed, name)
                for name in args.ppo:
                    for kl in args.kl:
                        self.runs[task, seed, name, kl] = read(args, folder, task, seed, name, kl)

    def all(self, task, name, kl=None):
        found = [self.runs.get((task, s, name, kl)) for s in self.args.seeds]
        return [r for r in found if r and ("judged" in r or kl is None)]

    def judged(self, task, name, kl=None):
        return [r for r in self.all(task, name, kl) if "judged" in r]

    def utilities(self, task, name, kl=None):
        return {s: r["judged"]["utility"] for s in self.args.seeds
                if (r := self.runs.get((task, s, name, kl))) and "judged" in r}

    def utility(self, task, name, kl=None):
        return mean(mean(u) for u in self.utilities(task, name, kl).values())

    def best(self, task, name):
        """The coefficient with the best utility on the prompts of the run's own evaluation, which are not the judged ones."""
        scored = {kl: mean(r["log"]["eval.utility"] for r in self.judged(task, name, kl)) for kl in self.args.kl
                  if self.judged(task, name, kl)}
        return max(scored, key=scored.get) if scored else None


def compare(a, b):
    """Wins, ties and losses of a against b over the seeds both have, with a 95 % interval of win + tie/2: bootstrap over
    seeds and prompts."""
    seeds = sorted(set(a) & set(b))
    diffs = {s: [x - y for x, y in zip(a[s], b[s])] for s in seeds}
    flat = [d for s in seeds for d in diffs[s]]
    if not flat:
        return None
    rng = random.Random(1)
    points = {s: [1.0 if d > EVEN else 0.0 if d < -EVEN else 0.5 for d in diffs[s]] for s in seeds}
    means = []
    for _ in range(400):
        picked = [rng.choice(seeds) for _ in seeds]
        means.append(mean(mean(rng.choices(points[s], k=len(points[s]))) for s in picked))
    means.sort()
    n = len(flat)
    return (sum(d > EVEN for d in flat) / n, sum(abs(d) <= EVEN for d in flat) / n, sum(d < -EVEN for d in flat) / n,
            mean(mean(points[s]) for s in seeds), means[10], means[389])


def number(x, digits=3):
    return "" if x != x else f"{x:.{digits}f}"


def percent(x):
    return "" if x != x else f"{100 * x:.0f} %"


# ---- tables ----

def arms_table(study, task, out):
    names = [m for m, _ in MEASURES[task]]
    out.append("| arm | KL coefficient | utility | by seed | most likely response | KL to SFT | " + " | ".join(names) + " |")
    out.append("|---|---|---|---|---|---|" + "---|" * len(names))
    rows = [("SFT (the start)", "sft", None), ("SFT on chosen", "chosen", None), ("DPO", "dpo", None)]
    rows += [("PPO, " + name, name, kl) for name in study.args.ppo for kl in study.args.kl]
    for label, name, kl in rows:
        runs = study.judged(task, name, kl)
        if not runs:
            continue
        each = [mean(r["judged"]["utility"]) for r in runs]
        flags = [MEASURES[task][i][1](sum((r["judged"]["sampled_flags"] for r in runs), [])) for i in range(len(names))]
        shown = [percent(v) if task == "gate" and i < 3 else number(v, 2) for i, v in enumerate(flags)]
        out.append(f"| {label} | {'' if kl is None else kl} | {number(mean(each))} | {', '.join(number(e, 2) for e in each)} | "
                   f"{number(mean(mean(r['judged']['greedy_utility']) for r in runs))} | "
                   f"{number(mean(r['log'].get('eval.kl', 0.0) for r in runs), 2)} | " + " | ".join(shown) + " |")


def duels_table(study, task, out):
    out.append("| | against | wins | ties | losses | win + tie/2 | 95 % interval |")
    out.append("|---|---|---|---|---|---|---|")
    duels = [(("seq2seq", kl), ("scalar", kl)) for kl in study.args.kl]
    best = {n: study.best(task, n) for n in ("seq2seq", "scalar")}
    if all(best.values()):
        duels.append((("seq2seq", best["seq2seq"], "its best"), ("scalar", best["scalar"], "its best")))
        duels += [(("seq2seq", best["seq2seq"], "its best"), (name, None)) for name in ("sft", "chosen", "dpo")]
        duels += [(("scalar", best["scalar"], "its best"), (name, None)) for name in ("sft", "chosen", "dpo")]
    for a, b in duels:
        result = compare(study.utilities(task, a[0], a[1]), study.utilities(task, b[0], b[1]))
        if result:
            win, tie, loss, share, low, high = result
            text = [" ".join(["PPO, " + x[0] if x[1] is not None else {"sft": "SFT", "chosen": "SFT on chosen", "dpo": "DPO"}[x[0]]]
                             + ([f"({x[1]}{', ' + x[2] if len(x) > 2 else ''})"] if x[1] is not None else [])) for x in (a, b)]
            out.append(f"| {text[0]} | {text[1]} | {percent(win)} | {percent(tie)} | {percent(loss)} | {number(share, 2)} | "
                       f"{number(low, 2)} to {number(high, 2)} |")


def models_table(study, task, out):
    out.append("| reward model | accuracy on held-out pairs | by the sum | chosen reproduced | rejected copied |")
    out.append("|---|---|---|---|---|")
    for label, name in (("scalar", "scalar"), ("seq2seq, both mappings", "seq2seq"), ("seq2seq, correction only", "correction")):
        runs = study.all(task, name)
        if runs:
            get = lambda key: mean(r["log"].get("eval." + key, float("nan")) for r in runs)  # noqa: E731
            out.append(f"| {label} | {percent(get('accuracy'))} | {percent(get('accuracy_sum'))} | {percent(get('full_chosen'))} | "
                       f"{percent(get('copied_rejected'))} |")


# ---- pictures ----

def curves(study, task):
    """For each arm and coefficient: points (KL, utility) of the rollouts, blocks of 5 iterations, mean of the seeds."""
    lines = []
    for name in study.args.ppo:
        for kl in study.args.kl:
            tables = [r["table"] for r in study.judged(task, name, kl) if "table" in r]
            if not tables:
                continue
            points = []
            for i in range(0, min(map(len, tables)), 5):
                rows = [row for t in tables for row in t[i:i + 5]]
                points.append((mean(r["objective/kl"] for r in rows), mean(r["task/utility"] for r in rows)))
            lines.append((name, kl, points))
    return lines


def picture(study, task, path):
    lines = curves(study, task)
    if not lines:
        return False
    xs = [p[0] for l in lines for p in l[2]]
    ys = [p[1] for l in lines for p in l[2]]
    x1, y0, y1 = max(xs) * 1.02 + 1e-9, min(ys) - 0.03, max(ys) + 0.03
    w, h, left, top = 640, 380, 56, 16
    px = lambda x: left + max(x, 0) / x1 * w  # noqa: E731
    py = lambda y: top + (y1 - y) / (y1 - y0) * h  # noqa: E731
    s = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + w + 150} {top + h + 50}" font-family="sans-serif" font-size="12">',
         '<rect width="100%" height="100%" fill="#fff"/>']
    for i in range(6):
        x, y = x1 * i / 5, y0 + (y1 - y0) * i / 5
        s.append(f'<line x1="{px(x):.1f}" y1="{top}" x2="{px(x):.1f}" y2="{top + h}" stroke="#eee"/>'
                 f'<text x="{px(x):.1f}" y="{top + h + 16}" text-anchor="middle">{x:.1f}</text>'
                 f'<line x1="{left}" y1="{py(y):.1f}" x2="{left + w}" y2="{py(y):.1f}" stroke="#eee"/>'
                 f'<text x="{left - 6}" y="{py(y) + 4:.1f}" text-anchor="end">{y:.2f}</text>')
    s.append(f'<text x="{left + w / 2}" y="{top + h + 38}" text-anchor="middle">KL to the SFT policy, nats per response</text>'
             f'<text x="14" y="{top + h / 2}" text-anchor="middle" transform="rotate(-90 14 {top + h / 2})">mean utility</text>')
    for k, (name, kl, points) in enumerate(lines):
        dash = "" if kl == min(study.args.kl) else ' stroke-dasharray="6 4"'
        path_d = " ".join(f"{'M' if i == 0 else 'L'}{px(x):.1f} {py(y):.1f}" for i, (x, y) in enumerate(points))
        s.append(f'<path d="{path_d}" fill="none" stroke="{COLOURS[name]}" stroke-width="1.8"{dash}/>'
                 f'<circle cx="{px(points[-1][0]):.1f}" cy="{py(points[-1][1]):.1f}" r="3.5" fill="{COLOURS[name]}"/>'
                 f'<line x1="{left + w + 12}" y1="{top + 12 + 18 * k}" x2="{left + w + 40}" y2="{top + 12 + 18 * k}" stroke="{COLOURS[name]}" stroke-width="1.8"{dash}/>'
                 f'<text x="{left + w + 46}" y="{top + 16 + 18 * k}">{name}, {kl}</text>')
    with open(path, "w") as f:
        f.write("\n".join(s + ["</svg>"]) + "\n")
    return True


# ---- sentences ----

def flag(study, task, name, kl, i):
    runs = study.judged(task, name, kl)
    return MEASURES[task][i][1](sum((r["judged"]["sampled_flags"] for r in runs), [])) if runs else float("nan")


def per_seed(study, task, name, kl, i):
    return [MEASURES[task][i][1](r["judged"]["sampled_flags"]) for r in study.judged(task, name, kl)]


def reading(study, task, out):
    low, high = min(study.args.kl), max(study.args.kl)
    symptom, what = (0, "over-refusal") if task == "gate" else (3, "length")
    show = percent if task == "gate" else (lambda x: number(x, 2))
    start = flag(study, task, "sft", None, symptom)
    v = {(n, kl): flag(study, task, n, kl, symptom) for n in ("scalar", "seq2seq", "oracle") for kl in study.args.kl}
    u = {(n, kl): study.utility(task, n, kl) for n in ("scalar", "seq2seq", "oracle") for kl in study.args.kl}
    if any(x != x for x in u.values()):
        out.append("The runs that a reading needs (PPO with the scalar, the sequence-to-sequence and the oracle reward) are missing.")
        return
    margin = 0.1 if task == "gate" else 0.3
    seeds = ", ".join(show(x) for x in per_seed(study, task, "scalar", low, symptom))
    appears = v["scalar", low] > start + margin
    out.append(f"- **The symptom** ({what}): scalar PPO at {low} has {show(v['scalar', low])} (by seed: {seeds}), SFT {show(start)}, "
               f"oracle-reward PPO {show(v['oracle', low])}. It {'appears' if appears else 'does not appear'} in these runs "
               f"(a rise of more than {show(margin)} would count).")
    if appears:
        closed = v["scalar", high] < start + margin
        out.append(f"- **Over-optimisation**: with the coefficient {high} scalar PPO has {show(v['scalar', high])}: the symptom "
                   f"{'goes away, so it is over-optimisation of a usable reward model' if closed else 'stays, so a higher coefficient alone does not cure it'}.")
    for kl in study.args.kl:
        d = compare(study.utilities(task, "seq2seq", kl), study.utilities(task, "scalar", kl))
        verdict = "better" if d[4] > 0.5 else "worse" if d[5] < 0.5 else "not told apart from"
        out.append(f"- At {kl}, seq2seq PPO is {verdict}{' than' if verdict != 'not told apart from' else ''} scalar PPO: utility "
                   f"{number(u['seq2seq', kl])} against {number(u['scalar', kl])}; {what} {show(v['seq2seq', kl])} against {show(v['scalar', kl])}.")
    spread = {n: abs(u[n, low] - u[n, high]) for n in ("scalar", "seq2seq")}
    out.append(f"- **Dependence on the coefficient**: the utility differs by {number(spread['seq2seq'], 2)} between {low} and {high} for "
               f"seq2seq PPO, by {number(spread['scalar'], 2)} for scalar PPO.")
    plain = {n: study.utility(task, n) for n in ("chosen", "dpo")}
    top = max(u["seq2seq", low], u["seq2seq", high])
    above = [f"{ {'chosen': 'SFT on the chosen responses', 'dpo': 'DPO'}[n]} ({number(x)})" for n, x in plain.items() if x > top]
    out.append("- **Opponents without PPO**: " + (f"{' and '.join(above)} {'is' if len(above) == 1 else 'are'} above seq2seq PPO at its best ({number(top)})."
               if above else f"SFT on the chosen responses ({number(plain['chosen'])}) and DPO ({number(plain['dpo'])}) are below seq2seq PPO at its best ({number(top)})."))
    ablations = {n: max((study.utility(task, n, kl) for kl in study.args.kl if study.judged(task, n, kl)), default=float("nan"))
                 for n in ("no identity", "positive", "negative")}
    out.append("- **Ablations**, each at its better coefficient: " +
               ", ".join(f"{n} {number(x)}" for n, x in ablations.items()) + f"; both mappings and both parts {number(top)}.")


HEAD = """# Reward models: scalar against sequence-to-sequence

*This page is written by `models/reward/study.py report`; every number and every sentence about a result comes from the runs.*

Two generated tasks ask whether a reward model that generates a better response, and rewards the tokens on which policy and
model agree, resists two failures of scalar reward models: refusing everything (GATE) and growing longer (SUMM). The method
follows the published description of "Sequence to Sequence Reward Modeling" (arXiv 2409.00162); the choices that the
description leaves open are listed in `models/lib/rewards.ordo`. The tasks are not the paper's, the models are small, and
nothing here says anything about the paper's own numbers.

    python3 models/reward/study.py run --ordo {ordo} --seeds {seeds} --kl {kls}
    python3 models/reward/study.py report --seeds {seeds} --kl {kls}

Seeds {seeds} (data, weights and random numbers); KL coefficients {kls}; {sizes}; the rest are the defaults of
`models/reward/arms.ordo`. All arms share start, pairs, prompts and the rule for a missing end; both reward models take
the same number of steps. Judged are 512 responses for each seed, sampled at temperature 1, by the exact utility of
the task; the same prompts for all arms; equal utilities are ties. {n} seeds are few: intervals of wins come from a bootstrap
over seeds and prompts, and with two seeds they are too narrow for what another seed may bring.
"""


def write(args, folder):
    study = Study(args, folder)
    page = os.path.normpath(args.page)
    os.makedirs(os.path.dirname(page), exist_ok=True)
    kls = ",".join(str(k) for k in args.kl)
    out = [HEAD.format(ordo="ordo", seeds=",".join(map(str, args.seeds)), kls=kls, sizes=", ".join(args.sizes), n=len(args.seeds))]
    for task in args.tasks:
        out.append(f"\n## {task.upper()}\n")
        reading(study, task, out)
        out.append("")
        rows = []
        arms_table(study, task, rows)
        out += rows if len(rows) > 2 else []
        for title, table in (("Same prompts, utility against utility", duels_table), ("The reward models", models_table)):
            rows = []
            table(study, task, rows)
            if len(rows) > 2:
                out += [f"\n{title}:\n"] + rows
        name = os.path.splitext(os.path.basename(page))[0] + "_" + task + ".svg"
        if picture(study, task, os.path.join(os.path.dirname(page), name)):
            out.append(f"\nUtility against KL while training (rollouts, means of five iterations and of the seeds; dots are the ends):\n\n![{task}]({name})")
    missing = [k for k, r in study.runs.items() if r is None]
    if missing:
        out.append(f"\n{len(missing)} of {len(study.runs)} runs are missing: `study.py run` makes them.")
    with open(page, "w") as f:
        f.write("\n".join(out) + "\n")
    print(f"wrote {page}" + (f", {len(missing)} runs are missing" if missing else ""))
